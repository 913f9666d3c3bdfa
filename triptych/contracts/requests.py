"""What is asked of each kind; also the schema of `with:` in a workflow file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from triptych.artifact import Document, Picture
from triptych.brand.kit import Brand, Lora, Subject, Voice
from triptych.brief.model import Audience, Brief
from triptych.contracts.about import Quality
from triptych.geometry import Size
from triptych.prompts.kit import CopyPrompts, JudgePrompts


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRequest:
    """Ask for named pieces of text, `count` times.

    `fields` maps each field to its longest acceptable length, in characters; with
    `counting: width`, wide characters count double, as Google and Microsoft count.
    `angle` is what to write about: an item of an earlier copy step, or words.
    `prompts` is the harness's: what a connector with a model tells it.
    """

    task: str
    fields: Mapping[str, int]
    count: int = 1
    angle: Mapping[str, str] | str | None = None
    audience: Audience | None = None
    language: str  # BCP 47
    brief: Brief
    voice: Voice
    brand_name: str
    prompts: CopyPrompts
    counting: Literal["chars", "width"] = "chars"
    seed: int = 0
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRequest:
    """Ask for one picture of exactly `size` pixels.

    A connector finds the words, references and LoRAs of named subjects already in
    place: `subjects` is empty then. Of each LoRA it gets its own `weights` only.
    """

    prompt: str
    size: Size
    quality: Quality = "final"
    seed: int = 0
    references: tuple[Picture, ...] = ()
    mask: Picture | None = None  # white where the first reference is painted anew
    loras: tuple[Lora, ...] = ()
    subjects: tuple[Subject, ...] = ()  # whom the prompt names; the plan fills it
    transparent: bool = False
    palette: Mapping[str, str]  # the brand's, role -> "#rrggbb"
    brand_name: str
    product: str
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CutoutRequest:
    """Ask for the subject of `image` without its ground."""

    image: Picture
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpscaleRequest:
    """Ask for `image` enlarged to exactly `size` pixels."""

    image: Picture
    size: Size
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlidesRequest:
    """Ask for a deck.

    `outline` is one mapping per slide, as a copy step writes it: `title`, and any of
    `kicker`, `body`, `points` (one per line), `notes`. What the brief says a deck must
    show (charts, tables) is added by the connector.
    """

    outline: tuple[Mapping[str, str], ...]
    pictures: tuple[Picture, ...] = ()
    template: Document | None = None
    audience: Audience | None = None
    language: str
    brief: Brief
    brand: Brand
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeRequest:
    """Ask which of `texts` or `pictures` answers `rubric` best."""

    rubric: str
    texts: tuple[Mapping[str, str], ...] = ()
    pictures: tuple[Picture, ...] = ()
    brief: Brief
    voice: Voice
    brand_name: str
    prompts: JudgePrompts
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeRequest:
    """Ask for one placement (or, where `placement` is empty, one document).

    The engine asks once per placement, so that composing one again never touches the
    others. Empty text leaves the part out.
    """

    placement: str = ""
    background: Picture | None = None
    subject: Picture | None = None  # a cutout of `background`, same size
    pictures: tuple[Picture, ...] = ()  # two to four, for a collage
    headline: str = ""
    body: str = ""
    cta: str = ""
    offer: str = ""
    legal: str = ""
    copy: tuple[Mapping[str, str], ...] = ()  # for sheets: whole copy products
    url: str = ""
    layout: str = ""  # a layout's name, its own or the brand's; empty: chosen
    overflow: tuple[Literal["rewrite", "shrink", "fail"], ...] = ("shrink", "fail")
    audience: Audience | None = None
    language: str
    brief: Brief
    brand: Brand
    extra: Mapping[str, Any] = field(default_factory=dict)


Request = (
    CopyRequest
    | ImageRequest
    | CutoutRequest
    | UpscaleRequest
    | SlidesRequest
    | JudgeRequest
    | ComposeRequest
)
