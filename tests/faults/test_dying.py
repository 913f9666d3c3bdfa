import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


def a_run(store: Path, how: str, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.faults.dying", str(store), how, *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def payments(store: Path) -> list[str]:
    return (store / "payments").read_text().split()


@pytest.mark.slow
def test_a_killed_run_pays_again_only_for_the_call_that_had_no_answer(
    tmp_path: Path,
) -> None:
    store = tmp_path / "store"
    assert a_run(store, "kill").returncode == -signal.SIGKILL
    assert a_run(store, "live").stdout == "reused made made"
    assert payments(store) == ["one", "two", "two", "three"]
    assert a_run(store, "live").stdout == "reused reused reused"
    assert len(payments(store)) == 4


@pytest.mark.slow
def test_a_killed_run_collects_its_submitted_job_and_pays_nothing_twice(
    tmp_path: Path,
) -> None:
    store = tmp_path / "store"
    assert a_run(store, "job", "jobs").returncode == -signal.SIGKILL
    assert a_run(store, "live", "jobs").stdout == "reused made made"
    assert payments(store) == ["one", "two", "three"]
    assert not list((store / "jobs").rglob("*.json"))


@pytest.mark.slow
def test_an_interrupted_run_ends_at_once_and_keeps_what_was_made(tmp_path: Path) -> None:
    store = tmp_path / "store"
    started = time.monotonic()
    assert a_run(store, "interrupt").returncode != 0
    assert time.monotonic() - started < 100  # its call would have slept for 300 seconds
    assert a_run(store, "live").stdout == "reused made made"
