from pathlib import Path

from click.testing import CliRunner

from triptych.cli import main
from triptych.cli.new import copy_example


def said(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["prompts", *words])
    assert result.exit_code == code, result.output
    return result.output


def campaign(folder: Path) -> str:
    copy_example("figuera", folder)
    return str(folder / "figuera.yaml")


def test_list_names_every_harness_with_its_version() -> None:
    lines = said("list").splitlines()
    assert [line.split()[0] for line in lines] == ["bare", "house"]
    assert all(len(line.split()[1]) == 12 for line in lines)


def test_show_prints_every_part_of_a_harness() -> None:
    shown = said("show", "bare")
    for part in ("copy.md", "ask.md", "judge.md", "fields.yaml"):
        assert f"--- {part}" in shown


def test_show_prints_what_a_step_would_send(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    shown = said("show", campaign(tmp_path), "angles", "--store", store)
    assert "angles[home-cooks] to copy/phrasebook, harness house" in shown
    assert "You are the senior copywriter of Figuera." in shown
    assert "Two kilos of figs" in shown
    assert '"required": ["angle", "scene"]' in shown


def test_what_is_not_made_yet_has_a_stand_in(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    shown = said("show", campaign(tmp_path), "words[de-DE,gift-givers]", "--store", store)
    assert "[angles[gift-givers].angle: not made yet]" in shown
    assert "Write German (de-DE)." in shown


def test_a_step_that_sends_no_words_says_so(tmp_path: Path) -> None:
    shown = said("show", campaign(tmp_path), "hero", code=2)
    assert "image/procedural, which takes no prompts" in shown


def test_an_unknown_step_names_the_closest(tmp_path: Path) -> None:
    assert "did you mean 'words'?" in said("show", campaign(tmp_path), "wrods", code=2)


def test_diff_shows_where_two_harnesses_part() -> None:
    shown = said("diff", "house", "bare")
    assert "--- house/copy.md" in shown
    assert "+++ bare/copy.md" in shown
    assert "ask.md" not in shown
    assert said("diff", "house", "house") == "house and house say the same\n"
