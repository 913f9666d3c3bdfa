"""Build a pack: a folder, and a zip where it may be released."""

import dataclasses
import hashlib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from triptych.artifact import canonical
from triptych.contracts import Finding
from triptych.pack.contents import entries_of
from triptych.pack.job import PackJob
from triptych.pack.manifest import manifest_of
from triptych.pack.page import page_of
from triptych.pack.sheet import contact_sheet
from triptych.pack.workspace import FolderFiles, swap_in, workspace
from triptych.store.contract import Artifacts
from triptych.store.writing import atomic_file

APPROVAL = "approval"  # the check that a person's approval passes
STORED = (".jpg", ".png", ".pptx", ".zip", ".webp")  # deflating these gains nothing
NOT_APPROVED = "nobody has approved this pack yet"


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack on disk. `zip` is None while it may not be released.

    `content` identifies what a person approves: an approval does not change it, and a pack
    that is built again with the same content needs no second approval.
    """

    name: str
    folder: Path
    zip: Path | None
    digest: str  # of the zip's bytes, or of the manifest where there is no zip
    files: tuple[str, ...]
    blocked: tuple[Finding, ...] = ()
    content: str = ""

    @property
    def waits(self) -> bool:
        """Return whether only the approval of a person is missing."""
        return bool(self.blocked) and all(f.check == APPROVAL for f in self.blocked)


def build_pack(job: PackJob, store: Artifacts, folder: Path) -> Pack:
    """Write the pack under `folder` and return it. Equal jobs give equal bytes.

    The folder is written beside its target and then exchanged, so that the target always
    holds a complete pack or none. One file is in memory at a time. Blocking.

    Raises:
        DiskError: the folder cannot be written.
        StoreError: an artifact is missing or its bytes changed.
    """
    target = folder / job.name
    with workspace(target) as files:
        released = _write_files(job, store, files)
        path = target.with_name(f"{target.name}.zip")
        if released.blocked:
            swap_in(target, files)
            path.unlink(missing_ok=True)
            zipped, digest = None, released.manifest
        else:
            with atomic_file(path) as file:
                write_zip(file, files, root=target.name)
                swap_in(target, files)
            zipped, digest = path, file_digest(path)
    names = tuple(sorted(files))
    return Pack(job.name, target, zipped, digest, names, released.blocked, released.content)


@dataclass(frozen=True, slots=True)
class Release:
    """Whether a pack may be released, and the digests of its manifest."""

    blocked: tuple[Finding, ...]  # what keeps it here
    content: str  # without an approval: what a person approves
    manifest: str


def _write_files(job: PackJob, store: Artifacts, files: FolderFiles) -> Release:
    """Write every file of the pack and return whether it may be released."""
    blocked = tuple(_blocking(job))
    entries = entries_of(job.outcomes, job.files, job.locale, job.revision, store)
    for entry in entries:
        data = entry.data if entry.data is not None else store.read(entry.artifact)
        files.write(entry.path, data)
    files.write("contact-sheet.jpg", contact_sheet(job, entries, files))
    manifest = canonical(manifest_of(job, entries, blocked))
    content = hashlib.sha256(manifest).hexdigest()
    if content in job.approvals and all(f.check == APPROVAL for f in blocked):
        job, blocked = dataclasses.replace(job, approval=job.approvals[content]), ()
        manifest = canonical(manifest_of(job, entries, blocked))
    files.write("manifest.json", manifest)
    files.write("index.html", page_of(job, entries, files, blocked).encode())
    return Release(blocked, content, hashlib.sha256(manifest).hexdigest())


def _blocking(job: PackJob) -> list[Finding]:
    """Return the findings that block the release of the pack."""
    findings = []
    for outcome in job.outcomes:
        if outcome.product.quality == "draft" and outcome.product.ran:
            message = f"{outcome.unit.id} is of draft quality; drafts are never packed"
            findings.append(Finding("quality", "block", message, outcome.unit.id))
        findings += [f for f in outcome.product.findings if f.level == "block"]
    if job.release == "always":
        return findings
    for result in job.evals:
        if result.blocks:
            findings += result.findings
        elif result.state == "not measured" and result.level == "block":
            message = f"the eval {result.name!r} was not measured"
            findings.append(Finding(result.check, "block", message))
    if job.release == "approved":
        findings.append(Finding(APPROVAL, "block", NOT_APPROVED))
    return findings


def write_zip(file: IO[bytes], files: Mapping[str, bytes], root: str) -> None:
    """Write a zip; equal contents give equal bytes: sorted, with the epoch as time."""
    with zipfile.ZipFile(file, "w") as packed:
        for path in sorted(files):
            entry = zipfile.ZipInfo(f"{root}/{path}")  # 1980-01-01 00:00:00
            entry.external_attr = 0o644 << 16
            kept = path.endswith(STORED)
            entry.compress_type = zipfile.ZIP_STORED if kept else zipfile.ZIP_DEFLATED
            packed.writestr(entry, files[path])


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
