import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from triptych.cli.processes import ProcessRegistry

SLEEPER = [
    sys.executable,
    "-c",
    "import time; print('hello', flush=True); time.sleep(60)",
    "prefect",
]


@pytest.fixture
def shed(tmp_path: Path) -> ProcessRegistry:
    return ProcessRegistry(tmp_path)


def test_what_was_started_is_found_and_stopped_whole(shed: ProcessRegistry) -> None:
    started = shed.start("worker", SLEEPER, {}, "http://there")
    try:
        assert shed.find("worker") == started
    finally:
        assert shed.stop("worker")
    assert shed.find("worker") is None
    assert not shed.stop("worker")
    with contextlib.suppress(ChildProcessError):
        os.waitpid(started.pid, 0)  # it ended, and may be left for us to bury
    with pytest.raises(ProcessLookupError):
        os.kill(started.pid, 0)


def test_a_number_that_another_process_got_is_not_ours(shed: ProcessRegistry) -> None:
    other = subprocess.Popen([*SLEEPER, "triptych"])  # the words of ours are in its command
    try:
        for started in ("", "an earlier boot 1234"):
            state = {"pid": other.pid, "started": started}
            (shed.folder / "server.json").write_text(json.dumps(state))
            assert shed.find("server") is None
            assert not shed.stop("server")
            assert other.poll() is None
    finally:
        other.send_signal(signal.SIGKILL)
        other.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="/proc shows what a process is")
def test_a_lost_state_file_is_written_again(shed: ProcessRegistry) -> None:
    started = shed.start("worker", SLEEPER, {}, "http://there")
    try:
        (shed.folder / "worker.json").unlink()
        assert shed.find("server") is None
        assert shed.find("worker") == started
        assert (shed.folder / "worker.json").exists()
    finally:
        shed.stop("worker")


def test_a_child_of_a_process_is_not_taken_for_it(shed: ProcessRegistry) -> None:
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    started = shed.start("worker", [sys.executable, "-c", code], {})
    try:
        (shed.folder / "worker.json").unlink()
        assert (found := shed.find("worker")) is None or found == started
    finally:
        (shed.folder / "worker.json").write_text(json.dumps(asdict(started)))
        shed.stop("worker")


def test_state_and_log_are_readable_by_their_owner_only(shed: ProcessRegistry) -> None:
    shed.start("worker", SLEEPER, {})
    try:
        for path in (shed.folder / "worker.json", shed.log("worker")):
            assert path.stat().st_mode & 0o777 == 0o600
    finally:
        shed.stop("worker")


def test_a_torn_state_file_means_that_nothing_runs(shed: ProcessRegistry) -> None:
    (shed.folder / "server.json").write_text('{"pid": ')
    assert shed.find("server") is None


def test_its_output_is_in_its_log(shed: ProcessRegistry) -> None:
    shed.start("worker", SLEEPER, {})
    try:
        deadline = time.monotonic() + 10
        while not shed.tail("worker", 5) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert shed.tail("worker", 5) == ["hello"]
    finally:
        shed.stop("worker")
