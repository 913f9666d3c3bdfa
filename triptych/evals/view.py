"""What checks look at: words, pictures, layouts and decks of some units, parsed once."""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from triptych.artifact import Artifact, digest_of
from triptych.brand.kit import Brand
from triptych.brief.model import Brief
from triptych.contracts import Product, ProductFile
from triptych.evals.pixels import Ink, ink_of
from triptych.evals.texts import Text
from triptych.store.contract import Outcome, Record, Store
from triptych.typography.measure import Unit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Made:
    """One product that is looked at, with what was asked for."""

    name: str  # the unit's id
    product: Product
    fields: Mapping[str, int]  # a copy step's fields with their limits
    counting: Unit = "chars"


@dataclass(frozen=True)
class Ad:
    """One composed picture: its layout file, and the pixels of picture and plate."""

    layout: Mapping[str, Any]
    picture: ProductFile | None
    plate: ProductFile | None
    store: Store

    @property
    def placement(self) -> str:
        return str(self.layout["placement"])

    def pixels(self) -> "NDArray[np.uint8] | None":
        """Return the picture that ships as RGB bytes (height, width, 3), or None.

        It is decoded each time: a pack's pictures do not fit into memory together.
        """
        return self._decoded(self.picture)

    @cached_property
    def inks(self) -> Mapping[str, Ink | None]:
        """The ink of each coloured text by its id; None: it is not to be seen."""
        pixels = self.pixels()
        if pixels is None:
            return {}
        plate = self._decoded(self.plate)
        texts = [e for e in self.layout["elements"] if e["kind"] in ("text", "cta")]
        inks: dict[str, Ink | None] = {}
        for element in texts:
            if element.get("color"):
                others = [other for other in texts if other is not element]
                inks[element["id"]] = ink_of(pixels, plate, element, others)
        return inks

    def _decoded(self, file: ProductFile | None) -> "NDArray[np.uint8] | None":
        if file is None:
            return None
        from triptych.raster.intake import pixels

        return pixels(self.store.read(file.artifact), file.placement or "picture")[..., :3]


@dataclass(frozen=True, slots=True)
class Context:
    """What the checks of a pack may read beside the products, and what was parsed."""

    brief: Brief
    brand: Brand
    locale: str
    store: Store
    parsed: dict[str, Ad] = field(default_factory=dict, compare=False, repr=False)


class View:
    """The products that one rule looks at, and those of the whole pack.

    Everything is parsed when it is first asked for, and once.
    """

    def __init__(
        self, chosen: tuple[Made, ...], whole: tuple[Made, ...], context: Context
    ) -> None:
        self.chosen, self.whole, self.context = chosen, whole, context

    @property
    def seen(self) -> str:
        """Return a digest of everything that a check can read through this view."""
        products = [[_seen(made) for made in part] for part in (self.chosen, self.whole)]
        context = self.context
        return digest_of([products, context.brief, context.brand, context.locale])

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """What a reader of the chosen units reads: best items, decks, pictures."""
        return tuple(self._texts(self.chosen))

    @cached_property
    def all_texts(self) -> tuple[Text, ...]:
        """What a reader of the whole pack reads."""
        return tuple(self._texts(self.whole))

    @cached_property
    def ads(self) -> tuple[Ad, ...]:
        """The composed pictures of the chosen units."""
        return tuple(self._ads(self.chosen))

    def keep(self, data: bytes, media_type: str) -> Artifact:
        """Keep a piece of evidence and return its artifact."""
        return self.context.store.put(data, media_type)

    def _texts(self, some: tuple[Made, ...]) -> Iterator[Text]:
        for made in some:
            product = made.product
            if product.kind == "copy" and product.items:
                for name, text in product.items[product.best].items():
                    yield f"{made.name}.{name}", str(text)
            for file in product.files:
                if file.ext == "pptx":
                    yield from deck_texts(self.context.store.read(file.artifact))
        for ad in self._ads(some):
            for part in ad.layout["elements"]:
                if part.get("text"):
                    yield f"{ad.placement}.{part['role']}", part["text"]

    def _ads(self, some: tuple[Made, ...]) -> Iterator[Ad]:
        for made in some:
            files = made.product.files
            named = {(file.placement, file.role): file for file in files}
            for file in files:
                if file.role == "layout":
                    at = file.placement
                    pictures = named.get((at, "picture")), named.get((at, "plate"))
                    yield self._ad(file, *pictures)

    def _ad(
        self, file: ProductFile, picture: ProductFile | None, plate: ProductFile | None
    ) -> Ad:
        """Return a picture; checks of one pack share what was measured of it."""
        parsed, store = self.context.parsed, self.context.store
        shown = picture.artifact.digest if picture else ""
        key = file.artifact.digest + shown
        if key not in parsed:
            parsed[key] = Ad(json.loads(store.read(file.artifact)), picture, plate, store)
        return parsed[key]


def made_of(outcome: Outcome) -> Made:
    """Return what an outcome shows to checks."""
    request = outcome.records[0].request if outcome.records else {}
    return _made(outcome.unit.id, outcome.product, request)


def made_by(name: str, record: Record) -> Made:
    """Return what one record of the unit `name` shows to checks."""
    return _made(name, record.product, record.request)


def _made(name: str, product: Product, request: Mapping[str, Any]) -> Made:
    wide = request.get("counting") == "width"
    return Made(name, product, request.get("fields") or {}, "width" if wide else "chars")


def _seen(made: Made) -> list[Any]:
    product = made.product
    files = [[file.role, file.placement, file.artifact.digest] for file in product.files]
    return [made.name, product.kind, product.items, product.best, files, made.fields]


def deck_texts(data: bytes) -> Iterator[Text]:
    """Yield every text of a presentation with the slide that it is on."""
    from pptx import Presentation

    slides: Any = Presentation(io.BytesIO(data)).slides
    for number, slide in enumerate(slides, start=1):
        for shape in slide.shapes:
            if shape.name == "Slide number":
                continue
            if shape.has_text_frame:
                yield f"deck.slide {number}", shape.text_frame.text
            elif getattr(shape, "has_table", False) and shape.has_table:
                for row in shape.table.rows:
                    for cell in row.cells:
                        yield f"deck.slide {number}", cell.text
