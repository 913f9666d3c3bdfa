from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.campaigns.small import Folder, a_folder
from triptych.artifact import Document, Picture


@pytest.fixture
def small(tmp_path: Path) -> Folder:
    Image.new("RGB", (40, 30)).save(tmp_path / "photo.png")
    return a_folder(tmp_path)


def declare(small: Folder, rule: str) -> None:
    small.edit("matrix:", f"inputs:\n  it: {rule}\nmatrix:")


@pytest.mark.parametrize(
    ("rule", "given", "value"),
    [
        ("{type: text, max_length: 5}", "hello", "hello"),
        ("{type: integer, min: 1, max: 9}", "9", 9),
        ("{type: number}", "1.5", 1.5),
        ("{type: boolean}", "True", True),
        ("{type: date}", "2027-10-15", date(2027, 10, 15)),
        ("{type: choice, choices: [a, b]}", "b", "b"),
        ("{type: url}", "https://quince.example/jam", "https://quince.example/jam"),
        ("{type: color}", "#AABBCC", "#aabbcc"),
    ],
)
def test_a_value_that_is_set_has_its_inputs_type(
    small: Folder, rule: str, given: str, value: Any
) -> None:
    declare(small, rule)
    assert small.campaign(it=given).inputs == {"it": value}


@pytest.mark.parametrize(
    ("rule", "given", "message"),
    [
        ("{type: text, max_length: 5}", "hello!", "is 6 of 5 characters"),
        ("{type: integer}", "1.5", "should be a whole number, got '1.5'"),
        ("{type: integer, min: 1}", "0", "should be at least 1, got 0"),
        ("{type: number, max: 2.5}", "3", "should be at most 2.5, got 3.0"),
        ("{type: boolean}", "yes", "should be true or false, got 'yes'"),
        ("{type: date}", "soon", "should be a date like 2027-10-15, got 'soon'"),
        (
            "{type: date}",
            "2027-02-30",
            "should be a date like 2027-10-15, got '2027-02-30'",
        ),
        ("{type: choice, choices: [a, b]}", "c", "should be one of a, b, got 'c'"),
        ("{type: url}", "quince.example", "should be a web address, got 'quince.example'"),
        ("{type: color}", "red", "should be a colour like #4b1f3b, got 'red'"),
        ("{type: text, required: true}", "", "is required; give it with --set name=value"),
    ],
)
def test_a_value_that_does_not_fit_is_told_where_it_was_given(
    small: Folder, rule: str, given: str, message: str
) -> None:
    declare(small, rule)
    assert small.problems(it=given) == f"--set it:1:1: inputs.it: {message} [T303]"


def test_a_default_that_does_not_fit_is_told_in_the_file(small: Folder) -> None:
    declare(small, "{type: date, default: soon}")
    assert small.problems().startswith(
        "small.yaml:6:29: inputs.it: should be a date".replace(
            "inputs.it:", "inputs.it.default:"
        )
    )


def test_a_required_input_is_told_by_its_name(small: Folder) -> None:
    declare(small, "{type: text, required: true}")
    assert small.problems() == (
        "small.yaml:6:3: inputs.it: is required; give it with --set name=value [T303]\n"
        "      it: {type: text, required: true}\n      ^"
    )


def test_an_unknown_input_is_told_with_a_hint(small: Folder) -> None:
    declare(small, "{type: text, default: a}")
    assert small.problems(its="b") == (
        "--set its:1:1: inputs.its: there is no such input; did you mean 'it'? [T201]"
    )


def test_a_picture_is_measured_and_its_default_lies_beside_the_file(small: Folder) -> None:
    declare(small, "{type: image, default: photo.png, min_px: 30}")
    picture = small.campaign().inputs["it"]
    assert isinstance(picture, Picture)
    assert str(picture.size) == "40x30"


def test_a_picture_that_is_too_small_is_told_with_the_cure(small: Folder) -> None:
    declare(small, "{type: image, default: photo.png, min_px: 1080}")
    said = small.problems()
    assert "is 40x30 pixels, but at least 1080 on the short side are needed" in said
    assert "use the original, larger file [T303]" in said


def test_a_default_may_not_lie_outside_but_a_flag_may_say_anything(
    small: Folder, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "brief.txt"
    outside.write_text("words")
    declare(small, f"{{type: file, default: {outside}}}")
    assert "leads out of the folder [T303]" in small.problems()
    document = small.campaign(it=str(outside)).inputs["it"]
    assert isinstance(document, Document)
    assert (document.name, document.data) == ("brief.txt", b"words")


def test_inputs_that_nobody_gives_are_empty(small: Folder) -> None:
    declare(small, "{type: image}")
    assert small.campaign().inputs == {"it": None}
