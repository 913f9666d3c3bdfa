"""Renamed connectors and models that end are said where a workflow names them."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.campaigns.small import Folder, a_folder
from triptych.cli import main


@pytest.fixture
def small(tmp_path: Path) -> Folder:
    return a_folder(tmp_path / "campaign")


def call(*args: object) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args])


def test_an_old_name_loads_with_one_warning_and_its_line(
    small: Folder, tmp_path: Path
) -> None:
    small.edit("image/procedural", "image/studio")
    lines = small.file.read_text().splitlines()
    line = next(n for n, text in enumerate(lines, 1) if "image/studio" in text)
    place = f"{small.file}:{line}"
    said = f"warning: {place}: image/studio is called image/procedural now"
    store, packs = tmp_path / "store", tmp_path / "packs"
    for command in (
        ("check", small.file),
        ("plan", small.file, "--store", store),
        ("run", small.file, "--store", store, "--packs", packs, "--direct", "--plain"),
    ):
        result = call(*command)
        assert result.exit_code == 0, result.output
        assert result.output.count(said) == 1


def test_a_model_that_ended_is_a_warning(small: Folder, tmp_path: Path) -> None:
    text = "uses: copy/phrasebook"
    assert text in small.file.read_text()
    small.edit(text, "uses: copy/gemini")
    task = "      task: Write the ad.\n"
    small.edit(task, f"{task}      extra: {{model: gemini-2.5-flash}}\n")
    result = call("plan", small.file, "--store", tmp_path / "store")
    assert "gemini-2.5-flash ended on 2026-12-01" in result.output
    assert "use gemini-3.8-flash" in result.output
