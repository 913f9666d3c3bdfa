"""Every field of every model is read by the code that acts on it: no setting does nothing."""

import ast
import dataclasses
import functools
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import BaseModel

import triptych
import triptych.brand.kit
import triptych.brief.model
import triptych.contracts.about
import triptych.contracts.answers
import triptych.contracts.requests
import triptych.engine.result
import triptych.evals.contract
import triptych.evals.run
import triptych.pack.job
import triptych.placements
import triptych.store.contract
import triptych.workflow.model
import triptych.workflow.units

ROOT = Path(triptych.__file__).parents[1]
MODELS: tuple[ModuleType, ...] = (
    triptych.brand.kit,
    triptych.brief.model,
    triptych.contracts.about,
    triptych.contracts.answers,
    triptych.contracts.requests,
    triptych.engine.result,
    triptych.evals.contract,
    triptych.evals.run,
    triptych.pack.job,
    triptych.placements,
    triptych.store.contract,
    triptych.workflow.model,
    triptych.workflow.units,
)
# these only look whether a value may be there: reading one here acts on nothing
LOOKING = ("workflow/inspection/", "workflow/schema.py")
# read from the file's data before there is a model, or for people only
ELSEWHERE = {
    "recipe": "kept beside the picture",
    "triptych": "the format's version: `Literal[1]` refuses any other",
    "include": "merged by workflow/merging.py before the model is built",
    "checked": "when somebody last looked at a placement's source: for people",
}


@functools.cache
def _reads() -> dict[str, set[str]]:
    """Return every name that is read as an attribute, with the files that do."""
    reads: dict[str, set[str]] = {}
    for folder in ("triptych", "connectors", "flows"):
        for path in (ROOT / folder).rglob("*.py"):
            name = path.relative_to(ROOT).as_posix()
            if any(part in name for part in LOOKING):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                    reads.setdefault(node.attr, set()).add(name)
    return reads


@functools.cache
def _in_templates() -> str:
    paths = sorted((ROOT / "templates").rglob("*"))
    kinds = (".html", ".md")
    return " ".join(p.read_text(encoding="utf-8") for p in paths if p.suffix in kinds)


def _fields() -> Iterator[Any]:
    for module in MODELS:
        for name, kind in vars(module).items():
            if not isinstance(kind, type) or kind.__module__ != module.__name__:
                continue
            if issubclass(kind, BaseModel):
                for field in kind.model_fields:
                    yield pytest.param(field, id=f"{name}.{field}")
            elif dataclasses.is_dataclass(kind):
                for each in dataclasses.fields(kind):
                    yield pytest.param(each.name, id=f"{name}.{each.name}")


@pytest.mark.parametrize("field", list(_fields()))
def test_is_read_by_what_acts_on_it(field: str) -> None:
    read = _reads().get(field) or f".{field}" in _in_templates()
    assert read or field in ELSEWHERE


def test_a_field_that_nothing_reads_would_be_found() -> None:
    assert "a_field_that_nothing_reads" not in _reads()
    assert "level" in _reads()
