"""Turn the answer of a connector into a product: check it and store its files."""

import dataclasses
import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from triptych.artifact import Document, Picture, canonical, plain, unwritable_in
from triptych.contracts import (
    Composition,
    Copy,
    CopyRequest,
    Cutout,
    Deck,
    Image,
    ImageRequest,
    Kind,
    Product,
    ProductFile,
    UpscaleRequest,
    Usage,
)
from triptych.errors import Malformed, PictureError
from triptych.geometry import Size
from triptych.raster.intake import decode, picture_of
from triptych.raster.integrity import blankness_of, damage_of
from triptych.store.contract import Store

if TYPE_CHECKING:
    from PIL import Image as Images

PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
# "a plain white background", "solid #ff0000", "all black": a picture of one colour
_ASKS_FOR_BLANK = re.compile(
    r"\b(all|solid|pure|plain|flat|uniform|single|one)[ -](\w+[ -])?"
    r"(colou?r(ed)?|background|backdrop|ground|surface|swatch|black|white|#[0-9a-f]{3,8})\b",
    re.IGNORECASE,
)
CURE = "the provider sent it so"
_EXT = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


def hydrated(value: Any, store: Store) -> Any:
    """Return `value` with the bytes of every picture and document inside it.

    Raises:
        StoreError: an artifact is missing or its bytes changed.
    """
    if isinstance(value, (Picture, Document)):
        if value.data or not value.artifact.size:
            return value
        return dataclasses.replace(value, data=store.read(value.artifact))
    if isinstance(value, tuple):
        return tuple(hydrated(item, store) for item in value)
    if isinstance(value, Mapping):
        return {key: hydrated(item, store) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: hydrated(getattr(value, field.name), store)
            for field in dataclasses.fields(value)
            if field.init
        }
        return type(value)(**changed)
    return value


def product_of(kind: Kind, answer: Any, request: Any, uses: str, store: Store) -> Product:
    """Return the product of one answer, its bytes stored.

    Raises:
        Malformed: the answer does not match the request, or a record cannot hold it.
    """
    product = _product_of(kind, answer, request, uses, store)
    _refuse_unwritable(product, answer, uses)
    return product


def _refuse_unwritable(product: Product, answer: Any, uses: str) -> None:
    """Refuse half a surrogate pair and numbers that are not finite, and name the place.

    Raises:
        Malformed: the answer holds some.
    """
    recipe = answer.recipe if isinstance(answer, Image) else {}
    parts = {"product": product, "usage": usage_of(answer), "recipe": recipe}
    try:
        canonical(parts)
    except (ValueError, TypeError) as error:
        kind = f"{type(error).__name__}: no JSON"
        place = kind if isinstance(error, TypeError) else unwritable_in(plain(parts))
        message = f"answered what cannot be stored: {place or kind}"
        raise Malformed(message, connector=uses) from None


def _product_of(kind: Kind, answer: Any, request: Any, uses: str, store: Store) -> Product:
    match answer:
        case Copy() if kind == "copy":
            return _copy(answer, request, uses)
        case Image() if kind in ("image", "upscale"):
            return dataclasses.replace(_image(answer, request, uses, store), kind=kind)
        case Cutout() if kind == "cutout":
            made = Image(answer.data, "image/png", answer.size, answer.usage)
            if _checked(made, request.image.size, uses).mode != "RGBA":
                raise Malformed("answered a cutout without alpha", connector=uses)
            product = _picture(made, store)
            return dataclasses.replace(product, kind="cutout", findings=answer.findings)
        case Deck() if kind == "slides":
            data: Any = answer.data
            if not isinstance(data, bytes) or not data.startswith(b"PK"):
                raise Malformed("answered a deck that is no .pptx file", connector=uses)
            artifact = store.put(answer.data, PPTX)
            files = (ProductFile("document", artifact, "pptx"),)
            return Product(
                "slides", ({"slides": answer.slides},), 0, files, answer.findings
            )
        case Composition() if kind == "compose" and answer.files:
            return _composition(answer, store)
    raise Malformed(
        f"answered a {type(answer).__name__} to a {kind} request", connector=uses
    )


