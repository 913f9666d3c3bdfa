from pathlib import Path

import pytest

from triptych.environment import Environment, environment, read_env
from triptych.errors import DefinitionError


def a_file(folder: Path, text: str) -> Path:
    (folder / ".env").write_text(text)
    return folder / ".env"


def test_a_file_is_read_as_its_author_meant_it(tmp_path: Path) -> None:
    text = "A=one # a note\nexport B=\"two words\"\n# C=no\n\nD='$HOME'\nE=p$ss=x\nF=\n"
    assert read_env(a_file(tmp_path, text)) == {
        "A": "one",
        "B": "two words",
        "D": "$HOME",
        "E": "p$ss=x",
    }


def test_a_line_that_says_nothing_is_told_by_number_and_never_shown(tmp_path: Path) -> None:
    file = a_file(tmp_path, "A=one\nsk-hush-hush 12\n=\n")
    with pytest.raises(DefinitionError, match=r"\.env:2:1: .*is not NAME=value") as caught:
        read_env(file)
    assert "hush" not in str(caught.value)


def test_the_environment_wins_over_the_file_and_the_file_over_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEST_A", "environment")
    monkeypatch.delenv("TEST_B", raising=False)
    a_file(tmp_path, "TEST_A=file\nTEST_B=file\n")
    kept = {"TEST_A": "kept", "TEST_B": "kept", "TEST_C": "kept"}
    found = environment(more=(("a key in Prefect", kept),))
    assert [found[name] for name in ("TEST_A", "TEST_B", "TEST_C")] == [
        "environment",
        "file",
        "kept",
    ]
    assert found.where("TEST_A") == "the environment"
    assert found.where("TEST_B") == str(tmp_path / ".env")
    assert found.where("TEST_C") == "a key in Prefect"
    assert found.where("TEST_D") == ""


def test_an_empty_variable_counts_as_none() -> None:
    found = Environment(("first", {"A": ""}), ("second", {"A": "here"}))
    assert found["A"] == "here"


def test_the_workflows_folder_has_a_file_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "campaign").mkdir()
    monkeypatch.chdir(tmp_path)
    a_file(tmp_path / "campaign", "TEST_B=beside\n")
    assert environment(Path("campaign"))["TEST_B"] == "beside"


def test_no_value_is_in_its_repr() -> None:
    assert "hush" not in repr(Environment(("file", {"A": "hush"})))
