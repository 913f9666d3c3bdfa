"""Layouts: archetypes as data, from templates/layouts/*.yaml and from brands."""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from triptych.brand.kit import Brand
from triptych.documents.validation import validated
from triptych.documents.yaml import (
    DocumentTree,
    did_you_mean,
    load_document,
    parse_document,
)
from triptych.errors import DefinitionError, Problem
from triptych.resources import templates
from triptych.workflow.merging import overlay

Shares = tuple[float, float, float, float]  # x, y, width, height, 0 to 1
Ground = Literal["picture", "brand", "panel", "card", "paper"]
Needs = Literal["picture", "subject", "pictures", "words"]


@dataclass(frozen=True, slots=True)
class Shape:
    """A rule or shape that is drawn under everything: `at` in shares of the canvas."""

    kind: Literal["disc", "arch", "bar", "quote"]
    at: Shares
    role: str = "accent"  # of the palette; "tint": the ground, a little darker or lighter


@dataclass(frozen=True, slots=True)
class Frame:
    """The areas of an archetype on placements of one range of proportions.

    `text` and `head` are shares of the safe zone, everything else of the canvas.
    `subject` is where the product should stand, `picture` what the picture fills. With
    `head` the headline and the logo stand there, and in `text` what is left. `front`
    says what is painted last: with "subject" its cutout may cover some of the headline.
    """

    aspect: tuple[float, float]  # width / height that it is made for
    text: Shares = (0, 0, 1, 1)
    head: Shares | None = None
    structure: Literal["column", "row"] = "column"
    front: Literal["type", "subject"] = "type"
    align: Literal["start", "middle", "end"] = "middle"
    side: Literal["start", "centre"] = "start"
    subject: Shares | None = None
    anchor: Literal["bottom", "middle", "top"] = "middle"
    picture: Shares | None = None
    panel: Shares | None = None
    pictures: tuple[Shares, ...] = ()
    shapes: tuple[Shape, ...] = ()
    logo: Literal["top", "bottom", "beside", "none"] = "top"
    legal: Literal["column", "foot", "beside"] = "column"
    scale: float = 1.0  # of the headline
    gives: tuple[float, float] | None = None  # the picture's share of the height, from
    # where it gives way to type, to where it fills what type leaves
    bare: bool = False  # shows no picture: where there is room for words only

    def faces(self) -> Literal["top", "bottom"]:
        """Return the side of the type on which the picture is."""
        assert self.picture is not None
        return "top" if self.picture[1] <= 0 else "bottom"

    def picture_of(self, share: float) -> Shares:
        """Return the box of the picture if it takes `share` of the height."""
        assert self.picture is not None
        x, _, width, _ = self.picture
        return (x, 0.0 if self.faces() == "top" else 1 - share, width, share)

    def picture_least(self) -> Shares:
        """Return the smallest share of the picture."""
        assert self.picture is not None
        return self.picture_of(self.gives[0]) if self.gives else self.picture


@dataclass(frozen=True, slots=True)
class LayoutFile:
    """A layout file, as written."""

    says: str
    needs: Needs
    ground: Ground
    frames: Mapping[str, Frame]
    extends: str = ""
    offer: Literal["badge", "line"] = "badge"
    keeps: tuple[str, ...] = ("headline", "cta", "legal", "offer", "body")
    quiet: bool = True  # false: type may stand on what is not calm (a panel carries it)


@dataclass(frozen=True, slots=True)
class Layout:
    """An archetype: the areas of picture and type, for all its proportions."""

    name: str
    file: LayoutFile = field(repr=False)

    def frames_for(self, aspect: float) -> tuple[tuple[str, Frame], ...]:
        """Return the frames for pictures with this width / height."""
        return tuple(
            (name, frame)
            for name, frame in self.file.frames.items()
            if frame.aspect[0] <= aspect <= frame.aspect[1]
        )


def read_layouts(
    own: Mapping[str, DocumentTree], under: Mapping[str, DocumentTree] | None = None
) -> dict[str, Layout]:
    """Return layouts by name from their documents; they may extend those `under` them.

    Raises:
        DefinitionError: a layout is wrong; lists every problem of every file.
    """
    trees = {**(under or {}), **own}
    found: dict[str, Layout] = {}
    problems: list[Problem] = []
    for name in own:
        layout, wrong = _resolved(name, trees)
        problems += wrong
        if layout is not None:
            found[name] = layout
    if problems:
        raise DefinitionError(problems)
    return found


