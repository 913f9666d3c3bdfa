"""Building a pack: a folder, and a zip where it may be released; whole or not at all."""

import dataclasses
import hashlib
import io
import os
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from triptych.artifact import canonical
from triptych.contracts import Finding
from triptych.pack.contents import PackEntry, entries_of
from triptych.pack.job import PackJob
from triptych.pack.manifest import manifest_of
from triptych.pack.page import page_of
from triptych.pack.sheet import contact_sheet
from triptych.store.contract import Store
from triptych.store.writing import disk_error, write_atomic

APPROVAL = "approval"  # the check that only a person can pass
STORED = (".jpg", ".png", ".pptx", ".zip", ".webp")  # deflating these gains nothing
NOT_APPROVED = "nobody has approved this pack yet"


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack on disk. `zip` is None while it may not be released.

    `content` is what a person approves: it stays the same when nothing but their word
    is added, and a pack made anew with the same content needs no second word.
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
        """Say whether nothing but a person's word keeps the pack here."""
        return bool(self.blocked) and all(f.check == APPROVAL for f in self.blocked)


def build_pack(job: PackJob, store: Store, folder: Path) -> Pack:
    """Write the pack under `folder` and return it. Equal jobs give equal bytes.

    The folder is written beside its place and then swapped in, so that there is always
    a whole pack or none. Blocking.

    Raises:
        DiskError: the folder cannot be written.
        StoreError: an artifact is missing or its bytes changed.
    """
    blocked = tuple(_blocking(job))
    entries = entries_of(job.outcomes, job.files, job.locale, job.revision, store)
    made = dict(_bytes(entries, store))
    made["contact-sheet.jpg"] = contact_sheet(job, entries, made)
    manifest = canonical(manifest_of(job, entries, made, blocked))
    content = hashlib.sha256(manifest).hexdigest()
    if content in job.approvals and all(f.check == APPROVAL for f in blocked):
        job, blocked = dataclasses.replace(job, approval=job.approvals[content]), ()
        manifest = canonical(manifest_of(job, entries, made, blocked))
    made["manifest.json"] = manifest
    made["index.html"] = page_of(job, entries, made, blocked).encode()
    target = folder / job.name
    zipped = None if blocked else zip_of(made, root=target.name)
    _swap_in(target, made)
    path = target.with_name(f"{target.name}.zip")
    if zipped is None:
        path.unlink(missing_ok=True)
        digest = hashlib.sha256(manifest).hexdigest()
        return Pack(job.name, target, None, digest, tuple(sorted(made)), blocked, content)
    write_atomic(path, zipped)
    digest = hashlib.sha256(zipped).hexdigest()
    return Pack(job.name, target, path, digest, tuple(sorted(made)), blocked, content)


def _blocking(job: PackJob) -> list[Finding]:
    """Return what keeps the pack from release."""
    found = []
    for outcome in job.outcomes:
        if outcome.product.quality == "draft" and outcome.product.ran:
            message = f"{outcome.unit.id} is of draft quality; drafts are never packed"
            found.append(Finding("quality", "block", message, outcome.unit.id))
        found += [f for f in outcome.product.findings if f.level == "block"]
    if job.release == "always":
        return found
    for result in job.evals:
        if result.blocks:
            found += result.findings
        elif result.state == "not measured" and result.level == "block":
            message = f"the eval {result.name!r} was not measured"
            found.append(Finding(result.check, "block", message))
    if job.release == "approved":
        found.append(Finding(APPROVAL, "block", NOT_APPROVED))
    return found


def _bytes(entries: tuple[PackEntry, ...], store: Store) -> list[tuple[str, bytes]]:
    return [
        (entry.path, entry.data if entry.data is not None else store.read(entry.artifact))
        for entry in entries
    ]


def zip_of(files: Mapping[str, bytes], root: str) -> bytes:
    """Return a zip whose equal contents are equal bytes: sorted, stamped with the epoch."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for path in sorted(files):
            entry = zipfile.ZipInfo(f"{root}/{path}")  # 1980-01-01 00:00:00
            entry.external_attr = 0o644 << 16
            kept = path.endswith(STORED)
            entry.compress_type = zipfile.ZIP_STORED if kept else zipfile.ZIP_DEFLATED
            packed.writestr(entry, files[path])
    return buffer.getvalue()


def _swap_in(target: Path, files: Mapping[str, bytes]) -> None:
    """Replace the folder `target` by one that holds exactly `files`."""
    if _is_same(target, files):
        return
    fresh = target.with_name(f".{target.name}.new-{os.getpid()}")
    old = target.with_name(f".{target.name}.old-{os.getpid()}")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        for path, data in files.items():
            place = fresh / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        if target.exists():
            target.rename(old)
        fresh.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        if old.exists() and not target.exists():
            old.rename(target)
        shutil.rmtree(fresh, ignore_errors=True)
        raise disk_error(target, error) from None


def _is_same(target: Path, files: Mapping[str, bytes]) -> bool:
    found = {
        path.relative_to(target).as_posix(): path
        for path in target.rglob("*")
        if path.is_file()
    }
    if set(found) != set(files):
        return False
    return all(found[name].read_bytes() == data for name, data in files.items())
