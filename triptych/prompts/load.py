"""Load a harness: a folder of templates and tables, validated before use.

    harness.yaml    says, extends, tools
    copy.md  ask.md  again.md  voice.md    for copy connectors
    judge.md  judge-ask.md                 for judges
    fields.yaml  locales.yaml  examples.yaml

A harness that `extends` another takes whole files from it: those that it has not.
"""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from triptych.documents.validation import validated
from triptych.documents.yaml import did_you_mean, load_document, read_text
from triptych.errors import DefinitionError, Problem
from triptych.prompts.kit import CopyPrompts, Example, Harness, JudgePrompts, Language
from triptych.prompts.render import NAMES, TemplateError, check
from triptych.resources import templates

DEFAULT = "house"
TEXTS: Mapping[str, str] = {  # file -> which names its template may use
    "copy.md": "copy",
    "ask.md": "copy",
    "again.md": "again",
    "voice.md": "voice",
    "judge.md": "judge",
    "judge-ask.md": "judge",
}
TABLES: Mapping[str, Any] = {
    "fields.yaml": Mapping[str, str],
    "locales.yaml": Mapping[str, Language],
    "examples.yaml": tuple[Example, ...],
}


@dataclass(frozen=True, slots=True)
class HarnessFile:
    """The file harness.yaml."""

    says: str = ""
    extends: str = ""
    tools: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)


def shipped() -> Path:
    """Return the folder of the built-in harnesses."""
    return templates() / "prompts"


def harnesses(brand: Path | None = None) -> dict[str, Path]:
    """Return the folder of every harness by name; a brand's own win over shipped ones."""
    found: dict[str, Path] = {}
    for place in (shipped(), *([brand / "prompts"] if brand else [])):
        folders = sorted(place.iterdir()) if place.is_dir() else []
        found |= {folder.name: folder for folder in folders if folder.is_dir()}
    return found


def load_harness(name: str, brand: Path | None = None) -> Harness:
    """Return the harness called `name`, from the brand's folder or from those that ship.

    Raises:
        DefinitionError: there is none, or it is wrong; lists every problem.
    """
    folders = harnesses(brand)
    if name not in folders:
        where = str(brand / "prompts") if brand else "prompts"
        hint = did_you_mean(name, folders)
        message = f"no harness is called {name!r}"
        raise DefinitionError([Problem(where, 1, 1, "harness", message, "T201", hint)])
    return _read(folders[name])


@functools.cache
def house() -> Harness:
    """Return the default harness."""
    return _read(shipped() / DEFAULT)


def files_of(folder: Path) -> dict[str, Path]:
    """Return the file behind every part of the harness in `folder`, extended ones too.

    Raises:
        DefinitionError: harness.yaml is wrong, or extends what is not there.
    """
    settings = _settings(folder)
    found: dict[str, Path] = {}
    if settings.extends:
        found = files_of(_extended(folder, settings.extends))
    own = sorted(path for path in folder.iterdir() if path.is_file())
    return found | {path.name: path for path in own}


def _settings(folder: Path) -> HarnessFile:
    tree = load_document(folder / "harness.yaml")
    written, problems = validated(HarnessFile, tree.data or {}, tree, ())
    if not isinstance(written, HarnessFile):
        raise DefinitionError(problems)
    for provider, tools in written.tools.items():
        for index, tool in enumerate(tools):
            if tool.get("type") == "function":
                at = ("tools", provider, index)
                message = "is a function, which nobody here would run; list tools that "
                message += "the provider runs itself"
                raise DefinitionError([tree.problem(at, message, "T301")])
    return written


def _extended(folder: Path, name: str) -> Path:
    """Return the folder that is extended: a shipped one, never itself."""
    target = shipped() / name
    if "/" in name or not target.is_dir() or target == folder:
        tree = load_document(folder / "harness.yaml")
        hint = did_you_mean(name, {p.name for p in shipped().iterdir()} - {folder.name})
        message = f"no shipped harness is called {name!r}"
        raise DefinitionError([tree.problem(("extends",), message, "T201", hint=hint)])
    return target


def _read(folder: Path) -> Harness:
    settings, files = _settings(folder), files_of(folder)
    problems = list(_unknown(folder))
    texts: dict[str, str] = {}
    tables: dict[str, Any] = {}
    for name in (*TEXTS, *TABLES):
        if name not in files:
            message = f"has no {name}; write it, or say `extends: {DEFAULT}`"
            at = str(folder / "harness.yaml")
            problems.append(Problem(at, 1, 1, "file", message, "T101"))
        elif name in TEXTS:
            texts[name] = read_text(files[name]).strip()
            # what ships is checked by the tests, so that every start need not
            if not files[name].is_relative_to(shipped()):
                problems += _text_problems(files[name], texts[name], TEXTS[name])
        else:
            tables[name], found = _table(files[name], TABLES[name])
            problems += found
    if problems:
        raise DefinitionError(problems)
    copy = CopyPrompts(
        folder.name,
        system=texts["copy.md"],
        ask=texts["ask.md"],
        again=texts["again.md"],
        voice=texts["voice.md"],
        fields=tables["fields.yaml"],
        languages=tables["locales.yaml"],
        examples=tables["examples.yaml"],
        tools=settings.tools,
    )
    judge = JudgePrompts(folder.name, texts["judge.md"], texts["judge-ask.md"])
    return Harness(folder.name, settings.says, copy, judge)


def _unknown(folder: Path) -> Iterator[Problem]:
    """Yield a problem for each file that nothing would read: a misspelt one, mostly."""
    known = {"harness.yaml", *TEXTS, *TABLES}
    for path in sorted(folder.iterdir()):
        if path.suffix in (".md", ".yaml") and path.name not in known:
            hint = did_you_mean(path.name, known)
            yield Problem(str(path), 1, 1, "file", "is no part of a harness", "T202", hint)


def _text_problems(path: Path, text: str, sort: str) -> Iterator[Problem]:
    try:
        check(text, NAMES[sort])
    except TemplateError as error:
        lines = text.splitlines()
        source = lines[error.line - 1] if error.line <= len(lines) else ""
        yield Problem(
            str(path), error.line, 1, "file", str(error), "T205", error.hint, source
        )


def _table(path: Path, kind: Any) -> tuple[Any, list[Problem]]:
    tree = load_document(path)
    return validated(kind, tree.data, tree, ())
