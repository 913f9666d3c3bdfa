from pathlib import Path

import pytest
from click.testing import CliRunner

from triptych.cli import COMMANDS, main
from triptych.cli.new import copy_example, examples


def test_help_names_every_command() -> None:
    said = CliRunner().invoke(main, ["--help"]).output
    assert all(name in said for name in COMMANDS)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_can_be_loaded(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0, result.output


def test_new_without_a_name_lists_the_examples() -> None:
    assert CliRunner().invoke(main, ["new"]).output.split() == ["figuera", "tidal"]


@pytest.mark.parametrize("name", examples())
def test_an_example_is_complete_where_it_is_copied(name: str, tmp_path: Path) -> None:
    copy_example(name, tmp_path / name)
    for part in (f"{name}.yaml", "brief.md", "brand/brand.yaml", "brand/logo.svg"):
        assert (tmp_path / name / part).is_file()


@pytest.mark.parametrize("name", examples())
def test_an_example_passes_check(name: str, tmp_path: Path) -> None:
    copy_example(name, tmp_path)
    result = CliRunner().invoke(main, ["check", str(tmp_path / f"{name}.yaml")])
    assert result.exit_code == 0, result.output


def test_copying_again_changes_nothing_and_keeps_edits(tmp_path: Path) -> None:
    copy_example("figuera", tmp_path)
    (tmp_path / "brief.md").write_text("mine")
    result = CliRunner().invoke(main, ["new", "figuera", "--into", str(tmp_path)])
    assert result.exit_code == 2
    assert "brief.md" in result.output
    assert (tmp_path / "brief.md").read_text() == "mine"


def test_an_unknown_example_names_those_that_ship() -> None:
    result = CliRunner().invoke(main, ["new", "figura"])
    assert result.exit_code == 2
    assert "there are: figuera, tidal" in result.output


def test_connectors_are_listed_with_what_they_need() -> None:
    said = CliRunner().invoke(main, ["connectors", "--json"]).output
    for uses in ("copy/phrasebook", "image/procedural", "slides/pptx", "compose/images"):
        assert f'"uses": "{uses}"' in said
    assert "none needed" in said
