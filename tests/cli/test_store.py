import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.campaigns.words import words_campaign
from triptych.cli import main

OFFER = ("--set", "offer=Free delivery")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder in which the campaign of words was run once."""
    words_campaign(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert call("run", "words.yaml", "--direct", *OFFER).exit_code == 0
    return tmp_path


def call(*args: str) -> Result:
    return CliRunner().invoke(main, list(args))


def artifacts(folder: Path) -> list[Path]:
    return sorted(p for p in (folder / ".triptych" / "artifacts").rglob("*") if p.is_file())


@pytest.mark.usefixtures("made")
def test_a_healthy_store_verifies() -> None:
    result = call("verify")
    assert result.exit_code == 0
    assert "artifacts and" in result.output
    assert "damaged" not in result.output


def test_damage_is_told_removed_and_made_anew(made: Path) -> None:
    place = artifacts(made)[0]
    place.chmod(0o644)
    place.write_bytes(b"other")
    reported = call("verify", "--keep-damaged")
    assert reported.exit_code == 1
    assert place.exists()
    result = call("verify")
    assert result.exit_code == 1
    assert "damaged, removed: " in result.output
    assert "run the workflow again: what was removed is made anew" in result.output
    assert not place.exists()
    assert call("run", "words.yaml", "--direct", *OFFER).exit_code == 0
    assert call("verify").exit_code == 0


@pytest.mark.usefixtures("made")
def test_runs_are_listed_newest_first() -> None:
    call("run", "words.yaml", "--direct", *OFFER)
    lines = call("runs").output.splitlines()
    assert len(lines) == 2
    assert all("done" in line and "words-only" in line for line in lines)
    assert lines == sorted(lines, reverse=True)


def test_collecting_garbage_says_what_would_go_and_keeps_what_runs_need(made: Path) -> None:
    before = artifacts(made)
    for place in before:  # what is younger than an hour is never taken
        os.utime(place, (1, 1))
    assert "would remove 0 files" in call("gc", "--dry-run").output
    assert artifacts(made) == before
    assert call("gc").exit_code == 0
    assert artifacts(made) == before
    assert call("run", "words.yaml", "--direct", *OFFER).output.count("reused") >= 2


def test_a_store_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert call("runs", "--store", str(tmp_path / "no")).output == ""
    assert call("verify", "--store", str(tmp_path / "no")).exit_code == 0
