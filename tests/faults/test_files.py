"""Files that editors, old systems and attackers leave behind, through the command line."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.campaigns.small import BRAND, BRIEF, WORKFLOW, Folder, a_folder
from triptych.cli import main

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)
SQUARED = (
    "labels: &l {"
    + ", ".join(f"k{n}: v" for n in range(9000))
    + "}\n"
    + "".join(f"x{n}: *l\n" for n in range(40))
)


@pytest.fixture
def small(tmp_path: Path) -> Folder:
    return a_folder(tmp_path)


def check(folder: Folder, *more: str) -> Result:
    return CliRunner().invoke(main, ["check", str(folder.file), *more])


@pytest.mark.parametrize(
    ("name", "text", "place", "code"),
    [
        ("small.yaml", "", "small.yaml:1:1", "T302"),
        ("small.yaml", "[a, b]\n", "small.yaml:1:1", "T301"),
        ("small.yaml", BOMB, "small.yaml:", "T107"),
        ("small.yaml", SQUARED, "small.yaml:", "T107"),
        ("small.yaml", "[" * 9000, "small.yaml:1:", "T107"),
        ("small.yaml", WORKFLOW + "name: again\n", "small.yaml:27:1", "T108"),
        ("small.yaml", WORKFLOW.replace("  words:", "\twords:"), "small.yaml:8:1", "T105"),
        ("small.yaml", WORKFLOW.encode("utf-16"), "small.yaml:1:1", "T103"),
        ("small.yaml", WORKFLOW.encode("utf-16-be"), "small.yaml:1:1", "T104"),
        (
            "small.yaml",
            WORKFLOW.replace("ad.", "café").encode("latin-1"),
            "small.yaml:11:1",
            "T103",
        ),
        (
            "small.yaml",
            WORKFLOW.replace("small", "!!python/name:os.system x"),
            "small.yaml:2:7",
            "T109",
        ),
        (
            "small.yaml",
            WORKFLOW.replace("brief.md", "../brief.md"),
            "small.yaml:3:8",
            "T504",
        ),
        (
            "small.yaml",
            WORKFLOW.replace("brief.md", "/etc/passwd"),
            "small.yaml:3:8",
            "T504",
        ),
        (
            "small.yaml",
            WORKFLOW.replace("image/procedural", "image/none"),
            "small.yaml:15:11",
            "T401",
        ),
        ("small.yaml", b"\x00" * 100, "small.yaml:1:1", "T104"),
        ("small.yaml", bytes(range(255, 0, -1)), "small.yaml:", "T10"),
        ("brief.md", "", "brief.md:1:1", "T601"),
        ("brief.md", "---\nproduct: jam\n---\n", "brief.md:2:1", "T601"),
        ("brief.md", BRIEF.replace("Quince jam", "''"), "brief.md:2:10", "T601"),
        ("brief.md", BRIEF.replace("facts:", "facts: 3 #"), "brief.md:6:8", "T301"),
        ("brand.yaml", "", "brand.yaml:1:1", "T302"),
        ("brand.yaml", BRAND.replace('"#201a1e"', "ink"), "brand.yaml:2:16", "T501"),
        ("brand.yaml", f"{BRAND}logo: {{on_light: ../x.svg}}\n", "brand.yaml:", "T504"),
    ],
)
def test_it_is_told_with_place_and_code_and_the_exit_code_2(
    small: Folder, name: str, text: str | bytes, place: str, code: str
) -> None:
    small.write(name, text)
    result = check(small)
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit)
    assert place in result.stderr
    assert f"[{code}" in result.stderr


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(small: Folder) -> None:
    for name, text in (
        ("small.yaml", WORKFLOW),
        ("brief.md", BRIEF),
        ("brand.yaml", BRAND),
    ):
        small.write(name, b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    result = check(small)
    assert result.exit_code == 0, result.stderr


def test_a_fact_that_is_missing_is_told_where_it_is_read(small: Folder) -> None:
    small.edit("task: Write the ad.", "task: Say ${{ brief.facts.colour }}.")
    result = check(small)
    assert result.exit_code == 2
    assert "small.yaml:11:13: steps.words.with.task: `brief.facts.colour`" in result.stderr


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["run", str(tmp_path / "no.yaml"), "--direct"])
    assert result.exit_code == 2
    assert (
        "no.yaml:1:1: file: there is no such file; check the path [T101]" in result.stderr
    )


@pytest.mark.slow
def test_a_bomb_is_refused_with_little_memory(small: Folder) -> None:
    small.write("small.yaml", BOMB)
    code = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_AS, (600_000_000, 600_000_000))\n"
        "from triptych.cli import main\nmain(['check', sys.argv[1]])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(small.file)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ran.returncode == 2, ran.stderr
    assert "[T107]" in ran.stderr
