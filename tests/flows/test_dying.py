"""Runs that are killed, interrupted, terminated: their states, and what is paid again."""

import contextlib
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from prefect.automations import Automation
from prefect.exceptions import ObjectNotFound

from flows.pools import HEARTBEAT, ZOMBIES, ensure_zombie_watch
from tests.engine.test_campaign import WORKFLOW
from tests.servers import prefect_api
from triptych.resources import templates
from triptych.store.contract import Run
from triptych.store.folder import FolderStore

pytestmark = [pytest.mark.prefect, pytest.mark.slow]


@pytest.fixture
def folder(tmp_path: Path, prefect_server: str) -> Path:
    del prefect_server  # it is in the environment
    shutil.copytree(templates() / "brands" / "figuera", tmp_path / "brand")
    shutil.copy(templates() / "briefs" / "figuera" / "brief.md", tmp_path / "brief.md")
    (tmp_path / "words.yaml").write_text(WORKFLOW)
    return tmp_path


def a_run(folder: Path, how: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.flows.dying", str(folder), how]
    return subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)


def newest(folder: Path) -> Run:
    return next(iter(FolderStore(folder / "store").runs()))


def payments(folder: Path) -> list[str]:
    return sorted((folder / "payments").read_text().split())


def state(address: str, run: Run) -> str:
    found = prefect_api.get(f"{address}/flow_runs/{run.flow}").json()
    return str(found["state"]["type"])


def test_a_killed_run_pays_again_only_for_the_call_that_had_no_answer(folder: Path) -> None:
    assert a_run(folder, "kill").returncode == -signal.SIGKILL
    again = a_run(folder, "live")
    assert again.stdout == "made reused reused", again.stderr
    assert payments(folder) == ["de-DE", "en-GB", "es-ES", "es-ES"]


def test_ctrl_c_cancels_the_run_and_keeps_what_was_made(
    folder: Path, prefect_server: str
) -> None:
    stopped = a_run(folder, "interrupt")
    assert stopped.returncode != 0
    assert "at the terminal" in stopped.stderr
    # its call would have slept for 300 seconds: the process's time limit would have struck
    assert newest(folder).state == "cancelled"
    assert state(prefect_server, newest(folder)) == "CANCELLED"
    assert a_run(folder, "live").stdout == "made reused reused"


def test_a_terminated_run_says_that_it_crashed(folder: Path, prefect_server: str) -> None:
    assert a_run(folder, "terminate").returncode != 0
    assert newest(folder).state == "cancelled"
    assert state(prefect_server, newest(folder)) == "CRASHED"
    assert a_run(folder, "live").stdout == "made reused reused"


@pytest.fixture
async def watch() -> AsyncIterator[None]:
    """Let the server call a run dead after ten seconds of silence, for one test."""
    with contextlib.suppress(ValueError, ObjectNotFound):  # another test's, more patient
        earlier = await Automation.aread(name=ZOMBIES)
        await earlier.adelete()
    assert await ensure_zombie_watch(timedelta(seconds=10))
    yield
    found = await Automation.aread(name=ZOMBIES)
    await found.adelete()


@pytest.mark.servers
def test_a_killed_run_is_marked_as_crashed_by_the_server(
    folder: Path, prefect_server: str, watch: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    del watch
    monkeypatch.setenv("PREFECT_FLOWS_HEARTBEAT_FREQUENCY", str(HEARTBEAT))
    assert a_run(folder, "late").returncode == -signal.SIGKILL
    run = next(iter(FolderStore(folder / "store").runs()))
    deadline = time.monotonic() + 60
    while state(prefect_server, run) != "CRASHED" and time.monotonic() < deadline:
        time.sleep(0.5)
    found = prefect_api.get(f"{prefect_server}/flow_runs/{run.flow}").json()["state"]
    assert (found["type"], found["name"]) == ("CRASHED", "Crashed")
    assert "run it again" in found["message"]
    assert a_run(folder, "live").stdout == "made reused reused"
