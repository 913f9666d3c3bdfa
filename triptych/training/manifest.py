"""training.yaml: the LoRA, its pictures, and the recorded consent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from triptych.artifact import Picture
from triptych.brand.assets import NAME
from triptych.documents.files import is_inside
from triptych.documents.validation import validated
from triptych.documents.yaml import DocumentTree, Loc, did_you_mean, load_document
from triptych.errors import DefinitionError, PictureError, Problem

FILE = "training.yaml"
MIN_PX = 512  # of the short side: what trainers work at
FEWEST, MAX_STEPS = 4, 10_000
_NOT_FOR_ADS = re.compile(
    r"non-?commercial|\bNC\b|editorial|not for advertising|\bND\b|all rights reserved",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rights:
    """The owner of a picture, the licence for training, and the proof."""

    owner: str
    licence: str
    proof: str = ""  # a file in the folder: the contract, the licence page


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture in the file."""

    shows: str = ""  # in plain words, what this one shows beside the subject
    people: tuple[str, ...] = ()  # names from the file's own `people:`
    rights: Rights | None = None  # where they differ from the set's


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """The file training.yaml."""

    trigger: str
    looks: str
    rights: Rights
    people: Literal["none"] | Mapping[str, str]  # name -> file with the consent
    pictures: Mapping[str, Shot | None]
    teaches: Literal["subject", "style"] = "subject"
    trainer: str = "fal"
    steps: int = 1000
    base: str = "flux-1-dev"
    scale: float = 1.0
    destination: str = ""  # where the trainer keeps the result, if it asks: owner/name