def _resolved(
    name: str, trees: Mapping[str, DocumentTree]
) -> tuple[Layout | None, list[Problem]]:
    merged, problems = _extended(name, trees, ())
    if merged is None:
        return None, problems
    file, wrong = validated(LayoutFile, merged.data, merged, ())
    if file is None:
        return None, wrong
    if wrong := _opinions(file, merged):
        return None, wrong
    return Layout(name, file), []


def _extended(
    name: str, trees: Mapping[str, DocumentTree], seen: tuple[str, ...]
) -> tuple[DocumentTree | None, list[Problem]]:
    tree = trees[name]
    other = tree.data.get("extends") if isinstance(tree.data, Mapping) else None
    if not other:
        return tree, []
    chain = (*seen, name)
    if other in chain:
        message = f"extends itself: {' > '.join((*chain, str(other)))}"
        return None, [tree.problem(("extends",), message, "T603")]
    if other not in trees:
        hint = did_you_mean(str(other), trees)
        message = f"no layout is called {other!r}"
        return None, [tree.problem(("extends",), message, "T603", hint=hint)]
    under, problems = _extended(str(other), trees, chain)
    return (overlay(under, tree), []) if under is not None else (None, problems)


def _opinions(file: LayoutFile, tree: DocumentTree) -> list[Problem]:
    """Return what is well-formed and still wrong: shares that leave the picture …"""
    found = []
    if not file.frames:
        found.append(tree.problem(("frames",), "needs at least one frame", "T604"))
    for name, frame in file.frames.items():
        at = ("frames", name)
        if not 0 < frame.aspect[0] <= frame.aspect[1]:
            message = f"should go from narrow to wide, got {list(frame.aspect)}"
            found.append(tree.problem((*at, "aspect"), message, "T604"))
        if not _inside(frame.text):
            message = f"leaves the safe zone: {list(frame.text)}"
            found.append(tree.problem((*at, "text"), message, "T604"))
        found += _about_head(frame, at, tree)
        if file.needs == "pictures" and len(frame.pictures) < 2:
            message = "says where fewer than two pictures stand"
            found.append(tree.problem(at, message, "T604"))
        if frame.side == "centre" and "beside" in (frame.legal, frame.logo):
            message = "nothing can stand beside a button in the middle"
            found.append(tree.problem((*at, "side"), message, "T604"))
        shown = frame.picture or frame.subject or frame.bare
        if file.needs in ("picture", "subject") and not shown:
            message = "says neither where the picture nor where the subject stands"
            found.append(tree.problem(at, message, "T604"))
    return found


def _about_head(frame: Frame, at: tuple[str, str], tree: DocumentTree) -> Iterable[Problem]:
    """Yield what is wrong with a headline that stands by itself, or behind the subject."""
    if frame.head is not None and not _inside(frame.head):
        message = f"leaves the safe zone: {list(frame.head)}"
        yield tree.problem((*at, "head"), message, "T604")
    if frame.head is not None and frame.structure == "row":
        message = "stands in a column only; this frame is a row"
        yield tree.problem((*at, "head"), message, "T604")
    if frame.front == "subject" and (frame.subject is None or frame.head is None):
        message = "needs `subject`, where it stands, and `head`, the headline behind it"
        yield tree.problem((*at, "front"), message, "T604")


def _inside(shares: Shares) -> bool:
    x, y, width, height = shares
    return (
        x >= 0
        and y >= 0
        and width > 0
        and height > 0
        and x + width <= 1.001
        and y + height <= 1.001
    )


@functools.cache
def _shipped() -> Mapping[str, DocumentTree]:
    folder = templates() / "layouts"
    return {path.stem: load_document(path) for path in sorted(folder.glob("*.yaml"))}


@functools.cache
def layouts() -> Mapping[str, Layout]:
    """Return every layout that ships, by name."""
    return MappingProxyType(read_layouts(_shipped()))


_own: dict[str, Mapping[str, Layout]] = {}


def layouts_of(brand: Brand) -> Mapping[str, Layout]:
    """Return the layouts of a brand: those that ship, and its own, which win.

    Raises:
        DefinitionError: one of its own is wrong; lists every problem.
    """
    if not brand.layouts:
        return layouts()
    if brand.digest not in _own:
        own = {
            Path(file.name).stem: parse_document(file.data, file.name)
            for file in brand.layouts
        }
        _own[brand.digest] = {**layouts(), **read_layouts(own, _shipped())}
    return _own[brand.digest]


def check_layouts(paths: Iterable[Path]) -> list[Problem]:
    """Return all problems of layout files."""
    problems: list[Problem] = []
    try:
        own = {path.stem: load_document(path) for path in paths}
        read_layouts(own, _shipped())
    except DefinitionError as error:
        problems += error.problems
    return problems
