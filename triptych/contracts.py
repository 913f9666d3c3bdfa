"""What the engine asks of a connector: one request, one verb, one product per kind.

    kind      request          verb      answer
    copy      CopyRequest      write     Copy
    image     ImageRequest     draw      Image
    cutout    CutoutRequest    cut       Cutout
    upscale   UpscaleRequest   enlarge   Image
    slides    SlidesRequest    build     Deck
    judge     JudgeRequest     judge     Judgement
    compose   ComposeRequest   compose   Composition

A connector turns one request into one answer, or raises a `ConnectorError`. It holds
no state between calls, never retries, and never writes files: the engine retries and
the store keeps. Blocking work goes through `in_worker`, never on the event loop.

The requests are also the schema of `with:` in a workflow file. A field that the file
leaves out takes the campaign's value from `CAMPAIGN_DEFAULTS`, so that scope and keys
follow from expressions alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol, Self

from triptych.artifact import Artifact, Document, Picture, Size
from triptych.brand.kit import Brand, Voice
from triptych.brief import Audience, Brief

Kind = Literal["copy", "image", "cutout", "upscale", "slides", "judge", "compose"]
Level = Literal["block", "warn", "note"]
Quality = Literal["final", "draft"]
Capability = Literal[
    "seed",
    "references",
    "mask",
    "loras",
    "transparent",
    "native-sizes",
    "structured-fields",
    "preview",
    "room",  # leaves calm room for type where the prompt asks for it
]

VERBS: Mapping[Kind, str] = {
    "copy": "write",
    "image": "draw",
    "cutout": "cut",
    "upscale": "enlarge",
    "slides": "build",
    "judge": "judge",
    "compose": "compose",
}

# "kind" -> request field -> the expression that fills it when the file does not
CAMPAIGN_DEFAULTS: Mapping[Kind, Mapping[str, str]] = {
    "copy": {
        "brief": "${{ brief }}",
        "voice": "${{ brand.voice }}",
        "brand_name": "${{ brand.name }}",
        "language": "${{ brief.locales[0] }}",
    },
    "image": {
        "palette": "${{ brand.palette }}",
        "brand_name": "${{ brand.name }}",
        "product": "${{ brief.product }}",
    },
    "cutout": {},
    "upscale": {},
    "slides": {
        "brief": "${{ brief }}",
        "brand": "${{ brand }}",
        "language": "${{ brief.locales[0] }}",
    },
    "judge": {},
    "compose": {
        "brief": "${{ brief }}",
        "brand": "${{ brand }}",
        "language": "${{ brief.locales[0] }}",
    },
}


@dataclass(frozen=True, slots=True)
class About:
    """What a connector declares about itself; the linter, the CLI and the docs read it."""

    kind: Kind
    name: str  # as workflows spell it: `uses: kind/name`
    version: str  # part of every key: raise it when equal requests give other bytes
    says: str  # one honest sentence: what it is, and what it is not
    capabilities: frozenset[Capability] = frozenset()
    key_variable: str | None = None  # e.g. "OPENAI_API_KEY"; None: needs no key
    qualities: frozenset[Quality] = frozenset({"final"})
    usd: float | None = 0.0  # estimate per call; None: unknown
    seconds: float = 1.0  # typical, per call, for the time estimate


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call cost. Unknown is None, never zero."""

    model: str
    seconds: float
    usd: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One opinion of a check, with its evidence, for the person who must act on it."""

    check: str  # e.g. "contrast", "unknown-words", "overflow"
    level: Level
    message: str  # e.g. "body is 90 of 80 characters"
    where: str = ""  # e.g. "meta.story.9x16: headline"
    evidence: Mapping[str, Any] = field(default_factory=dict)


class Watcher(Protocol):
    """Sees progress and partial pictures while a connector works."""

    def progress(self, done: float, note: str = "") -> None:
        """Say how much is done, 0 to 1."""
        ...

    def partial(self, picture: bytes, media_type: str) -> None:
        """Show an unfinished picture."""
        ...


# what `checks:`, `evals:` and `pick: {by: check/…}` may name; `triptych.evals` measures
# most of them, and answers "not measured" for those that need a tool it does not have
CHECKS: Mapping[str, str] = {
    "limits": "every text is within its field's limit",
    "banned-words": "no word that brand or brief rule out is used",
    "facts": "every number stands in the brief, and what must be said is said",
    "safe-zones": "every part lies inside the placement's safe zone",
    "contrast": "every text has the asked contrast (4.5) at its worst tile",
    "overlap": "no two parts lie on each other, and no text on the product",
    "min-size": "no text is smaller than the placement's smallest legible size",
    "logo": "the logo is there, undistorted, with its clear space",
    "reads-back": "a reader of pixels finds the words that were set (not measured yet)",
    "on-brand": "the picture looks like the brand (not measured yet)",
}

# --- copy ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRequest:
    """Ask for named pieces of text, `count` times.

    `fields` maps each field to its longest acceptable length, in characters.
    `angle` is what to write about: an item of an earlier copy step, or words.
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
    seed: int = 0
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Copy:
    """`count` items, best first; each has one text per requested field, within limits."""

    items: tuple[Mapping[str, str], ...]
    usage: Usage
    findings: tuple[Finding, ...] = ()


