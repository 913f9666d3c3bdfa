"""The request of each kind; also the schema of `with:` in a workflow file."""

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
    """A request for `count` items of text, each with the named fields.

    `fields` maps each field to its longest acceptable length, in characters; with
    `counting: width`, wide characters count double, as Google and Microsoft count.
    `angle` is the subject of the text: an item of an earlier copy step, or words.
    `prompts` are those of the harness, for connectors with a language model.
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
    """A request for one picture of exactly `size` pixels.

    Before a connector gets it, the engine has added the words, references and LoRAs of
    the subjects, and `subjects` is empty. Each LoRA holds the `weights` for this
    connector only.
    """

    prompt: str
    size: Size
    quality: Quality = "final"
    seed: int = 0
    references: tuple[Picture, ...] = ()
    mask: Picture | None = None  # white where the first reference is repainted
    loras: tuple[Lora, ...] = ()
    subjects: tuple[Subject, ...] = ()  # named in the prompt; the plan fills it
    transparent: bool = False
    palette: Mapping[str, str]  # of the brand, role -> "#rrggbb"
    brand_name: str
    product: str
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CutoutRequest:
    """A request for the subject of `image` without its background."""

    image: Picture
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpscaleRequest:
    """A request for `image` enlarged to exactly `size` pixels."""

    image: Picture
    size: Size
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlidesRequest:
    """A request for a deck.

    `outline` is one mapping per slide, as a copy step writes it: `title`, and any of
    `kicker`, `body`, `points` (one per line), `notes`. The connector adds the charts and
    tables that the brief requires.
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
    """A request to score `texts` or `pictures` by `rubric`."""

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
    """A request for one placement or, if `placement` is empty, one document.

    The engine sends one request per placement, so that each can be composed again
    without the others. A part with empty text is left out.
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
    copy: tuple[Mapping[str, str], ...] = ()  # for sheets: all items of copy products
    url: str = ""
    layout: str = ""  # name of a layout, built-in or of the brand; empty: chosen
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
