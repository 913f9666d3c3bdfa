"""A suspended run reminds: a real server, a real worker, intervals of seconds."""

import contextlib
import sys
import time
from collections.abc import Iterator
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
from triptych.store.folder import FolderStore

pytestmark = [pytest.mark.prefect, pytest.mark.slow, pytest.mark.servers]

EVERY = 15.0  # seconds; a busy machine takes some to start a worker's process
POOL = "reminded"  # its own: another test's worker must not work for it
MORE = """\
pack: {{release: approved, approval: {{within: 10m, remind: 15s}}}}
notify: {{webhook: "{address}", events: [approval-due, pack-ready, failed]}}
"""


class Team:
    """A deployed campaign, a worker that can be stopped, and the people who are told."""

    def __init__(self, api: str, folder: Path, box: PostBox) -> None:
        self.api, self.folder, self.box = api, folder, box
        self.store = folder / "store"
        self.web = httpx.Client(timeout=60, auth=prefect_api.session_auth())

    def deploy(self) -> None:
        file = words_campaign(self.folder, MORE.format(address=self.box.address))
        text = file.read_text().replace("name: words-only", "name: reminded")
        file.write_text(text.replace("required: true", "default: Free box"))
        packs = str(self.folder / "packs")
        self.said("deploy", str(file), "--packs", packs, "--pool", POOL)

    def said(self, *words: str) -> str:
        ended = CliRunner().invoke(main, [*words, "--store", str(self.store)])
        assert ended.exit_code == 0, ended.output
        return ended.output

    @contextlib.contextmanager
    def worker(self) -> Iterator[None]:
        command = [sys.executable, "-m", "prefect", "worker", "start", "--type", "process"]
        env = {"PREFECT_API_URL": self.api, "PREFECT_WORKER_QUERY_SECONDS": "1"}
        log = self.folder / "worker.log"
        with process([*command, "--pool", POOL], log, env):
            yield

    def start(self) -> str:
        path = f"{self.api}/deployments/name/campaign/reminded"
        deployment = self.web.get(path).json()["id"]
        made = self.web.post(
            f"{self.api}/deployments/{deployment}/create_flow_run", json={}
        )
        return str(made.json()["id"])

    def state(self, flow_run: str) -> str:
        return str(self.web.get(f"{self.api}/flow_runs/{flow_run}").json()["state_type"])

    def reminders(self, run: str, *states: str) -> list[dict[str, Any]]:
        mine: dict[str, Any] = {"tags": {"all_": [f"waits:{run}"]}}
        if states:
            mine["state"] = {"name": {"any_": list(states)}}
        asked = {"flow_runs": mine}
        return list(self.web.post(f"{self.api}/flow_runs/filter", json=asked).json())

    def titles(self) -> list[str]:
        return [str(each["title"]) for each in self.box.came]


@pytest.fixture
def team(prefect_server: str, tmp_path: Path) -> Iterator[Team]:
    with http_box() as box:
        made = Team(prefect_server, tmp_path, box)
        made.deploy()
        with made.web:
            yield made


DUE = "reminded: 1 pack for your approval"
STILL = "reminded: still 1 pack for your approval"


def test_people_are_reminded_over_a_restart_and_never_after_a_decision(team: Team) -> None:
    run = team.start()
    with team.worker():
        wait_until(lambda: team.state(run) == "PAUSED", "the run does not wait", 90)
        booked = {each["name"] for each in team.reminders(run)}
        assert {"reminded · reminder 1", "reminded · reminder 2"} <= booked
        wait_until(lambda: len(team.titles()) == 2, f"{team.titles()}", 60)
        # people hear a moment before its run has ended: a worker that stops would kill it
        told = "the first reminder does not end"
        wait_until(lambda: team.reminders(run, "Completed") != [], told, 30)
    time.sleep(3 * EVERY)  # nobody works
    assert team.titles() == [DUE, STILL]
    with team.worker():
        wait_until(lambda: len(team.titles()) == 3, f"{team.titles()}", 60)
        assert team.reminders(run, "NothingToSay")  # what was missed is not made up for
        (kept,) = FolderStore(team.store).runs()
        team.said("approve", kept.id, "--by", "Ada")
        wait_until(lambda: team.state(run) == "COMPLETED", "the run does not go on", 90)
        assert team.reminders(run, "Scheduled") == []
        before = team.titles().count(STILL)
        time.sleep(2 * EVERY)
        assert before == len(team.reminders(run, "Completed"))  # each interval told once
    assert team.titles() == [DUE, *[STILL] * before, "reminded: 1 pack ready, for $0.00"]
    (ended,) = FolderStore(team.store).runs()
    assert (ended.id, ended.state) == (kept.id, "done")  # it went on, not anew


def test_a_run_that_is_gone_is_not_reminded_of(team: Team) -> None:
    run = team.start()
    with team.worker():
        wait_until(lambda: team.state(run) == "PAUSED", "the run does not wait", 90)
        gone = f"{team.api}/flow_runs/{run}"  # SQLite may be busy: asked again
        wait_until(lambda: team.web.delete(gone).is_success, "the run is not deleted", 30)
        told = "the booked reminders do not run"
        wait_until(lambda: not team.reminders(run, "Scheduled"), told, 60)
    assert team.titles() == [DUE]