# --- pictures -----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRequest:
    """Ask for one picture of exactly `size` pixels."""

    prompt: str
    size: Size
    quality: Quality = "final"
    seed: int = 0
    references: tuple[Picture, ...] = ()
    mask: Picture | None = None
    loras: tuple[Mapping[str, Any], ...] = ()
    transparent: bool = False
    palette: Mapping[str, str]  # the brand's, role -> "#rrggbb"
    brand_name: str
    product: str
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Image:
    """An encoded picture, exactly `size` pixels."""

    data: bytes
    media_type: Literal["image/png", "image/jpeg", "image/webp"]
    size: Size
    usage: Usage
    quality: Quality = "final"
    findings: tuple[Finding, ...] = ()
    recipe: Mapping[str, Any] = field(default_factory=dict)  # what was understood


@dataclass(frozen=True, slots=True, kw_only=True)
class CutoutRequest:
    """Ask for the subject of `image` without its ground."""

    image: Picture
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cutout:
    """A PNG with alpha, the same size as the picture it was cut from."""

    data: bytes
    size: Size
    usage: Usage
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UpscaleRequest:
    """Ask for `image` enlarged to exactly `size` pixels."""

    image: Picture
    size: Size
    extra: Mapping[str, Any] = field(default_factory=dict)


# --- slides -------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Deck:
    """A .pptx file, equal requests giving equal bytes, and how many slides it holds."""

    data: bytes
    slides: int
    usage: Usage
    findings: tuple[Finding, ...] = ()


