"""Views of words and of composed pictures, with planted defects."""

import dataclasses
import functools
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.evals.test_texts import BRAND, BRIEF
from triptych.artifact import Artifact, canonical
from triptych.brand.load import load_brand
from triptych.compose.images import compose
from triptych.compose.sample import request_for
from triptych.contracts import Product, ProductFile
from triptych.evals.view import Context, Made, View
from triptych.resources import templates
from triptych.store.folder import FolderStore

Change = Callable[[dict[str, Any], Any], None]  # of the layout, and the pixels
WHERE = "meta.feed.4x5"
FIGUERA = load_brand(templates() / "brands" / "figuera")


def words(folder: Path, *items: Mapping[str, str], **fields: int) -> View:
    """Return a view of one copy step."""
    context = Context(BRIEF, BRAND, "en-GB", FolderStore(folder))
    made = Made("words", Product("copy", items), fields or {"headline": 40})
    return View((made,), (made,), context)


def ad(folder: Path, change: Change | None = None, where: str = WHERE) -> View:
    """Return a view of one composed picture, after `change` of its layout or pixels."""
    store = FolderStore(folder)
    data = dict(_composed(where))
    layout = json.loads(data["layout"])
    pixels = np.array(Image.open(io.BytesIO(data["picture"])).convert("RGB"))
    if change is not None:
        change(layout, pixels)
        data["picture"] = _png(pixels)
    data["layout"] = canonical(layout)
    files = tuple(
        ProductFile(role, _kept(store, role, content), "bin", where)
        for role, content in data.items()
    )
    made = Made("social", Product("compose", ({},), files=files), {})
    return View((made,), (made,), Context(BRIEF, FIGUERA, "en-GB", store))


@functools.cache
def _composed(where: str) -> Mapping[str, bytes]:
    request = dataclasses.replace(request_for("", FIGUERA), placement=where)
    return {file.role: file.data for file in compose(request).files}


def element(layout: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the element called `name`."""
    (found,) = (part for part in layout["elements"] if part["id"] == name)
    assert isinstance(found, dict)
    return found


def box(part: Mapping[str, Any], margin: int = 0) -> tuple[slice, slice]:
    """Return the pixels of an element as an index."""
    top, left = int(part["y"]) - margin, int(part["x"]) - margin
    bottom, right = int(part["y"] + part["h"]) + margin, int(part["x"] + part["w"]) + margin
    return slice(max(0, top), bottom), slice(max(0, left), right)


def _png(pixels: Any) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def _kept(store: FolderStore, role: str, content: bytes) -> Artifact:
    media_type = "application/json" if role == "layout" else "image/png"
    return store.put(content, media_type)
