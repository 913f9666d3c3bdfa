"""Loading a brand: brand.yaml and every file that it names, locked by digest."""

import dataclasses
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from triptych.artifact import Artifact, Document, digest_of, plain
from triptych.brand.assets import AssetFiles, LoraFile, SubjectFile
from triptych.brand.font_checks import FONTS, FontEntry, check_font, entry_problems
from triptych.brand.kit import Brand, BrandDeck, Face, FontFamily, Logo, Type, Voice
from triptych.brand.logos import BOUNDS, CURES, LOGOS, check_logo
from triptych.colour.contrast import READABLE
from triptych.documents.files import exists, outside, read_limited, shown
from triptych.documents.validation import validated
from triptych.documents.yaml import DocumentTree, Loc, did_you_mean, load_document
from triptych.errors import DefinitionError, PictureError, Problem, UnreadableFile
from triptych.typography.fonts import families

MAX_LAYOUT_BYTES = 1_000_000
MIN_READABLE, MAX_READABLE = 3.0, 15.0  # WCAG asks for 3 of large type, 7 at level AAA
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
DECKS = {
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation"
}
MAX_BYTES = 100_000_000  # of a logo or a deck
USUAL = ("ink", "primary", "accent", "support", "paper")


@dataclass(frozen=True, slots=True)
class LogoFile:
    """`logo:` as it is written."""

    on_light: str
    on_dark: str = ""
    clear_space: float = 0.5
    min_width_px: int = 72


