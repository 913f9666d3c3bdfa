"""The files of a pack and their names."""

from dataclasses import dataclass

from triptych.artifact import Artifact
from triptych.contracts import ProductFile
from triptych.geometry import Size
from triptych.pack.names import Names, file_name, safe
from triptych.store.contract import Artifacts, Outcome

PLATES = "_plates"  # plates and masks: for tools and reviewers, not for media plans


@dataclass(frozen=True, slots=True)
class PackEntry:
    """One file of a pack. `data`, if any, replaces the artifact's bytes."""

    path: str
    role: str
    deliverable: str
    artifact: Artifact
    placement: str = ""
    size: Size | None = None
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Naming:
    """The names of the files in one pack."""

    pattern: str
    locale: str
    revision: int
    names: Names

    def name(self, folder: str, stem: str, file: ProductFile) -> str:
        """Return the path of a file in `folder`."""
        values = {
            "placement": file.placement or stem,
            "name": stem,
            "locale": self.locale,
            "revision": str(self.revision),
            "ext": file.ext,
        }
        if file.size is not None:
            values |= {"width": str(file.size.width), "height": str(file.size.height)}
        return self.names.take(folder, file_name(self.pattern, values))


def entries_of(
    outcomes: tuple[Outcome, ...],
    pattern: str,
    locale: str,
    revision: int,
    store: Artifacts,
) -> tuple[PackEntry, ...]:
    """Return the files of every deliverable, pictures first."""
    naming = Naming(pattern, locale, revision, Names())
    return tuple(
        entry
        for outcome in outcomes
        if outcome.unit.part == "deliverable" and outcome.product.ran
        for record in outcome.records
        for entry in _entries(outcome.unit.name, record.product.files, naming, store)
    )


def _entries(
    deliverable: str, files: tuple[ProductFile, ...], naming: Naming, store: Artifacts
) -> list[PackEntry]:
    folder = safe(deliverable)
    by_role = {file.role: file for file in files}
    picture = by_role.get("picture")
    if picture is None:
        return [
            PackEntry(
                naming.name(folder, deliverable, file),
                file.role,
                deliverable,
                file.artifact,
            )
            for file in files
        ]
    path = naming.name(folder, deliverable, picture)
    found = [_entry(path, picture, deliverable)]
    stem = path.rpartition("/")[2].rpartition(".")[0]
    beside = {"image": path.rpartition("/")[2]}
    for role, key in (("plate", "plate"), ("mask", "product_mask")):
        if role in by_role:
            file = by_role[role]
            place = f"{PLATES}/{folder}/{stem}.{role}.{file.ext}"
            beside[key] = f"../{place}"
            found.append(_entry(place, file, deliverable))
    if "layout" in by_role:
        layout = by_role["layout"]
        data = store.read(layout.artifact)
        for key, name in beside.items():
            data = data.replace(f'"{{{key}}}"'.encode(), f'"{name}"'.encode())
        place = f"{folder}/{stem}.layout.json"
        found.append(_entry(place, layout, deliverable, data))
    return found


def _entry(
    path: str, file: ProductFile, deliverable: str, data: bytes | None = None
) -> PackEntry:
    return PackEntry(
        path, file.role, deliverable, file.artifact, file.placement, file.size, data
    )
