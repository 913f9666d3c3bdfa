"""Runs by workflow: an empty entry `index/<workflow>/<run>` for each run.

Runs without an entry, e.g. of an older version, are read once and get one.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from triptych.store.contract import Run


class Marks(Protocol):
    """Where index entries are: empty files, or empty objects."""

    def mark(self, name: str) -> None:
        """Write an empty entry."""
        ...

    def marked(self, folder: str) -> Iterator[str]:
        """Yield the names of the entries of a folder, relative to it."""
        ...


def add(marks: Marks, run: Run) -> None:
    """Write the entry of `run`."""
    marks.mark(f"index/{run.workflow}/{run.id}")


def ids_of(
    marks: Marks,
    workflow: str,
    run_ids: Iterable[str],
    find: Callable[[str], Run | None],
) -> list[str]:
    """Return the ids of a workflow's runs, newest first.

    `run_ids` are those of all runs in the store; `find` reads one that has no entry.
    """
    entries = [name.rpartition("/") for name in marks.marked("index")]
    indexed = {run_id for _, _, run_id in entries}
    ids = [run_id for folder, _, run_id in entries if folder == workflow]
    for run_id in run_ids:
        if run_id not in indexed and (run := find(run_id)) is not None:
            add(marks, run)
            ids += [run_id] if run.workflow == workflow else []
    return sorted(ids, reverse=True)