@dataclass(frozen=True, slots=True)
class TrainingSource:
    """A picture of the set, read and checked, with its description."""

    name: str
    picture: Picture
    shows: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A training whose rights are all complete."""

    name: str
    file: Path
    written: ManifestFile
    sources: tuple[TrainingSource, ...] = ()
    owners: tuple[str, ...] = ()  # each with the licence of its pictures

    def licence(self) -> str:
        """Return one line with the owners and licences of the pictures."""
        people = self.written.people
        shown = "no people" if people == "none" else f"with consent of {', '.join(people)}"
        return f"trained on pictures of {'; '.join(self.owners)}; {shown}"


def load_manifest(file: Path, name: str) -> Manifest:
    """Return the manifest at `file`, with its pictures.

    Raises:
        DefinitionError: lists all problems: missing rights and consents, pictures that
            are too small, wrong values.
    """
    tree = load_document(file)
    written, problems = validated(ManifestFile, tree.data, tree, ())
    if written is None:
        raise DefinitionError(problems)
    checker = _Checker(file.parent, tree, written)
    manifest = checker.manifest(Manifest(name, file, written))
    if checker.problems:
        raise DefinitionError(sorted(checker.problems, key=lambda p: (p.line, p.column)))
    return manifest


class _Checker:
    """Collects the problems of a manifest as sentences."""

    def __init__(self, folder: Path, tree: DocumentTree, written: ManifestFile) -> None:
        self.folder, self.tree, self.written = folder, tree, written
        self.problems: list[Problem] = []

    def manifest(self, manifest: Manifest) -> Manifest:
        self._values()
        self._rights(self.written.rights, ("rights",))
        self._consents()
        owners = dict.fromkeys([_whose(self.written.rights)])
        sources = []
        for name, shot in self.written.pictures.items():
            loc: Loc = ("pictures", name)
            shot = shot or Shot()
            self._people(shot, loc)
            if shot.rights is not None:
                self._rights(shot.rights, (*loc, "rights"))
                owners[_whose(shot.rights)] = None
            if picture := self._picture(name, loc):
                sources.append(TrainingSource(name, picture, shot.shows.strip()))
        if len(self.written.pictures) < FEWEST:
            message = f"holds {len(self.written.pictures)}; at least {FEWEST} are needed"
            self._add(("pictures",), f"{message}, 15 to 30 are good")
        return replace(manifest, sources=tuple(sources), owners=tuple(owners))

    def _values(self) -> None:
        written = self.written
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{2,30}", written.trigger):
            message = "should be one made-up word that means nothing else: FIGGYBOX"
            self._add(("trigger",), message)
        if not written.looks.strip():
            self._add(("looks",), "should say what it looks like, in plain words")
        if not 100 <= written.steps <= MAX_STEPS:
            message = f"should be from 100 to {MAX_STEPS:,}, got {written.steps}"
            self._add(("steps",), message)
        if written.destination and written.destination.count("/") != 1:
            self._add(("destination",), "should be owner/name")

    def _rights(self, rights: Rights, loc: Loc) -> None:
        if not rights.owner.strip():
            self._add((*loc, "owner"), "should say who owns the pictures")
        if not rights.licence.strip():
            message = "should say by what licence we may train on the pictures"
            self._add((*loc, "licence"), message)
        elif found := _NOT_FOR_ADS.search(rights.licence):
            message = (
                f"{found[0]!r} does not allow advertising, and what is trained on these "
                "pictures is for advertising; use others, or get leave and say so"
            )
            self._add((*loc, "licence"), message)
        if rights.proof:
            self._file(rights.proof, (*loc, "proof"), "the proof")

    def _consents(self) -> None:
        if self.written.people == "none":
            return
        for name, file in self.written.people.items():
            if not file:
                message = f"names no file with the consent of {name}: a signed release"
                self._add(("people", name), message)
            else:
                self._file(file, ("people", name), f"the consent of {name}")

    def _people(self, shot: Shot, loc: Loc) -> None:
        known: tuple[str, ...] = ()
        if self.written.people != "none":
            known = tuple(self.written.people)
        for index, name in enumerate(shot.people):
            if name not in known:
                hint = did_you_mean(name, known)
                message = f"shows {name}, but `people:` names no consent of {name}"
                at = (*loc, "people", index)
                self.problems.append(self.tree.problem(at, message, "T506", hint=hint))

    def _file(self, name: str, loc: Loc, what: str) -> None:
        path = self.folder / name
        if not is_inside(path, self.folder):
            self._add(loc, f"{name!r} leads out of the folder")
        elif not path.is_file():
            self._add(loc, f"{what} should be in {name!r}, but there is no such file")

    def _picture(self, name: str, loc: Loc) -> Picture | None:
        from triptych.raster.intake import read_picture

        path = self.folder / name
        if not is_inside(path, self.folder):
            self._add(loc, f"{name!r} leads out of the folder", key=True)
            return None
        try:
            return read_picture(path, min_px=MIN_PX)
        except PictureError as error:
            self._add(loc, str(error).replace(str(path), name), key=True)
            return None

    def _add(self, loc: Loc, message: str, *, key: bool = False) -> None:
        self.problems.append(self.tree.problem(loc, message, "T506", key=key))


def _whose(rights: Rights) -> str:
    return f"{rights.owner} ({rights.licence})"


def manifest_path(brand: Path, name: str) -> Path:
    """Return where the manifest of the LoRA `name` is: training/NAME/training.yaml.

    Raises:
        DefinitionError: it is not there, or `name` is no name.
    """
    folder = brand if brand.is_dir() else brand.parent
    file = folder / "training" / name / FILE
    if not NAME.fullmatch(name):
        message = f"{name!r} should be small letters, digits and dashes: blue-box"
        raise DefinitionError([Problem(str(file), 1, 1, "file", message, "T301")])
    if not file.is_file():
        others = sorted(path.parent.name for path in folder.glob(f"training/*/{FILE}"))
        message = f"there is no training set {name!r}; docs/lora.md shows one"
        hint = did_you_mean(name, others)
        raise DefinitionError([Problem(str(file), 1, 1, "file", message, "T101", hint)])
    return file