@dataclass(frozen=True, slots=True)
class DeckFile:
    """`deck:` as it is written."""

    file: str
    layouts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TypeFile:
    """`type:` as it is written."""

    headline: Face = field(default_factory=lambda: Face("Inter", 700))
    body: Face = field(default_factory=lambda: Face("Inter", 400))
    files: tuple[FontEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class BrandFile:
    """brand.yaml as it is written."""

    name: str
    palette: Mapping[str, str]
    type: TypeFile = field(default_factory=TypeFile)
    logo: LogoFile | None = None
    voice: Voice = field(default_factory=Voice)
    loras: Mapping[str, LoraFile] = field(default_factory=dict)
    characters: Mapping[str, SubjectFile] = field(default_factory=dict)
    products: Mapping[str, SubjectFile] = field(default_factory=dict)
    deck: DeckFile | None = None
    readable: float = READABLE


def load_brand(folder: Path) -> Brand:
    """Return the brand in `folder` (or of a brand.yaml that is named directly).

    LoRAs may also stand in loras.yaml beside it, where training records them.

    Raises:
        DefinitionError: lists every problem, in file order.
    """
    file = folder / "brand.yaml" if folder.is_dir() else folder
    tree = load_document(file)
    written, problems = validated(BrandFile, _without_nulls(tree.data), tree, ())
    if written is None:
        raise DefinitionError(problems)
    loader = _Loader(file.parent, tree)
    brand = loader.brand(written)
    if loader.problems:
        in_order = sorted(loader.problems, key=lambda p: (p.file, p.line, p.column))
        raise DefinitionError(in_order)
    return brand


def _without_nulls(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: value for key, value in data.items() if value is not None}
    return data


class _Loader:
    """Resolves what brand.yaml names, collecting problems."""

    def __init__(self, folder: Path, tree: DocumentTree) -> None:
        self.folder, self.tree = folder, tree
        self.problems: list[Problem] = []

    def brand(self, file: BrandFile) -> Brand:
        self._check_palette(file.palette)
        self._check_readable(file.readable)
        fonts = self._fonts(file.type.files)
        known = (*families(), *(entry.family for entry in file.type.files))
        for use in ("headline", "body"):
            family = getattr(file.type, use).family
            self._check_family(family, known, ("type", use, "family"))
        assets = AssetFiles(self.folder, self.tree, self.problems)
        loras = assets.loras(file.loras)
        brand = Brand(
            name=file.name,
            palette={role: colour.lower() for role, colour in file.palette.items()},
            type=Type(file.type.headline, file.type.body, fonts),
            logo=self._logo(file.logo),
            voice=file.voice,
            loras=loras,
            characters=assets.subjects("characters", file.characters, loras),
            products=assets.subjects("products", file.products, loras),
            deck=self._deck(file.deck),
            layouts=self._layouts(),
            readable=file.readable,
        )
        return dataclasses.replace(brand, digest=digest_of(plain(brand)))

    def _check_palette(self, palette: Mapping[str, str]) -> None:
        if not palette:
            message = f"needs colours: {', '.join(USUAL)}"
            self._add(("palette",), message, "T501")
        for role, colour in palette.items():
            if not _HEX.fullmatch(colour):
                message = f"should be a colour like #4b1f3b, got {colour!r}"
                self._add(("palette", role), message, "T501")
            elif role not in USUAL and (meant := _misspelt(role, palette)):
                message = f"nothing is painted in {role!r}"
                hint = f"did you mean {meant!r}?"
                self._add(("palette", role), message, "T501", hint=hint, key=True)

    def _check_readable(self, contrast: float) -> None:
        if not MIN_READABLE <= contrast <= MAX_READABLE:
            message = (
                f"should be from {MIN_READABLE:g} to {MAX_READABLE:g}, got {contrast:g}"
            )
            self._add(("readable",), message, "T501")

    def _check_family(self, family: str, known: tuple[str, ...], loc: Loc) -> None:
        if family not in known:
            hint = did_you_mean(family, known)
            self._add(loc, f"no type family is called {family!r}", "T502", hint=hint)

    def _fonts(self, entries: tuple[FontEntry, ...]) -> tuple[FontFamily, ...]:
        """Return the brand's own families, with every file read and checked."""
        fonts: list[FontFamily] = []
        for index, entry in enumerate(entries):
            loc = ("type", "files", index)
            for name, message in entry_problems(entry, {font.family for font in fonts}):
                self._add((*loc, name), message, "T502")
            documents = [
                self._document(path, (*loc, "paths", place), FONTS)
                for place, path in enumerate(entry.paths)
            ]
            files = tuple(document for document in documents if document is not None)
            fonts.append(FontFamily(entry.family, files, " ".join(entry.licence.split())))
        return tuple(fonts)

    def _logo(self, file: LogoFile | None) -> Logo | None:
        if file is None:
            return None
        for name, (low, high) in BOUNDS.items():
            value = getattr(file, name)
            if not low <= value <= high:
                message = f"should be from {low:g} to {high:g}, got {value:g}"
                self._add(("logo", name), message, "T501")
        light = self._document(file.on_light, ("logo", "on_light"), LOGOS)
        dark = light
        if file.on_dark:
            dark = self._document(file.on_dark, ("logo", "on_dark"), LOGOS)
        if light is None or dark is None:
            return None
        return Logo(light, dark, file.clear_space, file.min_width_px)

    def _layouts(self) -> tuple[Document, ...]:
        """Return the brand's own layouts; the compositor reads and checks them."""
        documents = []
        for path in sorted((self.folder / "layouts").glob("*.yaml")):
            data = read_limited(path, MAX_LAYOUT_BYTES)
            artifact = Artifact.of(data, "application/yaml")
            documents.append(Document(artifact, str(path), data))
        return tuple(documents)

    def _deck(self, file: DeckFile | None) -> BrandDeck | None:
        if file is None:
            return None
        document = self._document(file.file, ("deck", "file"), DECKS)
        return BrandDeck(document, file.layouts) if document else None

    def _document(
        self, name: str, loc: Loc, accepted: Mapping[str, str]
    ) -> Document | None:
        path = self.folder / name
        if reason := outside(path, self.folder):
            self._add(loc, f"{shown(name)} {reason}", "T504")
            return None
        media = accepted.get(path.suffix.lower())
        if media is None:
            cure = CURES.get(path.suffix.lower()) if accepted is LOGOS else None
            cure = cure or f"use {' or '.join(accepted)}"
            message = f"{name!r} cannot be used here; {cure}"
            self._add(loc, message, "T503")
            return None
        if not exists(path):
            hint = did_you_mean(name, _files(self.folder, accepted))
            message = f"there is no {shown(name)} in the brand's folder"
            self._add(loc, message, "T503", hint=hint)
            return None
        try:
            data = read_limited(path, MAX_BYTES)
            if accepted is LOGOS:
                check_logo(data, name, media)
            elif accepted is FONTS:
                check_font(data, name)
            else:
                _check_deck(data, name)
        except UnreadableFile as error:
            self._add(loc, f"{shown(name)}: {error.reason}", "T503")
            return None
        except PictureError as error:
            self._add(loc, str(error), "T503")
            return None
        return Document(Artifact.of(data, media), path.name, data)

    def _add(
        self, loc: Loc, message: str, code: str, *, hint: str = "", key: bool = False
    ) -> None:
        self.problems.append(self.tree.problem(loc, message, code, hint=hint, key=key))


def _misspelt(role: str, palette: Mapping[str, str]) -> str:
    """Return the usual role that `role` nearly spells and the palette lacks, or ""."""
    missing = [usual for usual in USUAL if usual not in palette]
    close = difflib.get_close_matches(role, missing, n=1, cutoff=0.75)
    return close[0] if close else ""


def _files(folder: Path, accepted: Mapping[str, str]) -> list[str]:
    found = (path for path in folder.rglob("*") if path.suffix.lower() in accepted)
    return [path.relative_to(folder).as_posix() for path in found]


def _check_deck(data: bytes, name: str) -> None:
    """Raise `PictureError` if `data` is no PowerPoint package."""
    import io
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        parts = set()
    if not {"[Content_Types].xml", "ppt/presentation.xml"} <= parts:
        raise PictureError(
            f"{name!r} is no PowerPoint presentation (or damaged); save it as .pptx again"
        )
