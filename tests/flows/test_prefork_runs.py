"""Whole campaigns that are handed over to a warm process, beside a real server."""

import functools
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.test_prefork import until
from tests.servers import prefect_api
from triptych.cli.new import copy_example

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="commands are handed over on Linux"),
    pytest.mark.prefect,
    pytest.mark.servers,
    pytest.mark.slow,
]


class House:
    """A folder with campaigns, its server, and its warm process."""

    def __init__(self, folder: Path) -> None:
        names = (name for name in os.environ if not name.startswith("PREFECT_"))
        self.env = {name: os.environ[name] for name in names} | {"TRIPTYCH_WARM": "yes"}
        self.folder = folder
        self.home = folder / ".triptych" / "prefect"

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Start a command."""
        return subprocess.Popen(
            [sys.executable, "-m", "triptych", *words],
            env=self.env,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def do(self, *words: str, code: int = 0) -> str:
        """Return what a command said; it has to end with `code`."""
        process = self.start(*words)
        said, _ = process.communicate(timeout=180)
        assert process.returncode == code, said
        return said

    @property
    def auth(self) -> tuple[str, str]:
        return prefect_api.auth_of(self.home)

    def asked(self, path: str, words: object) -> Any:
        """Return what the server answers."""
        found = re.search(r"http://127\.0\.0\.1:\d+", self.do("status"))
        assert found is not None
        reply = prefect_api.post(
            f"{found[0]}/api/{path}", json=words, auth=self.auth, timeout=30
        )
        return reply.raise_for_status().json()

    def runs(self) -> list[dict[str, Any]]:
        """Return the server's runs, oldest first."""
        runs: list[dict[str, Any]] = self.asked(
            "flow_runs/filter", {"sort": "START_TIME_ASC"}
        )
        return runs

    def states(self) -> list[set[str]]:
        """Return the names of the tasks' states of every run, oldest first."""
        told = []
        for run in self.runs():
            mine = {"flow_runs": {"id": {"any_": [run["id"]]}}, "limit": 200}
            assert until(functools.partial(self._all_ended, mine))
            tasks = self.asked("task_runs/filter", mine)
            told.append({task["state_name"] for task in tasks})
        return told

    def _all_ended(self, mine: object) -> bool:
        """Say whether the server has heard how each task ended: it hears of it later."""
        tasks = self.asked("task_runs/filter", mine)
        going = [task for task in tasks if task["state_type"] in ("RUNNING", "PENDING")]
        return len(tasks) >= 15 and not going


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    found = House(tmp_path)
    yield found
    assert "warm" in found.do("down")
    assert not (found.home / "warm.sock").exists()


def packs_in(said: str) -> set[str]:
    return {line for line in said.splitlines() if line.startswith("■")}


def test_a_run_in_the_store_is_handed_over_and_shown_alike(house: House) -> None:
    copy_example("tidal", house.folder)
    made = house.do("run", "tidal.yaml")
    assert until((house.home / "warm.sock").exists, 60)
    assert "warm     runs" in house.do("status")
    reused = house.do("run", "tidal.yaml")
    assert "run tidal.yaml" in (house.home / "logs" / "warm.log").read_text()
    assert "0 made, 15 reused" in reused
    assert packs_in(reused) == packs_in(made)
    first, again = house.states()
    assert first == {"Completed", "CompletedWithWarnings", "Skipped"}
    assert again == {"Reused", "Skipped"}


def test_one_of_two_runs_is_cancelled_in_the_ui(house: House) -> None:
    """Both are children of one process; only the one that is meant ends."""
    copy_example("tidal", house.folder)
    copy_example("figuera", house.folder / "figuera")
    file = house.folder / "tidal.yaml"
    file.write_text(file.read_text().replace("evals-pass", "approved"))
    house.do("run", "tidal.yaml", "--no-wait", code=3)
    assert until((house.home / "warm.sock").exists, 60)
    waiting = house.start("run", "tidal.yaml")
    assert until(lambda: house.runs()[-1]["state_name"] == "Paused", 60)
    mine = house.runs()[-1]["id"]
    other = house.start("run", "figuera/figuera.yaml")
    assert until(lambda: house.runs()[-1]["state_name"] == "Running", 60)

    asked = time.monotonic()
    state = {"state": {"type": "CANCELLING"}, "force": False}
    house.asked(f"flow_runs/{mine}/set_state", state)
    said, _ = waiting.communicate(timeout=180)
    assert time.monotonic() - asked < 30  # it looks every 2 s; machines are busy
    assert "stopped in the Prefect UI" in said
    assert waiting.returncode == 130
    said, _ = other.communicate(timeout=180)
    assert other.returncode == 0, said
    log = (house.home / "logs" / "warm.log").read_text()
    assert log.count(" run ") == 2
    ended = {run["id"]: run["state_type"] for run in house.runs()}
    assert ended.pop(mine) == "CANCELLED"
    assert sorted(ended.values()) == ["COMPLETED", "COMPLETED"]
