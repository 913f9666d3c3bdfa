"""Which file of which run's pack a path names, and whether that run made what is there."""

import hashlib
import re
from pathlib import Path

from triptych.errors import TriptychError
from triptych.store.contract import Run
from triptych.store.folder import FolderStore

_RUN = re.compile(r"[\w.-]{1,80}", re.ASCII)


class NewerRun(TriptychError):
    """Another run has written the pack since: what this run made is not there."""


class PackFiles:
    """Finds files of packs by run. Only what a run names, and only what it made."""

    def __init__(self, store: Path) -> None:
        self.store = FolderStore(store)
        self.known: dict[str, tuple[int, Run]] = {}
        self.digests: dict[Path, tuple[tuple[int, int, int], str]] = {}

    def find(self, path: str) -> Path | None:
        """Return the file that "/run/pack/file" names; None if there is none to show.

        Raises:
            NewerRun: the folder holds what another run made.
            OSError, ValueError: the path is none.
        """
        run_id, _, rest = path.strip("/").partition("/")
        run = self._run(run_id)
        if run is None or not rest:
            return None
        folder = Path(run.folder).resolve()
        target = (folder / rest).resolve()
        if target.is_dir():
            target /= "index.html"
        name = next((n for n in run.packs if _is_in(target, folder / n)), None)
        if name is None:
            return None
        if not self._is_made_by(run, name, folder / name):
            raise NewerRun(self._reason(run, name))
        return target if target.is_file() else None

    def _run(self, run_id: str) -> Run | None:
        """Return the run as its record is now: a decision changes it."""
        if not _RUN.fullmatch(run_id):
            return None
        try:
            changed = (self.store.root / "runs" / f"{run_id}.json").stat().st_mtime_ns
            if self.known.get(run_id, (0, None))[0] != changed:
                run = next(run for run in self.store.runs() if run.id == run_id)
                self.known[run_id] = changed, run
        except (OSError, TriptychError, StopIteration):
            return None
        return self.known[run_id][1]

    def _is_made_by(self, run: Run, name: str, pack: Path) -> bool:
        """Return whether zip or, where none was released, manifest are that run's."""
        candidates = pack.with_name(f"{pack.name}.zip"), pack / "manifest.json"
        return any(self._digest(file) == run.packs[name] for file in candidates)

    def _digest(self, file: Path) -> str:
        try:
            stat = file.stat()
            state = stat.st_mtime_ns, stat.st_size, stat.st_ino
            if self.digests.get(file, (None, ""))[0] != state:
                with file.open("rb") as opened:
                    digest = hashlib.file_digest(opened, "sha256").hexdigest()
                self.digests[file] = state, digest
        except OSError:
            return ""
        return self.digests[file][1]

    def _reason(self, run: Run, name: str) -> str:
        newer = (r for r in self.store.runs() if r.id > run.id and name in r.packs)
        latest = max((r.id for r in newer if r.folder == run.folder), default="")
        writer = f"run {latest}" if latest else "another run, or a person,"
        return (
            f"{name}: {writer} changed this pack after run {run.id}, whose files are not "
            f"there any more; run {run.file} with the same inputs to see them again"
        )


def _is_in(target: Path, pack: Path) -> bool:
    """Return whether `target` lies in the pack's folder, or is its zip."""
    return target.is_relative_to(pack) or target == pack.with_name(f"{pack.name}.zip")
