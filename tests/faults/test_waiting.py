"""A process that is killed while a provider works: run again, it collects and pays once."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.fal import FakeFal
from tests.fakes.replicate import FakeReplicate
from tests.fakes.server import Loopback


def started(store: Path, uses: str, env: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.faults.waiting", str(store), uses]
    environment = {**os.environ, **env}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def recorded(store: Path) -> bool:
    return any((store / "jobs").rglob("*.json")) if (store / "jobs").exists() else False


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fake_type", "uses"), [(FakeFal, "image/fal"), (FakeReplicate, "image/replicate")]
)
def test_a_job_is_paid_once_however_often_the_process_is_killed(
    tmp_path: Path, loopback: Loopback, fake_type: type[Any], uses: str
) -> None:
    fake = loopback.show(fake_type())
    fake.steps, fake.streams = 10**6, False  # never done
    for _ in range(2):
        process = started(tmp_path, uses, fake.env())
        for _ in range(200):
            if recorded(tmp_path) and any(call[:3] == "GET" for call in fake.calls):
                break
            time.sleep(0.05)
        process.kill()
        process.wait(10)
        fake.calls.clear()
    assert len(fake.jobs) == 1
    fake.steps = 0
    process = started(tmp_path, uses, fake.env())
    told, _ = process.communicate(timeout=30)
    assert told == "made"
    assert len(fake.jobs) == 1
    assert not recorded(tmp_path)
