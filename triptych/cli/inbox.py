"""A folder that people drop files into: each file is taken once, and kept afterwards.

inbox/                 what came
inbox/working/         what is being run; after a crash, what is run again first
inbox/done/, failed/   what was run, each with a report beside it
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triptych.errors import TriptychError
from triptych.store.writing import disk_error

UNFINISHED = (".part", ".tmp", ".crdownload", ".download", ".partial")
LOCK = ".watched"


class AlreadyWatched(TriptychError):
    """Another process watches this folder: two would run everything twice."""


class Inbox:
    """Files in `folder`, from arrival to rest. One process at a time holds it."""

    def __init__(self, folder: Path, settle: float = 2.0) -> None:
        self.folder, self.settle = folder, settle
        self.working, self.done, self.failed = (
            folder / name for name in ("working", "done", "failed")
        )
        self._seen: dict[Path, tuple[tuple[int, int], float]] = {}

    @contextmanager
    def held(self) -> Iterator[None]:
        """Make the folders and hold them until the block ends.

        Raises:
            AlreadyWatched: another process holds them.
            DiskError: the folder cannot be written.
        """
        try:
            for folder in (self.working, self.done, self.failed):
                folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / LOCK).open("a+")
        except OSError as error:
            raise disk_error(self.folder, error) from None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                who = lock.read().strip() or "?"
                message = f"{self.folder}: is watched already, by process {who}"
                raise AlreadyWatched(message) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def interrupted(self) -> list[Path]:
        """Return what a watcher before us took and did not finish."""
        return sorted(path for path in self.working.iterdir() if path.is_file())

    def settled(self, now: float) -> list[Path]:
        """Return the files that did not change for `settle` seconds, oldest first.

        `now` is any clock that only moves forward. A file that is being copied grows
        between two looks, and so does not count yet.
        """
        found: list[tuple[float, Path]] = []
        present = {path: stat for path in self.waiting() if (stat := _stat(path))}
        self._seen = {p: seen for p, seen in self._seen.items() if p in present}
        for path, stat in present.items():
            mark = (stat.st_size, stat.st_mtime_ns)
            before, since = self._seen.get(path, (None, now))
            if before != mark:
                self._seen[path] = (mark, now)
            elif now - since >= self.settle and stat.st_size > 0:
                found.append((stat.st_mtime, path))
        return [path for _, path in sorted(found)]

    def waiting(self) -> Iterator[Path]:
        """Yield every file that came and was not taken yet, settled or not."""
        for path in sorted(self.folder.iterdir()):
            name = path.name.lower()
            hidden = name.startswith((".", "~"))
            if not hidden and not name.endswith(UNFINISHED) and path.is_file():
                yield path

    def take(self, path: Path) -> Path | None:
        """Move `path` to `working/` and return where it is; None if it is gone."""
        target = _free(self.working / path.name)
        try:
            path.rename(target)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise disk_error(target, error) from None
        return target

    def finish(self, taken: Path, report: str, *, good: bool) -> Path:
        """Move what was taken to its rest, with `report` beside it; return where it is."""
        target = _free((self.done if good else self.failed) / taken.name)
        try:
            target.with_name(f"{target.name}.txt").write_text(report, encoding="utf-8")
            taken.rename(target)
        except OSError as error:
            raise disk_error(target, error) from None
        return target


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None  # gone since it was listed


def _free(path: Path) -> Path:
    """Return `path`, or the first of "name-2.csv", "name-3.csv" … that nobody has."""
    number, found = 1, path
    while found.exists():
        number += 1
        found = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return found
