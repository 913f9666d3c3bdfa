"""The brand kit as the connectors and the compositor see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from triptych.artifact import Document

Role = Literal["ink", "primary", "accent", "support", "paper"]


@dataclass(frozen=True, slots=True)
class Face:
    """A type family and weight (CSS weights, 1-1000)."""

    family: str
    weight: int = 400


@dataclass(frozen=True, slots=True)
class Type:
    """The faces of the brand by use."""

    headline: Face
    body: Face


@dataclass(frozen=True, slots=True)
class Logo:
    """The logo for light and dark ground (SVG or PNG), and its rules."""

    on_light: Document
    on_dark: Document
    clear_space: float = 0.5  # of the mark's height, on every side
    min_width_px: int = 72


@dataclass(frozen=True, slots=True)
class Deck:
    """The brand's own presentation template, if it has one."""

    file: Document
    layouts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Voice:
    """How the brand speaks. `terms` maps a word to the rule for it."""

    we_are: tuple[str, ...] = ()
    we_are_not: tuple[str, ...] = ()
    banned: tuple[str, ...] = ()
    terms: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand, complete. `palette` maps roles to "#rrggbb" (any names; five are usual)."""

    name: str
    palette: Mapping[str, str]
    type: Type
    logo: Logo | None = None
    voice: Voice = field(default_factory=Voice)
    loras: tuple[Mapping[str, object], ...] = ()
    deck: Deck | None = None
    digest: str = ""  # of the whole folder: brand.yaml and every file it names
