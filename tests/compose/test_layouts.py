from pathlib import Path

import pytest

from triptych.compose.layout.archetypes import check_layouts, layouts
from triptych.placements import placements


@pytest.mark.parametrize("name", layouts())
@pytest.mark.parametrize("where", [p.id for p in placements().values() if p.size])
def test_every_archetype_has_a_frame_for_every_placement(name: str, where: str) -> None:
    size = placements()[where].size
    assert size is not None
    assert layouts()[name].frames_for(size.width / size.height)


def test_a_cycle_is_refused_at_the_line_that_closes_it(tmp_path: Path) -> None:
    for name, other in (("one", "two"), ("two", "one")):
        (tmp_path / f"{name}.yaml").write_text(f"says: x\nextends: {other}\n")
    problems = check_layouts(sorted(tmp_path.glob("*.yaml")))
    assert {(problem.line, problem.code) for problem in problems} == {(2, "T603")}
    assert "one > two > one" in problems[0].message


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("says: x\nextends: full-blead\n", (2, 10), "did you mean 'full-bleed'"),
        (
            "says: x\nneeds: words\nground: brand\nframes:\n  any: {aspect: [2, 1]}\n",
            (5, 17),
            "narrow to wide",
        ),
        (
            "says: x\nneeds: words\nground: brand\nframes:\n"
            "  any: {aspect: [1, 2], text: [0.5, 0, 0.8, 1]}\n",
            (5, 31),
            "leaves the safe zone",
        ),
        ("says: x\nextends: split\ngroud: paper\n", (3, 1), "did you mean 'ground'"),
        (
            "says: x\nneeds: words\nground: brand\nframes:\n"
            "  any: {aspect: [1, 2], head: [0.5, 0, 0.8, 1]}\n",
            (5, 31),
            "leaves the safe zone",
        ),
        (
            "says: x\nneeds: words\nground: brand\nframes:\n"
            "  any: {aspect: [4, 9], structure: row, head: [0, 0, 1, 1]}\n",
            (5, 47),
            "in a column only",
        ),
        (
            "says: x\nneeds: subject\nground: picture\nframes:\n"
            "  any: {aspect: [1, 2], subject: [0, 0, 1, 1], front: subject}\n",
            (5, 55),
            "needs `subject`, where it stands, and `head`",
        ),
    ],
)
def test_problems_point_at_their_place(
    layout_file: Path, text: str, place: tuple[int, int], said: str
) -> None:
    layout_file.write_text(text)
    (problem,) = check_layouts([layout_file])
    assert (problem.line, problem.column) == place
    assert said in str(problem)


def test_an_extending_layout_inherits_what_it_does_not_say(layout_file: Path) -> None:
    layout_file.write_text("says: Mine.\nextends: card\noffer: line\n")
    assert check_layouts([layout_file]) == []
