"""Pages say what is so: generated blocks, links between pages, and names of commands."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.layers import BEGIN, PAGE, ROOT, replaced
from triptych.cli import COMMANDS
from triptych.evals import registry

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def test_the_import_layers_are_those_that_are_enforced() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert BEGIN in page
    assert page == replaced(page), "run `make docs`"


def _links() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            if "://" not in target and not target.startswith("mailto:"):
                yield page, target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    broken = [
        target
        for at, target in _links()
        if at == page and not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_page_is_reached_from_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"index.md"}
    assert pages <= set(LINK.findall(index)) | {"glossary.md"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_pages_name_exist(page: Path) -> None:
    if page.name == "CHANGELOG.md" or "decisions" in page.parts:
        pytest.skip("history")
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:\.venv/bin/)?triptych ([a-z]+)\b", text))
    assert named <= set(COMMANDS) | {"explain"}


def test_every_check_is_on_the_page_of_checks() -> None:
    page = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)) == set(
        registry.BUILTIN
    )
