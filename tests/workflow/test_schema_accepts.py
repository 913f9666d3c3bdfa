"""The schema for editors accepts every file that `check` accepts."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from connectors import about, known
from tests.campaigns.small import Folder, a_folder
from triptych.documents.yaml import parse_document
from triptych.evals import registry
from triptych.resources import templates
from triptych.workflow.merging import extend
from triptych.workflow.model import Workflow
from triptych.workflow.schema import workflow_schema
from triptych.workflow.timing import never_fires, schedule_problems

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = sorted((templates() / "workflows").glob("*.yaml"))


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    names = [*sorted(known()), *(f"check/{name}" for name in sorted(registry.known()))]
    return workflow_schema([about(name) for name in names])


def problems(schema: dict[str, Any], data: Any) -> list[str]:
    """Return what an editor would underline."""
    checker = jsonschema.Draft202012Validator(schema)
    return [
        f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in checker.iter_errors(data)
    ]


class EditorLoader(yaml.SafeLoader):
    """YAML 1.2, as editors read it: `5.00` is a number, `on` is text."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own form
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":bool")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


EditorLoader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"true|false"), list("tf")
)


def as_editors_read(text: str) -> Any:
    """Return the data of a file as an editor reads it."""
    return yaml.load(text, Loader=EditorLoader)


def whole_files() -> list[tuple[str, str]]:
    """Return every YAML block of the docs that is a whole workflow, and its page."""
    return [
        (page.name, block)
        for page in sorted(DOCS.rglob("*.md"))
        for block in re.findall(r"```ya?ml\n(.*?)```", page.read_text(), re.DOTALL)
        if re.search(r"^triptych: 1", block, re.MULTILINE)
    ]


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: str(file.stem))
def test_the_examples_are_accepted(schema: dict[str, Any], file: Path) -> None:
    assert problems(schema, as_editors_read(file.read_text())) == []


@pytest.mark.parametrize(
    ("page", "block"), whole_files(), ids=lambda value: str(value)[:30]
)
def test_the_workflows_of_the_docs_are_accepted(
    schema: dict[str, Any], page: str, block: str
) -> None:
    assert problems(schema, as_editors_read(block)) == [], page


EDITS = {
    "shares": "budget: {usd: 5, warn_at: 80%}",
    "one eval": "evals: {limits: {check: limits, on: steps.words}}",
    "durations": "pack: {approval: {within: 7d, remind: 86400}}",
    "retries": "defaults: {image/*: {timeout: 180s, retry: {longest: 60s}, fallback: image/bfl}}",
    "intervals": "schedule: {interval: 6h}",
    "words": 'schedule: [{on: first monday, at: "09:00"}, {cron: "@weekly", catch_up: latest}]',
    "anchors": "x-common: &a {b: c}",
    "includes": "include: shared.yaml",
}


@pytest.mark.parametrize("lines", EDITS.values(), ids=EDITS.keys())
def test_what_check_accepts_is_accepted(
    schema: dict[str, Any], tmp_path: Path, lines: str
) -> None:
    small = a_folder(tmp_path)
    small.write("shared.yaml", "labels: {team: growth}\n")
    small.edit("matrix:\n", f"{lines}\nmatrix:\n")
    if lines.startswith("pack"):
        small.edit("pack:\n  name: ${{ name }}/${{ matrix.locale }}\n", "")
        small.edit("matrix:\n  locale: ${{ brief.locales }}\n", "")
        small.edit("      language: ${{ matrix.locale }}\n      fields", "      fields")
        small.edit("      language: ${{ matrix.locale }}\n", "")
    assert problems(schema, as_editors_read(small.file.read_text())) == []
    assert small.problems() == ""


@pytest.fixture
def small(tmp_path: Path) -> Folder:
    return a_folder(tmp_path)


def test_an_entry_that_extends_needs_no_connector(
    schema: dict[str, Any], small: Folder
) -> None:
    text = small.file.read_text()
    more = (
        "  banner:\n    extends: social\n    placements: [google.display.300x250]\npack:\n"
    )
    small.write("small.yaml", text.replace("pack:\n", more))
    assert problems(schema, as_editors_read(small.file.read_text())) == []
    assert small.problems() == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    uses: image/procedural\n", ""),
        ("uses: image/procedural", "uses: image/procedural\n    color: red"),
        ("size: 640x640", "size: large"),
        ("placements: [meta.feed.1x1]", "placements: [meta.feed.1x9]"),
        ("name: small\n", "name: small\nunknown: 1\n"),
        ("matrix:\n", "budget: {usd: 5, warn_at: much}\nmatrix:\n"),
        ("matrix:\n", "schedule: {interval: often}\nmatrix:\n"),
    ],
)
def test_what_check_refuses_is_underlined(
    schema: dict[str, Any], small: Folder, old: str, new: str
) -> None:
    small.edit(old, new)
    assert problems(schema, as_editors_read(small.file.read_text()))
    assert small.problems()


@pytest.mark.parametrize(
    ("page", "block"), whole_files(), ids=lambda value: str(value)[:30]
)
def test_the_workflows_of_the_docs_can_be_deployed(page: str, block: str) -> None:
    tree = parse_document(block.encode(), page)
    assert extend(tree) == []
    workflow = Workflow.model_validate(tree.data)
    now = datetime(2026, 12, 1, tzinfo=UTC)
    assert schedule_problems(workflow, tree) == []
    assert never_fires(workflow, tree, now) == []
