"""What the system refuses ends a command in a sentence, never in a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.campaigns.words import words_campaign
from triptych.cli import COMMANDS
from triptych.cli.endings import READER_GONE, ending_of

TRIPTYCH = [sys.executable, "-c", "from triptych.cli import typed; typed()"]
RUN = ["run", "words.yaml", "--set", "offer=Free", "--direct"]


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    words_campaign(tmp_path)
    return tmp_path


def shell(line: str, folder: Path, *words: str | bytes) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in `folder`; "$@" is the command that was typed."""
    return subprocess.run(
        ["bash", "-c", line, "bash", *TRIPTYCH, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": ""},
    )


@pytest.mark.parametrize("how", ["--json", "--plain"])
def test_a_reader_that_goes_away_ends_the_run_silently(campaign: Path, how: str) -> None:
    ended = shell('"$@" | head -1; exit "${PIPESTATUS[0]}"', campaign, *RUN, how)
    assert ended.returncode == READER_GONE
    assert ended.stderr == ""
    assert len(ended.stdout.splitlines()) == 1


def test_a_run_whose_reader_went_away_is_kept_as_cancelled(campaign: Path) -> None:
    shell('"$@" | head -1', campaign, *RUN, "--plain")
    assert "  cancelled  " in shell('"$@"', campaign, "runs").stdout


@pytest.mark.parametrize("more", [[], ["--json"], ["--rows", "rows.csv"]])
def test_output_that_cannot_be_written_is_told_in_a_sentence(
    campaign: Path, more: list[str]
) -> None:
    (campaign / "rows.csv").write_text("row,offer\nBonn,Free box\n")
    ended = shell('"$@" > /dev/full', campaign, *RUN, *more)
    assert ended.returncode == 1
    assert ended.stderr == "the output cannot be written: No space left on device\n"


@pytest.mark.parametrize("command", [*COMMANDS, "--help"])
def test_help_that_cannot_be_written_ends_in_a_sentence(
    campaign: Path, command: str
) -> None:
    words = [command] if command == "--help" else [command, "--help"]
    ended = shell('"$@" > /dev/full', campaign, *words)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1


def test_a_closed_output_drops_what_is_printed(campaign: Path) -> None:
    ended = shell('"$@" >&-', campaign, *RUN)
    assert ended.returncode == 0
    assert ended.stderr == "there is no standard output: what is printed goes nowhere\n"
    assert (campaign / "packs" / "words-only.zip").is_file()


@pytest.mark.parametrize("command", [RUN, ["deploy", "--dry-run"]])
def test_a_deleted_folder_is_named(tmp_path: Path, command: list[str]) -> None:
    words_campaign(tmp_path)
    gone = tmp_path / "gone"
    gone.mkdir()
    words = [str(tmp_path / w) if w.endswith(".yaml") else w for w in command]
    ended = shell('rmdir "$PWD"; "$@"', gone, *words)
    assert ended.returncode == 2
    assert ended.stderr == "the current folder was deleted; change to another one\n"


@pytest.mark.parametrize(
    "words", [["run", b"w\xff.yaml"], ["check", b"\xff"], [*RUN, "--set", b"boxes=\xff"]]
)
def test_an_argument_that_is_no_text_is_shown(
    campaign: Path, words: list[str | bytes]
) -> None:
    ended = shell('"$@"', campaign, *words)
    assert ended.returncode == 2
    assert " is not UTF-8: " in ended.stderr
    assert "\\udcff" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_current_folder_that_is_no_text_is_shown(tmp_path: Path) -> None:
    folder = os.fsdecode(os.fsencode(tmp_path / "campaign-") + b"\xff")
    Path(folder).mkdir()
    words_campaign(Path(folder))
    ended = shell('"$@"', Path(folder), *RUN)
    assert ended.returncode == 2
    assert ended.stderr.startswith("the current folder is not UTF-8: ")
    assert ended.stderr.endswith("campaign-\\udcff; rename it\n")


def test_a_packs_folder_that_is_read_only_is_told_in_a_sentence(campaign: Path) -> None:
    ended = shell('"$@"', campaign, *RUN, "--packs", "/proc/packs")
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "/proc/packs" in ended.stderr


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (MemoryError(), "there is not enough memory"),
        (RuntimeError("can't start new thread"), "no more threads"),
        (OSError(30, "Read-only file system", "/mnt/x"), "/mnt/x: Read-only file system"),
        (ExceptionGroup("", [ValueError(), MemoryError()]), "not enough memory"),
    ],
)
def test_errors_of_the_system_have_sentences(error: Exception, sentence: str) -> None:
    ending = ending_of(error)
    assert ending is not None
    assert sentence in str(ending)


def test_a_bug_is_no_ending() -> None:
    assert ending_of(KeyError("x")) is None
    assert ending_of(RuntimeError("something else")) is None