# --- judge --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeRequest:
    """Ask which of `texts` or `pictures` answers `rubric` best."""

    rubric: str
    texts: tuple[Mapping[str, str], ...] = ()
    pictures: tuple[Picture, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A score from 0 to 1 and a reason for each candidate, in the order asked."""

    scores: tuple[float, ...]
    reasons: tuple[str, ...]
    usage: Usage


# --- compose ------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeRequest:
    """Ask for one placement (or, where `placement` is empty, one document).

    The engine asks once per placement, so that composing one again never touches the
    others. Empty text leaves the part out.
    """

    placement: str = ""
    background: Picture | None = None
    subject: Picture | None = None  # a cutout of `background`, same size
    headline: str = ""
    body: str = ""
    cta: str = ""
    offer: str = ""
    legal: str = ""
    copy: tuple[Mapping[str, str], ...] = ()  # for sheets: whole copy products
    url: str = ""
    layout: str = ""  # a layout's name; empty: the compositor chooses
    overflow: tuple[Literal["rewrite", "shrink", "fail"], ...] = ("shrink", "fail")
    audience: Audience | None = None
    language: str
    brief: Brief
    brand: Brand
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ComposedFile:
    """One file of a composition.

    `role` is "picture" (what ships), "layout" (the .layout.json beside it), "plate"
    (the picture before anything was laid on it), "mask" (the product's), or "document".
    """

    role: Literal["picture", "layout", "plate", "mask", "document"]
    data: bytes
    media_type: str
    ext: str  # without a dot: "jpg"
    placement: str = ""
    size: Size | None = None


@dataclass(frozen=True, slots=True)
class Composition:
    """What the compositor made for one placement: the picture first."""

    files: tuple[ComposedFile, ...]
    usage: Usage
    findings: tuple[Finding, ...] = ()


# --- connectors ---------------------------------------------------------------

Request = (
    CopyRequest
    | ImageRequest
    | CutoutRequest
    | UpscaleRequest
    | SlidesRequest
    | JudgeRequest
    | ComposeRequest
)
Answer = Copy | Image | Cutout | Deck | Judgement | Composition

REQUESTS: Mapping[Kind, type[Any]] = {
    "copy": CopyRequest,
    "image": ImageRequest,
    "cutout": CutoutRequest,
    "upscale": UpscaleRequest,
    "slides": SlidesRequest,
    "judge": JudgeRequest,
    "compose": ComposeRequest,
}


class Connector(Protocol):
    """What all kinds share."""

    about: ClassVar[About]

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector configured from `env`.

        Raises:
            Unauthorized: the key is not in `env`.
        """
        ...


class CopyConnector(Connector, Protocol):
    """Writes copy."""

    async def write(self, request: CopyRequest, watcher: Watcher, /) -> Copy:
        """Return `request.count` items with every field of `request.fields`.

        Raises:
            ConnectorError: see `triptych.errors`; nothing else escapes.
        """
        ...


class ImageConnector(Connector, Protocol):
    """Draws images."""

    async def draw(self, request: ImageRequest, watcher: Watcher, /) -> Image:
        """Return one image of exactly `request.size`.

        Raises:
            ConnectorError: see `triptych.errors`; nothing else escapes.
        """
        ...


class CutoutConnector(Connector, Protocol):
    """Cuts subjects out."""

    async def cut(self, request: CutoutRequest, watcher: Watcher, /) -> Cutout:
        """Return the subject with alpha, at the size of the picture.

        Raises:
            ConnectorError: see `triptych.errors`; nothing else escapes.
        """
        ...


class SlidesConnector(Connector, Protocol):
    """Builds decks."""

    async def build(self, request: SlidesRequest, watcher: Watcher, /) -> Deck:
        """Return a .pptx: one slide per item of the outline, then what must be shown.

        Raises:
            ConnectorError: see `triptych.errors`; nothing else escapes.
        """
        ...


class Compositor(Connector, Protocol):
    """Lays out and paints; lives in `triptych.compose`, not behind the network."""

    async def compose(self, request: ComposeRequest, watcher: Watcher, /) -> Composition:
        """Return the files of one placement or document.

        Raises:
            ComposeError: the parts do not fit and the overflow policy says fail.
        """
        ...


# --- products: what expressions and records see ------------------------------


@dataclass(frozen=True, slots=True)
class ProductFile:
    """One kept file of a product."""

    role: str  # as in ComposedFile; "picture" for images, "document" for decks
    artifact: Artifact
    ext: str
    placement: str = ""
    size: Size | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """What a unit made, as it is recorded and as expressions see it.

    `items` are the choices: copy items, or one `{"picture": Picture}` per candidate.
    `best` is the index of the chosen one. In expressions `steps.words.headline` is a
    field of the best item, `.best` the best item, `.all` every item, `.ran` whether
    the unit ran; a whole image product where a picture is wanted is its best picture.
    """

    kind: Kind
    items: tuple[Mapping[str, Any], ...] = ()
    best: int = 0
    files: tuple[ProductFile, ...] = ()
    findings: tuple[Finding, ...] = ()
    quality: Quality = "final"
    ran: bool = True
