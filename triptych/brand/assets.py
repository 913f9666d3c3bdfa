"""What makes a brand's pictures recognisable: LoRAs, characters and products."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from triptych.artifact import Picture
from triptych.brand.kit import Lora, Subject
from triptych.documents.files import is_inside
from triptych.documents.validation import validated
from triptych.documents.yaml import DocumentTree, Loc, did_you_mean, load_document
from triptych.errors import DefinitionError, PictureError, Problem

RECORDED = "loras.yaml"  # beside brand.yaml: what training recorded
MAX_SCALE = 4.0
NAME = re.compile(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*")
_DIGEST = re.compile(r"[0-9a-f]{64}")
# plain http only to a server on one's own machine
_SAFE = re.compile(r"https://|http://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?/")
_LONGEST = 500  # characters of a reference


@dataclass(frozen=True, slots=True)
class LoraFile:
    """One entry of `loras:` as it is written."""

    licence: str
    weights: Mapping[str, str]
    trigger: tuple[str, ...] = ()
    scale: float = 1.0
    base: str = ""
    trained_on: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SubjectFile:
    """One entry of `characters:` or `products:` as it is written."""

    looks: str = ""
    references: tuple[str, ...] = ()
    loras: tuple[str, ...] = ()


class AssetFiles:
    """Resolves the assets that a brand's files name, adding to its problems."""

    def __init__(self, folder: Path, tree: DocumentTree, problems: list[Problem]) -> None:
        self.folder, self.tree, self.problems = folder, tree, problems
        self.named: set[str] = set()  # characters and products share their names

    def loras(self, written: Mapping[str, LoraFile]) -> dict[str, Lora]:
        """Return the LoRAs of brand.yaml and of loras.yaml, by name."""
        found = {
            name: self._lora(name, file, self.tree, ("loras", name))
            for name, file in written.items()
        }
        tree, recorded = self._recorded()
        for name, file in recorded.items():
            if name in found:
                message = f"{name!r} stands in brand.yaml too; names are unique"
                self._add(tree, (name,), message, "T203", key=True)
                continue
            found[name] = self._lora(name, file, tree, (name,))
        return found

    def subjects(
        self, section: str, written: Mapping[str, SubjectFile], loras: Mapping[str, Lora]
    ) -> dict[str, Subject]:
        """Return the characters or the products, by name."""
        return {
            name: self._subject(name, file, loras, (section, name))
            for name, file in written.items()
        }

    def _recorded(self) -> tuple[DocumentTree, Mapping[str, LoraFile]]:
        path = self.folder / RECORDED
        if not path.exists():
            return self.tree, {}
        try:
            tree = load_document(path)
        except DefinitionError as error:
            self.problems.extend(error.problems)
            return self.tree, {}
        found, problems = validated(Mapping[str, LoraFile], tree.data, tree, ())
        self.problems.extend(problems)
        return tree, found or {}

    def _lora(self, name: str, file: LoraFile, tree: DocumentTree, loc: Loc) -> Lora:
        self._check_name(name, tree, loc)
        if not 0 <= file.scale <= MAX_SCALE:
            message = f"should be from 0 to {MAX_SCALE:g}, got {file.scale:g}"
            self._add(tree, (*loc, "scale"), message, "T505")
        if file.trained_on and not _DIGEST.fullmatch(file.trained_on):
            message = "should be the 64 hex digits of the training set's SHA-256"
            self._add(tree, (*loc, "trained_on"), message, "T505")
        self._check_weights(file.weights, tree, (*loc, "weights"))
        return Lora(
            name,
            file.weights,
            file.trigger,
            file.scale,
            file.base,
            file.licence,
            file.trained_on,
            self._pictures(file.examples, tree, (*loc, "examples")),
        )

    def _check_weights(
        self, weights: Mapping[str, str], tree: DocumentTree, loc: Loc
    ) -> None:
        if not weights:
            message = "needs the file of at least one connector, e.g. fal: https://…"
            self._add(tree, loc, message, "T505")
        for connector, reference in weights.items():
            if said := _wrong(reference):
                self._add(tree, (*loc, connector), said, "T505")

    def _subject(
        self, name: str, file: SubjectFile, loras: Mapping[str, Lora], loc: Loc
    ) -> Subject:
        self._check_name(name, self.tree, loc)
        if name in self.named:
            message = f"{name!r} is a character already; prompts call both @{name}"
            self._add(self.tree, loc, message, "T203", key=True)
        self.named.add(name)
        if not (file.looks or file.references or file.loras):
            message = "needs looks, references or loras: nothing says what it looks like"
            self._add(self.tree, loc, message, "T302", key=True)
        for index, lora in enumerate(file.loras):
            if lora not in loras:
                hint = did_you_mean(lora, loras)
                message = f"the brand has no LoRA {lora!r}"
                at = (*loc, "loras", index)
                self._add(self.tree, at, message, "T201", hint=hint)
        return Subject(
            name,
            " ".join(file.looks.split()),
            self._pictures(file.references, self.tree, (*loc, "references")),
            tuple(loras[lora] for lora in file.loras if lora in loras),
        )

    def _check_name(self, name: str, tree: DocumentTree, loc: Loc) -> None:
        if not NAME.fullmatch(name):
            message = f"{name!r} should be small letters, digits and dashes: blue-box"
            self._add(tree, loc, message, "T301", key=True)

    def _pictures(
        self, names: tuple[str, ...], tree: DocumentTree, loc: Loc
    ) -> tuple[Picture, ...]:
        from triptych.raster.intake import read_picture

        found = []
        for index, name in enumerate(names):
            path = self.folder / name
            if not is_inside(path, self.folder):
                message = f"{name!r} leads out of the brand's folder"
                self._add(tree, (*loc, index), message, "T504")
                continue
            try:
                found.append(read_picture(path))
            except PictureError as error:
                message = str(error).replace(str(path), name)
                self._add(tree, (*loc, index), message, "T503")
        return tuple(found)

    def _add(
        self,
        tree: DocumentTree,
        loc: Loc,
        message: str,
        code: str,
        *,
        hint: str = "",
        key: bool = False,
    ) -> None:
        self.problems.append(tree.problem(loc, message, code, hint=hint, key=key))


def _wrong(reference: str) -> str:
    """Return what is wrong with a reference to weights; empty if nothing is."""
    if not reference or len(reference) > _LONGEST or re.search(r"\s", reference):
        return "should be an address or a name, without spaces"
    if "://" in reference and not _SAFE.match(reference):
        return "should be an https address"
    if ".." in reference.split("/"):
        return "should be the file's own name, not a way to it"
    return ""
