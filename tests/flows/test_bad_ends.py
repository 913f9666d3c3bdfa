"""Runs that end badly, start late or are missed: a real server, a real worker."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from tests.campaigns.words import words_campaign
from tests.servers import prefect_api
from tests.servers.ports import process, wait_until
from tests.servers.post import PostBox, http_box
from triptych.cli import main

pytestmark = [pytest.mark.prefect, pytest.mark.slow, pytest.mark.servers]


class Team:
    """A deployed campaign, people who are told, and a worker if one is wanted."""

    def __init__(self, api: str, folder: Path, box: PostBox) -> None:
        self.api, self.folder, self.box = api, folder, box
        self.name = folder.name.replace("_", "-")[:40]
        self.pool = f"pool-{self.name}"
        self.web = httpx.Client(timeout=60, auth=prefect_api.session_auth())

    def deploy(self, more: str) -> None:
        notify = f'notify: {{webhook: "{self.box.address}", events: [failed]}}\n'
        file = words_campaign(self.folder, notify + more)
        text = file.read_text().replace("name: words-only", f"name: {self.name}")
        text = text.replace("required: true", "default: Free box")
        note = "inputs:\n  note: {type: file, default: brief.md}\n"
        file.write_text(text.replace("inputs:\n", note))
        where = ["--store", str(self.folder / "store"), "--pool", self.pool]
        words = ["deploy", str(file), *where, "--packs", str(self.folder / "packs")]
        ended = CliRunner().invoke(main, words)
        assert ended.exit_code == 0, ended.output

    @contextlib.contextmanager
    def worker(self) -> Iterator[None]:
        command = [sys.executable, "-m", "prefect", "worker", "start", "--type", "process"]
        env = {"PREFECT_API_URL": self.api, "PREFECT_WORKER_QUERY_SECONDS": "1"}
        with process([*command, "--pool", self.pool], self.folder / "worker.log", env):
            yield

    def start(self, **inputs: str) -> str:
        path = f"{self.api}/deployments/name/campaign/{self.name}"
        deployment = self.web.get(path).json()["id"]
        body = {"parameters": {"inputs": inputs}}
        made = self.web.post(
            f"{self.api}/deployments/{deployment}/create_flow_run", json=body
        )
        assert made.is_success, made.text
        return str(made.json()["id"])

    def run(self, flow_run: str) -> dict[str, Any]:
        return dict(self.web.get(f"{self.api}/flow_runs/{flow_run}").json())

    def scheduled(self) -> list[dict[str, Any]]:
        """Return the schedule's runs that are due, oldest first."""
        path = f"{self.api}/deployments/name/campaign/{self.name}"
        deployment = self.web.get(path).json()["id"]
        mine = {"flow_runs": {"deployment_id": {"any_": [deployment]}}, "limit": 100}
        runs = self.web.post(f"{self.api}/flow_runs/filter", json=mine).json()
        now = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
        due = [run for run in runs if run["auto_scheduled"]]
        due = [run for run in due if run["expected_start_time"] < now]
        return sorted(due, key=lambda run: str(run["idempotency_key"]))

    def missed(self, count: int) -> list[str]:
        """Return `count` runs or more, oldest first, that nobody ran at their time."""
        wait_until(lambda: len(self.scheduled()) >= count, "no runs were missed", 240)
        return [str(run["id"]) for run in self.scheduled()]

    def states(self, runs: list[str]) -> list[str]:
        return [str(self.run(run)["state_name"]) for run in runs]

    def titles(self) -> list[str]:
        return [str(each["title"]) for each in self.box.came]

    def told(self, title: str) -> Callable[[], bool]:
        return lambda: f"{self.name}{title}" in self.titles()


@pytest.fixture
def team(prefect_server: str, tmp_path: Path) -> Iterator[Team]:
    with http_box() as box:
        made = Team(prefect_server, tmp_path, box)
        with made.web:
            yield made


def test_a_refused_and_a_crashed_run_are_told(team: Team) -> None:
    team.deploy("pack: {release: approved}\n")
    refused = team.start(note="gone.md", offer="Half price")
    crashed = team.start()
    with team.worker():
        told = team.told(" · note=gone.md · offer=Half price was refused")
        wait_until(told, "the refused run is not told", 120)
        assert team.run(refused)["state_name"] == "Refused"
        waits = lambda: team.run(crashed)["state_type"] == "PAUSED"  # noqa: E731
        wait_until(waits, "the run does not wait", 90)
        dead = {
            "state": {"type": "CRASHED", "name": "Crashed", "message": "no sign of life"}
        }
        team.web.post(
            f"{team.api}/flow_runs/{crashed}/set_state", json=dead | {"force": True}
        )
        wait_until(team.told(" crashed"), f"{team.titles()}", 90)
    message = next(each for each in team.box.came if each["title"].endswith("crashed"))
    assert any(crashed in link["url"] for link in message["links"])


def test_a_run_that_nobody_approves_is_told(team: Team) -> None:
    team.deploy("pack: {release: approved, approval: {within: 20s, remind: 1d}}\n")
    run = team.start(offer="Half price")
    with team.worker():
        told = team.told(" · offer=Half price was not approved in time")
        wait_until(told, f"{team.titles()}", 150)
    assert team.run(run)["name"] == f"{team.name} · offer=Half price"
    (message,) = team.box.came
    assert message["command"].startswith("triptych approve ")
    ended = CliRunner().invoke(main, message["command"].split()[1:])
    assert ended.exit_code == 0, ended.output
    assert team.run(run)["state_name"] == "Approved"
    assert (team.folder / "packs" / f"{team.name}.zip").is_file()


def test_a_run_that_is_one_too_many_is_told(team: Team) -> None:
    team.deploy("concurrency: {limit: 1, on_conflict: refuse}\n")
    team.start()
    team.start(offer="Half price")
    with team.worker():
        ended = " was skipped: another run of it had not ended"
        told = lambda: any(title.endswith(ended) for title in team.titles())  # noqa: E731
        wait_until(told, f"{team.titles()}", 120)


def test_missed_runs_are_told_and_caught_up_with_one(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.automations.LATE", timedelta(seconds=10))
    team.deploy("schedule: {interval: 1m}\n")
    told = lambda: any("has not started" in title for title in team.titles())  # noqa: E731
    wait_until(told, "nobody is told that no worker runs", 150)
    missed = team.missed(3)
    with team.worker():
        over = lambda: set(team.states(missed)) <= {"Completed", "Skipped"}  # noqa: E731
        wait_until(over, f"{team.states(missed)}", 150)
    assert team.states(missed).count("Completed") == 1
