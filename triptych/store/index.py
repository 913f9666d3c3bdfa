"""Runs by workflow: an empty entry `index/<workflow>/<run>` for each run.

A store of an older version has no index; it is written when it is first asked for.
"""

from collections.abc import Iterable, Iterator
from typing import Protocol

from triptych.store.contract import Run

WHOLE = "index/_whole"  # is there once every run has its entry; no workflow is called so


class Marks(Protocol):
    """Where index entries are: empty files, or empty objects."""

    def mark(self, name: str) -> None:
        """Write an empty entry."""
        ...

    def is_marked(self, name: str) -> bool:
        """Return whether the entry is there."""
        ...

    def marked(self, folder: str) -> Iterator[str]:
        """Yield the last parts of the names of a folder's entries."""
        ...


def add(marks: Marks, run: Run) -> None:
    """Write the entry of `run`."""
    marks.mark(f"index/{run.workflow}/{run.id}")


def ids_of(marks: Marks, workflow: str, runs: Iterable[Run]) -> list[str]:
    """Return the ids of a workflow's runs, newest first; `runs` are all of the store."""
    if not marks.is_marked(WHOLE):
        for run in runs:
            add(marks, run)
        marks.mark(WHOLE)
    return sorted(marks.marked(f"index/{workflow}"), reverse=True)
