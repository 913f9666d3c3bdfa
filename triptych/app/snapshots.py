"""The version of a campaign: its folder, without what only other campaigns there use."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from triptych.app.campaigns import workflow_files
from triptych.documents.yaml import load_document
from triptych.errors import TriptychError
from triptych.workflow.snapshot import snapshot


def snapshot_of(workflow: Path) -> bytes:
    """Return the snapshot of the campaign at `workflow`; equal files give equal bytes.

    Other workflow files of its folder, their briefs and brands are left out, unless this
    one uses or mentions them: changing one campaign gives the others no new version.

    Raises:
        FolderTooLarge: there is more in the folder than a campaign should have.
    """
    return snapshot(workflow.parent, without=others_of(workflow))


def others_of(workflow: Path) -> set[Path]:
    """Return the files and folders that only other campaigns of the folder use."""
    own_files = set(_with_includes(workflow))
    text = "".join(_text(file) for file in own_files)
    own = {workflow.resolve(), *own_files, *_named_by(own_files)}
    others: set[Path] = set()
    for file in workflow_files([workflow.parent]):
        if file.resolve() not in own:
            parts = set(_with_includes(file))
            others |= parts | _named_by(parts)
    return {
        path
        for path in others
        if not any(path == each or path in each.parents for each in own)
        and path.name not in text
    }


def _with_includes(file: Path, above: tuple[Path, ...] = ()) -> Iterator[Path]:
    """Yield a workflow file and the files that it includes, resolved."""
    path = file.resolve()
    if path in above or not path.is_file():
        return
    yield path
    names = _data(path).get("include", [])
    for name in [names] if isinstance(names, str) else names:
        yield from _with_includes(path.parent / str(name), (*above, path))


def _named_by(files: set[Path]) -> set[Path]:
    """Return the briefs and brands that workflow files name."""
    paths = set()
    for file in files:
        data = _data(file)
        names = (data.get("brief"), data.get("brand"))
        paths |= {(file.parent / n).resolve() for n in names if isinstance(n, str) and n}
    return {path for path in paths if path.exists()}


def _data(file: Path) -> dict[str, Any]:
    """Return the keys of a YAML file; none of a draft that cannot be read."""
    try:
        data = load_document(file).data
    except TriptychError:
        return {}
    return data if isinstance(data, dict) else {}


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")
