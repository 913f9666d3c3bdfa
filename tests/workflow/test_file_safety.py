"""Files that a campaign names are read safely: pipes, devices, loops, names, numbers."""

import os
from pathlib import Path

import pytest

from tests.campaigns.small import Folder, a_folder
from triptych.brief.load import load_brief
from triptych.environment import environment
from triptych.errors import DefinitionError
from triptych.workflow.load import read_workflow
from triptych.workflow.rows import load_rows

LOGO = "logo: {on_light: logo.svg, clear_space: 0.5}\n"


@pytest.fixture
def small(tmp_path: Path) -> Folder:
    return a_folder(tmp_path)


def replace_with_pipe(file: Path) -> None:
    file.unlink(missing_ok=True)
    os.mkfifo(file)


@pytest.mark.parametrize("name", ["small.yaml", "brief.md", "brand.yaml"])
def test_a_pipe_is_refused_without_waiting(small: Folder, name: str) -> None:
    replace_with_pipe(small.path / name)
    assert "is a named pipe, not a file [T101]" in small.problems()


def test_a_pipe_as_a_table_is_refused(small: Folder) -> None:
    replace_with_pipe(small.path / "rows.csv")
    with pytest.raises(DefinitionError, match="is a named pipe"):
        load_rows(small.path / "rows.csv", read_workflow(small.file))


def test_a_pipe_as_env_is_refused(small: Folder) -> None:
    replace_with_pipe(small.path / ".env")
    with pytest.raises(DefinitionError, match="is a named pipe"):
        environment(small.path)


def test_a_folder_called_env_is_no_file_of_keys(small: Folder) -> None:
    (small.path / ".env").mkdir()
    assert environment(small.path).where("NOTHING") == ""


def test_a_pipe_as_an_included_file_is_refused(small: Folder) -> None:
    small.edit("triptych: 1", "triptych: 1\ninclude: more.yaml")
    replace_with_pipe(small.path / "more.yaml")
    assert "is a named pipe" in small.problems()


def test_a_pipe_as_a_rubric_is_refused(small: Folder) -> None:
    small.edit(
        "    uses: image/procedural",
        "    uses: image/procedural\n    candidates: 2\n"
        "    pick: {by: check/contrast, rubric: rubric.md}",
    )
    replace_with_pipe(small.path / "rubric.md")
    assert "is a named pipe" in small.problems()


def test_a_device_as_an_input_is_refused(small: Folder) -> None:
    small.edit("steps:\n", "inputs: {doc: {type: file}}\nsteps:\n")
    assert small.problems(doc="/dev/zero") == (
        "--set doc:1:1: inputs.doc: '/dev/zero': is a device, not a file [T303]"
    )


def test_a_pipe_as_a_logo_is_refused(small: Folder) -> None:
    small.write("brand.yaml", (small.path / "brand.yaml").read_text() + LOGO)
    replace_with_pipe(small.path / "logo.svg")
    assert "'logo.svg': is a named pipe, not a file [T503]" in small.problems()


NAMES = {
    '"a\\0b"': "cannot be read: its name holds a NUL character",
    "x" * 5000: "there is no",
    "loop": "cannot be read: a symbolic link leads to itself",
}


@pytest.mark.parametrize(("name", "message"), NAMES.items(), ids=["nul", "long", "loop"])
@pytest.mark.parametrize("key", ["brief", "brand", "include", "logo", "photo"])
def test_a_path_that_cannot_be_is_refused(
    small: Folder, key: str, name: str, message: str
) -> None:
    (small.path / "loop").symlink_to("loop")
    if key == "photo":
        small.edit(
            "steps:\n", f"inputs: {{doc: {{type: file, default: {name}}}}}\nsteps:\n"
        )
        message = message if message != "there is no" else "File name too long"
    elif key == "logo":
        brand = (small.path / "brand.yaml").read_text()
        name = '"a\\0b.svg"' if "0" in name else f"{name}.svg"
        (small.path / "loop.svg").symlink_to("loop.svg")
        small.write("brand.yaml", brand + f"logo: {{on_light: {name}}}\n")
    elif key == "include":
        small.edit("triptych: 1", f"triptych: 1\ninclude: {name}")
    else:
        suffix = {"brief": "brief.md", "brand": "brand.yaml"}[key]
        small.edit(f"{key}: {suffix}", f"{key}: {name}")
    problems = small.problems()
    assert message in problems
    assert len(problems.splitlines()[0]) < 400


@pytest.mark.parametrize("number", [".nan", "nan", ".inf", "-inf", "1e999"])
def test_numbers_that_are_none_are_refused(small: Folder, number: str) -> None:
    brand = (small.path / "brand.yaml").read_text()
    small.write(
        "logo.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    )
    small.write(
        "brand.yaml", brand + f"logo: {{on_light: logo.svg, clear_space: {number}}}\n"
    )
    small.edit("pack:\n", f"budget: {{usd: {number}}}\npack:\n")
    small.edit("steps:\n", f"inputs: {{n: {{type: number, default: {number}}}}}\nsteps:\n")
    assert "budget.usd: should be a number" in small.problems()
    small.edit(f"budget: {{usd: {number}}}\n", "")
    problems = small.problems()
    assert "logo.clear_space: should be a number" in problems
    assert "inputs.n.default: should be a number" in problems


def test_a_number_too_large_for_a_float_is_refused(small: Folder) -> None:
    small.edit("steps:\n", "inputs: {n: {type: integer}}\nsteps:\n")
    assert "should be a whole number" in small.problems(n="9" * 4000)


def test_bytes_that_are_no_text_are_refused(small: Folder) -> None:
    small.edit("steps:\n", "inputs: {offer: {type: text}}\nsteps:\n")
    assert "holds bytes that are not UTF-8 [T303]" in small.problems(offer="a\udcffb")


def test_texts_that_are_painted_stand_in_one_line(small: Folder) -> None:
    small.edit(
        "product: Quince jam", 'product: "Quince\\n\\njam \\r\\nand\\u2028more"', "brief.md"
    )
    small.edit("price: 8 €", 'price: "8\\n€"', "brief.md")
    small.edit(
        "call_to_action: Order a jar", "call_to_action: >\n  Order\n\n  a jar", "brief.md"
    )
    brief = load_brief(small.path / "brief.md")
    assert brief.product == "Quince jam and more"
    assert brief.facts["price"] == "8 €"
    assert brief.call_to_action == "Order a jar"


def test_texts_without_line_ends_keep_their_blanks(small: Folder) -> None:
    small.edit("product: Quince jam", 'product: " Quince  jam\\u00a0"', "brief.md")
    assert load_brief(small.path / "brief.md").product == " Quince  jam\u00a0"
