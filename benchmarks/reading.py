"""Whether a reader of pixels finds the words that were set: OCR, line by line.

Needs `pip install rapidocr onnxruntime` (60 MB; not a dependency). Its model reads
Latin, Chinese and Japanese; other scripts are not measured.
"""

import io
import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from PIL import Image

READABLE = ("en", "de", "fr", "es", "ja", "zh")
LINE = 48  # pixels: the height that the model reads


def reader() -> Any:
    """Return the OCR engine, or None where it is not installed."""
    try:
        from rapidocr import RapidOCR
    except ImportError:
        return None
    logging.disable(logging.INFO)
    return RapidOCR()


def read_back(engine: Any, layout: Mapping[str, Any], picture: bytes) -> tuple[int, int]:
    """Return how many words were read as they were set, and how many are set."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    right = every = 0
    for text, crop in _lines(layout, image):
        result = engine(np.asarray(crop)[:, :, ::-1], use_det=False, use_cls=False)
        found = _words("".join(result.txts or ()))
        wanted = _words(text)
        every += len(wanted)
        right += sum(word in found for word in wanted)
    return right, every


def _lines(
    layout: Mapping[str, Any], image: Image.Image
) -> Iterator[tuple[str, Image.Image]]:
    for element in layout["elements"]:
        lines = element.get("lines") or ()
        for index, line in enumerate(lines):
            # a box is tight around capitals and descenders, its lines evenly apart
            px = element["font_px"]
            step = (element["h"] - px * 0.95) / max(1, len(lines) - 1)
            top = element["y"] + step * index
            # as much air as there is, but nothing of the lines above and below
            above = min(px * 0.25, max(0.0, step - px * 0.95)) if index else px * 0.25
            below = min(px * 1.25, step) if index < len(lines) - 1 else px * 1.25
            left, right = element["x"] - px * 0.4, element["x"] + element["w"] + px * 0.4
            crop = image.crop(
                (round(left), round(top - above), round(right), round(top + below))
            )
            scale = LINE / max(1, crop.height)
            size = (max(1, round(crop.width * scale)), LINE)
            yield line, crop.resize(size, Image.Resampling.BICUBIC)


def _words(text: str) -> list[str]:
    """Return words without case and marks; of languages without spaces, characters."""
    folded = re.sub(r"[^\w€£$%]+", " ", text.casefold())
    if re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", folded):
        return [character for character in folded if not character.isspace()]
    return folded.split()
