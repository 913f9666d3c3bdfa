"""The brand kit as the connectors and the compositor see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from triptych.artifact import Document, Picture, added
from triptych.colour.contrast import READABLE

Role = Literal["ink", "primary", "accent", "support", "paper"]


@dataclass(frozen=True, slots=True)
class Face:
    """A type family and weight (CSS weights, 1-1000)."""

    family: str
    weight: int = 400


@dataclass(frozen=True, slots=True)
class FontFamily:
    """A family of the brand's own: one variable font, or a file for each weight."""

    family: str
    files: tuple[Document, ...]
    licence: str = ""  # by what right the brand uses it


@dataclass(frozen=True, slots=True)
class Type:
    """The faces of the brand by use, and the families that it brings itself."""

    headline: Face
    body: Face
    files: tuple[FontFamily, ...] = added(())


@dataclass(frozen=True, slots=True)
class Logo:
    """The logo for light and dark ground (SVG or PNG), and its rules."""

    on_light: Document
    on_dark: Document
    clear_space: float = 0.5  # of the mark's height, on every side
    min_width_px: int = 72


@dataclass(frozen=True, slots=True)
class BrandDeck:
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
class Lora:
    """A LoRA: small weights that teach a picture model one look, person or thing.

    `weights` says how each connector calls the file, by the connector's name:
    `{"fal": "https://…/box.safetensors", "comfyui": "box.safetensors"}`.
    """

    name: str
    weights: Mapping[str, str] = field(default_factory=dict)
    trigger: tuple[str, ...] = ()  # words that wake it up; they go into the prompt
    scale: float = 1.0  # how strongly it is mixed in
    base: str = ""  # the model it was trained on: "flux-1-dev"
    licence: str = ""  # of the weights, and whose consent the pictures were used with
    trained_on: str = ""  # SHA-256 of the training set, or empty
    examples: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """A character or product that prompts call `@name`, and what makes it recognisable."""

    name: str
    looks: str = ""  # in plain words: "a small purple fig with round glasses"
    references: tuple[Picture, ...] = ()
    loras: tuple[Lora, ...] = ()

    def __str__(self) -> str:
        """Return how a prompt calls it, so that `${{ brand.products.box }}` does too."""
        return f"@{self.name}"


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand, complete. `palette` maps roles to "#rrggbb" (any names; five are usual)."""

    name: str
    palette: Mapping[str, str]
    type: Type
    logo: Logo | None = None
    voice: Voice = field(default_factory=Voice)
    loras: Mapping[str, Lora] = field(default_factory=dict)
    characters: Mapping[str, Subject] = field(default_factory=dict)
    products: Mapping[str, Subject] = field(default_factory=dict)
    deck: BrandDeck | None = None
    layouts: tuple[Document, ...] = ()  # its own, from layouts/*.yaml
    digest: str = ""  # of the whole folder: brand.yaml and every file it names
    readable: float = added(READABLE)  # the contrast of type with its ground

    def cast(self) -> dict[str, Subject]:
        """Return everything that prompts may call by name."""
        return {**self.characters, **self.products}
