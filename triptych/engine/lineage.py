"""The place of a run in the line of revisions, and the snapshot of its campaign."""

import dataclasses
from pathlib import Path

from triptych.process_identity import ProcessIdentity
from triptych.store.contract import Run, Runs, Snapshots
from triptych.store.place import local_folder
from triptych.workflow.snapshot import FolderTooLarge, snapshot


def placed(run: Run, store: Runs) -> Run:
    """Return `run` with its place in the line of revisions, and its process.

    A run after a rejected one with the same inputs is its revision and counts one
    more; any other run has the number of the last one.
    """
    run = dataclasses.replace(run, process=ProcessIdentity.this())
    last = next((r for r in store.runs_of(run.workflow) if r.inputs == run.inputs), None)
    if last is None or run.parent or last.id == run.id:
        return run
    if last.state == "rejected":
        return dataclasses.replace(run, parent=last.id, revision=last.revision + 1)
    return dataclasses.replace(run, revision=last.revision)


def keep_snapshot(run: Run, file: Path, store: Snapshots) -> str:
    """Store the campaign's files as they are run, and return the snapshot's digest.

    A deployed version is stored already. The store and the packs are no part of the
    campaign, wherever they are. The digest is empty for a folder that is too large for a
    snapshot.
    """
    if run.version:
        return run.version
    made = [Path(part) for part in (run.folder, local_folder(store.address)) if part]
    try:
        return store.keep_snapshot(snapshot(file.parent, made), of_run=True)
    except FolderTooLarge:
        return ""
