"""From a connector's answer to a product: checked, stored, and in the shape of records."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from triptych.artifact import Document, Picture, Size
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
    Usage,
)
from triptych.errors import Malformed, PictureError
from triptych.pictures import check_picture
from triptych.store.contract import Store

PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
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
        Malformed: the connector answered something else than was asked for.
    """
    match answer:
        case Copy() if kind == "copy":
            return _copy(answer, request, uses)
        case Image() if kind in ("image", "upscale"):
            return _image(answer, request, uses, store)
        case Cutout() if kind == "cutout":
            _same_size(answer.data, answer.size, request.image.size, uses)
            made = Image(answer.data, "image/png", answer.size, answer.usage)
            product = _picture(made, store)
            return dataclasses.replace(product, kind="cutout", findings=answer.findings)
        case Deck() if kind == "slides":
            artifact = store.put(answer.data, PPTX)
            files = (ProductFile("document", artifact, "pptx"),)
            return Product(
                "slides", ({"slides": answer.slides},), 0, files, answer.findings
            )
        case Composition() if kind == "compose":
            return _composition(answer, store)
    raise Malformed(
        f"answered a {type(answer).__name__} to a {kind} request", connector=uses
    )


def _copy(answer: Copy, request: CopyRequest, uses: str) -> Product:
    if not answer.items:
        raise Malformed("answered no text at all", connector=uses)
    for item in answer.items:
        missing = [name for name in request.fields if not isinstance(item.get(name), str)]
        if missing:
            raise Malformed(f"left out {', '.join(missing)}", connector=uses)
    items = tuple({name: item[name] for name in request.fields} for item in answer.items)
    return Product("copy", items, 0, (), answer.findings)


def _image(answer: Image, request: ImageRequest, uses: str, store: Store) -> Product:
    _same_size(answer.data, answer.size, request.size, uses)
    product = _picture(answer, store)
    return dataclasses.replace(product, findings=answer.findings, quality=answer.quality)


def _picture(answer: Image, store: Store) -> Product:
    artifact = store.put(answer.data, answer.media_type)
    picture = Picture(artifact, answer.size)
    file = ProductFile("picture", artifact, _EXT[answer.media_type], size=answer.size)
    item: dict[str, Any] = {"picture": picture}
    return Product("image", (item,), 0, (file,))


def _same_size(data: bytes, said: Size, asked: Size, uses: str) -> None:
    try:
        found = check_picture(data, f"{uses}'s answer")
    except PictureError as error:
        raise Malformed(str(error), connector=uses) from None
    if not found == said == asked:
        raise Malformed(
            f"was asked for {asked} pixels and answered {found}", connector=uses
        )


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


def usage_of(answer: Any) -> Usage:
    """Return what an answer says it cost."""
    usage = getattr(answer, "usage", None)
    return usage if isinstance(usage, Usage) else Usage("unknown", 0.0)
