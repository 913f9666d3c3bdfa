"""Published measures of layouts, as their authors define them.

Val, Und_s, Occ: PosterLayout (CVPR 2023); Ove, Ali, Rea: in RALF's form (CVPR 2024),
where alignment is LayoutGAN++'s. All boxes are in shares of the picture. Saliency is the
product's mask where somebody cut it out, else the compositor's own map: other maps
give other numbers.
"""

import io
import itertools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image

from triptych.vision.saliency import maps_of

Layout = Mapping[str, Any]
MIN_AREA = 0.001  # of the picture; smaller elements are not valid


def of(layout: Layout, plate: bytes, mask: bytes | None) -> dict[str, float | None]:
    """Return every measure of one layout on its plate."""
    picture = Image.open(io.BytesIO(plate)).convert("RGB")
    shown = Image.open(io.BytesIO(mask)).convert("L") if mask else None
    elements = layout["elements"]
    boxes = [_box(e, layout) for e in elements if e["kind"] != "underlay"]
    under = [_box(e, layout) for e in elements if e["kind"] == "underlay"]
    contrasts = [e["contrast"] for e in elements if e.get("contrast")]
    return {
        "Val": validity([*boxes, *under]),
        "Ove": overlay(boxes),
        "Und_s": underlay(under, boxes),
        "Ali": alignment([*boxes, *under]),
        "Occ": occlusion(layout, picture, shown),
        "Occ, residual": float(residual(picture)[_mask(layout)].mean()),
        "Rea": unreadability(layout, picture),
        "contrast": min(contrasts) if contrasts else None,
    }


def _box(element: Mapping[str, Any], layout: Layout) -> tuple[float, ...]:
    width, height = layout["width"], layout["height"]
    left, top = element["x"] / width, element["y"] / height
    return left, top, left + element["w"] / width, top + element["h"] / height


def validity(boxes: list[tuple[float, ...]]) -> float:
    """Return the share of elements that are large enough to be seen."""
    areas = [(min(r, 1) - max(l_, 0)) * (min(b, 1) - max(t, 0)) for l_, t, r, b in boxes]
    return sum(area >= MIN_AREA for area in areas) / len(areas) if areas else 1.0


def overlay(boxes: list[tuple[float, ...]]) -> float:
    """Return the mean IoU over pairs of elements that are no underlays."""
    pairs = [_iou(a, b) for a, b in itertools.combinations(boxes, 2)]
    return sum(pairs) / len(pairs) if pairs else 0.0


def _iou(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    across = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    down = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    area = across * down
    both = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - area
    return area / both if both > 0 else 0.0


def underlay(
    under: list[tuple[float, ...]], boxes: list[tuple[float, ...]]
) -> float | None:
    """Return the share of underlays that hold an element completely."""
    if not under:
        return None
    held = [
        any(
            u[0] <= b[0] + 1e-6 and u[1] <= b[1] + 1e-6 and u[2] >= b[2] - 1e-6
            and u[3] >= b[3] - 1e-6
            for b in boxes
        )
        for u in under
    ]  # fmt: skip
    return sum(held) / len(held)


def alignment(boxes: list[tuple[float, ...]]) -> float:
    """Return LayoutGAN++'s alignment: how far elements are from sharing an axis."""
    if len(boxes) < 2:
        return 0.0
    axes = [(l_, (l_ + r) / 2, r, t, (t + b) / 2, b) for l_, t, r, b in boxes]
    total = 0.0
    for index, mine in enumerate(axes):
        gaps = [
            abs(mine[axis] - other[axis])
            for place, other in enumerate(axes)
            if place != index
            for axis in range(6)
        ]
        total += -math.log10(1 - min(1 - 1e-9, min(gaps)))
    return total / len(boxes)


def _mask(layout: Layout, *, text_only: bool = False) -> Any:
    """Return where elements lie; text on an underlay does not count as text."""
    shape = (layout["height"], layout["width"])
    found = np.zeros(shape, bool)
    kinds = ("text", "cta") if text_only else ("text", "cta", "logo", "underlay")
    for element in layout["elements"]:
        # the product stands in front of a text that it covers, and is not occluded by it
        if element["kind"] in kinds and element.get("covered") is None:
            found[_slices(element)] = True
    if text_only:
        for element in layout["elements"]:
            if element["kind"] == "underlay":
                found[_slices(element)] = False
    return found


def _slices(element: Mapping[str, Any]) -> tuple[slice, slice]:
    left, top = max(0, round(element["x"])), max(0, round(element["y"]))
    right, bottom = round(element["x"] + element["w"]), round(element["y"] + element["h"])
    return slice(top, bottom), slice(left, right)


def occlusion(layout: Layout, plate: Image.Image, mask: Image.Image | None) -> float:
    """Return the mean saliency under all elements."""
    where = _mask(layout)
    if mask is not None:
        salient = np.asarray(mask, np.float32) / 255
    else:
        small = Image.fromarray((maps_of(plate, None).subject * 255).astype(np.uint8))
        salient = np.asarray(small.resize(plate.size), np.float32) / 255
    return float(salient[where].mean()) if where.any() else 0.0


def residual(plate: Image.Image) -> Any:
    """Return the spectral residual's saliency, 0 to 1 (h, w): no map of ours.

    Source: Hou and Zhang, "Saliency Detection: A Spectral Residual Approach" (CVPR 2007).
    """
    import cv2

    width = 64
    small = plate.convert("L").resize((width, max(8, width * plate.height // plate.width)))
    grey = np.asarray(small, np.float32)
    if float(np.ptp(grey)) < 2:  # one colour: nothing in it is seen before the rest
        return np.zeros((plate.height, plate.width), np.float32)
    seen = np.fft.fft2(grey)
    level = np.log(np.abs(seen) + 1e-6).astype(np.float32)
    left = np.exp(level - cv2.blur(level, (3, 3)) + 1j * np.angle(seen))
    found = cv2.GaussianBlur(
        (np.abs(np.fft.ifft2(left)) ** 2).astype(np.float32), (0, 0), 2.5
    )
    found = (found - found.min()) / max(1e-9, float(found.max() - found.min()))
    return cv2.resize(found, plate.size, interpolation=cv2.INTER_LINEAR)


def unreadability(layout: Layout, plate: Image.Image) -> float | None:
    """Return the mean gradient (share of the picture's largest) under bare text."""
    import cv2

    where = _mask(layout, text_only=True)
    if not where.any():
        return None
    grey = np.asarray(plate.convert("L"), np.float32)
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    gradient = np.sqrt((across**2 + down**2) / 2)
    return float((gradient / max(1e-6, float(gradient.max())))[where].mean())