def _copy(answer: Copy, request: CopyRequest, uses: str) -> Product:
    if not answer.items:
        raise Malformed("answered no text at all", connector=uses)
    for item in answer.items:
        if not isinstance(item, Mapping):
            raise Malformed("answered text without field names", connector=uses)
        missing = [name for name in request.fields if not isinstance(item.get(name), str)]
        if missing:
            raise Malformed(f"left out {', '.join(missing)}", connector=uses)
    items = tuple({name: item[name] for name in request.fields} for item in answer.items)
    return Product("copy", items, 0, (), answer.findings)


def _image(
    answer: Image, request: ImageRequest | UpscaleRequest, uses: str, store: Store
) -> Product:
    image = _checked(answer, request.size, uses)
    if isinstance(request, ImageRequest):
        _refuse_blank(image, request.prompt, uses)
    product = _picture(answer, store)
    return dataclasses.replace(product, findings=answer.findings, quality=answer.quality)


def _picture(answer: Image, store: Store) -> Product:
    artifact = store.put(answer.data, answer.media_type)
    picture = Picture(artifact, answer.size)
    file = ProductFile("picture", artifact, _EXT[answer.media_type], size=answer.size)
    item: dict[str, Any] = {"picture": picture}
    return Product("image", (item,), 0, (file,))


def _checked(answer: Image, asked: Size, uses: str) -> "Images.Image":
    """Return the decoded answer; its checksums are compared and all pixels are read.

    Raises:
        Malformed: not a picture, damaged, or of another size or type than declared.
    """
    if not isinstance(answer.data, bytes):
        raise Malformed("answered a picture without bytes", connector=uses)
    if damage := damage_of(answer.data):
        raise Malformed(f"answered a damaged picture: {damage}", connector=uses)
    try:
        picture = picture_of(answer.data, "the picture", CURE)
        image = decode(answer.data, "the picture", CURE)
    except PictureError as error:
        raise Malformed(str(error), connector=uses) from None
    if not picture.size == answer.size == asked:
        message = f"was asked for {asked} pixels and answered {picture.size}"
        raise Malformed(message, connector=uses)
    if picture.artifact.media_type != answer.media_type or answer.media_type not in _EXT:
        message = f"answered {picture.artifact.media_type} as {answer.media_type}"
        raise Malformed(message, connector=uses)
    return image


def _refuse_blank(image: "Images.Image", prompt: str, uses: str) -> None:
    """Refuse a blank picture, unless the prompt asks for one.

    Raises:
        Malformed: the picture is black (a division by zero in a model), flat or
            transparent.
    """
    blankness = blankness_of(image)
    if blankness and not _ASKS_FOR_BLANK.search(prompt):
        raise Malformed(f"answered a picture that is {blankness}", connector=uses)


def _composition(answer: Composition, store: Store) -> Product:
    files = tuple(
        ProductFile(
            file.role,
            store.put(file.data, file.media_type),
            file.ext,
            file.placement,
            file.size,
        )
        for file in answer.files
    )
    return Product("compose", ({},), 0, files, answer.findings)


def recipe_of(answer: Any) -> Mapping[str, Any]:
    """Return the seed, model and prompt of a picture as the provider reports them."""
    if not isinstance(answer, Image):
        return {}
    recipe: Mapping[str, Any] = plain(answer.recipe)
    return recipe


def usage_of(answer: Any) -> Usage:
    """Return the reported cost of an answer; a price that is not finite is unknown."""
    usage = getattr(answer, "usage", None)
    if not isinstance(usage, Usage):
        return Usage("unknown", 0.0)
    known = usage.usd is None or math.isfinite(usage.usd)
    return usage if known else dataclasses.replace(usage, usd=None)
