"""`triptych run` stopped half way: by Ctrl-C, by `kill -9`, twice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.campaigns.small import Folder, a_folder

pytestmark = pytest.mark.slow
PATIENCE = 60.0  # seconds


@pytest.fixture
def small(tmp_path: Path) -> Folder:
    """A campaign with a quick first unit and pictures that take a while."""
    folder = a_folder(tmp_path)
    folder.edit("size: 640x640", "size: 2048x2048")
    folder.edit(
        "    uses: image/procedural", "    uses: image/procedural\n    candidates: 6"
    )
    return folder


class Running:
    """`triptych run`, in a process of its own."""

    def __init__(self, folder: Folder) -> None:
        line = [
            sys.executable,
            "-m",
            "triptych",
            "run",
            str(folder.file),
            "--direct",
            "--plain",
        ]
        line += ["--store", str(folder.path / "s"), "--packs", str(folder.path / "packs")]
        self.process = subprocess.Popen(
            line,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )

    def until(self, start: str) -> str:
        """Return the first line of output that starts with `start`."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(start):
                return line
        raise AssertionError(f"it ended without {start!r}")

    def ended(self) -> tuple[int, str, str]:
        """Return the exit code, and what was still written."""
        said, wrong = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said, wrong

    def stop(self, how: signal.Signals) -> tuple[int, str, str]:
        self.process.send_signal(how)
        return self.ended()


@pytest.fixture
def started(small: Folder) -> Iterator[Running]:
    """A run whose first unit is made and whose pictures are being made."""
    running = Running(small)
    try:
        running.until("✓ words")
        yield running
    finally:
        running.process.kill()
        running.process.communicate()


def is_whole(packs: Path) -> bool:
    """Say whether every pack is there with its page, and nothing half-written is."""
    folders = [
        path for path in packs.rglob("*") if path.is_dir() and path.parent.name == "small"
    ]
    hidden = list(packs.rglob(".*"))
    return not hidden and all((folder / "index.html").is_file() for folder in folders)


def test_ctrl_c_ends_with_130_and_the_next_run_resumes(
    small: Folder, started: Running
) -> None:
    began = time.monotonic()
    code, _, wrong = started.stop(signal.SIGINT)
    assert code == 130
    assert time.monotonic() - began < 60
    assert wrong == "stopped; what was made is kept, the next run resumes\n"
    assert is_whole(small.path / "packs")
    _resumes(small)


def test_kill_9_loses_nothing_that_was_made(small: Folder, started: Running) -> None:
    code, _, _ = started.stop(signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert is_whole(small.path / "packs")
    _resumes(small)


def test_a_polite_kill_is_a_stop_too(small: Folder, started: Running) -> None:
    code, _, wrong = started.stop(signal.SIGTERM)
    assert code in (143, -signal.SIGTERM)
    assert "Traceback" not in wrong
    assert is_whole(small.path / "packs")
    _resumes(small)


def _resumes(small: Folder) -> None:
    """Run again, and see that what was made is not made again."""
    small.edit("    candidates: 6\n", "")  # quick; words do not read the hero
    code, said, wrong = Running(small).ended()
    assert code == 0, said + wrong
    assert "= words[en-GB]" in said or "= words[de-DE]" in said
    assert sorted(path.name for path in (small.path / "packs").rglob("*.zip")) == [
        "de-DE.zip",
        "en-GB.zip",
    ]
    assert is_whole(small.path / "packs")


def test_two_runs_at_once_share_one_store(small: Folder) -> None:
    small.edit("    candidates: 6\n", "")
    both = [Running(small), Running(small)]
    ends = [running.ended() for running in both]
    assert [code for code, _, _ in ends] == [0, 0], ends
    assert is_whole(small.path / "packs")
