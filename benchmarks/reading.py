"""Whether a reader of pixels finds the words that were set: OCR, line by line.

Needs `pip install rapidocr onnxruntime` (60 MB; not a dependency). Its model reads
Latin, Chinese and Japanese; other scripts are not measured.
"""

import io
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
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


@dataclass
class Read:
    """What was read back: of all words, of figures (prices, dates, amounts), of the
    brand's name and of calls to action; and which words were not."""

    right: Counter[str] = field(default_factory=Counter)
    every: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)

    def count(self, kinds: Iterable[str], word: str, *, found: bool) -> None:
        """Count one word among each of its kinds."""
        for kind in kinds:
            self.every[kind] += 1
            self.right[kind] += found
        if not found:
            self.missed.append(word)


def read_back(engine: Any, layout: Mapping[str, Any], picture: bytes, brand: str) -> Read:
    """Return which words were read as they were set."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    read, names = Read(), _words(brand)
    for role, text, crop in _lines(layout, image):
        result = engine(np.asarray(crop)[:, :, ::-1], use_det=False, use_cls=False)
        found = _words("".join(result.txts or ()))
        for word in _words(text):
            kinds = ["words"]
            kinds += ["figures"] * bool(re.search(r"\d", word))
            kinds += ["brand"] * (word in names) + ["calls"] * (role == "cta")
            read.count(kinds, word, found=word in found)
    return read


def _lines(
    layout: Mapping[str, Any], image: Image.Image
) -> Iterator[tuple[str, str, Image.Image]]:
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
            yield element["role"], line, crop.resize(size, Image.Resampling.BICUBIC)


def _words(text: str) -> list[str]:
    """Return words without case and marks; of languages without spaces, characters."""
    folded = re.sub(r"(?<=\d)\s(?=[%€£$])", "", text.casefold())  # no reader sees the gap
    folded = re.sub(r"[^\w€£$%]+", " ", folded)
    if re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", folded):
        return [character for character in folded if not character.isspace()]
    return folded.split()
