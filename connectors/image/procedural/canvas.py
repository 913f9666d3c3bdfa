"""The studio's canvas: float32 pictures, OKLab blends, seeded noise and grain.

Pictures are arrays (height, width, 3); `x` and `y` run from 0 to 1 along the longer
side, so that shapes keep their proportions on every format. Noise is made small and
scaled up: it is smooth anyway, and a hundred times cheaper.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from connectors.image.procedural.vocabulary import LOOKS
from triptych.colour.oklab import TO_LAB, TO_LMS
from triptych.colour.srgb import decoded, encoded
from triptych.geometry import Size

Array = npt.NDArray[np.float32]

_M1, _M2 = np.array(TO_LMS, np.float32), np.array(TO_LAB, np.float32)
_M1_BACK = np.linalg.inv(_M1).astype(np.float32)
_M2_BACK = np.linalg.inv(_M2).astype(np.float32)


def f32(value: Any) -> Array:
    """Return `value` as a float32 array."""
    return np.asarray(value, dtype=np.float32)


def to_linear(srgb: Array) -> Array:
    """Return sRGB values (0 to 1) as linear light. Source: IEC 61966-2-1."""
    return f32(decoded(srgb))


def to_srgb(linear: Array) -> Array:
    """Return linear light as sRGB values, clipped to 0 to 1."""
    return f32(encoded(np.clip(linear, 0, 1)))


def to_oklab(srgb: Array) -> Array:
    """Return sRGB values as OKLab. Source: Ottosson, "A perceptual color space", 2020."""
    return f32(np.cbrt(to_linear(srgb) @ _M1.T) @ _M2.T)


BAND = 256  # rows that are converted at a time: the steps between need memory


def from_oklab(lab: Array) -> Array:
    """Return OKLab as sRGB values, clipped to 0 to 1."""
    if lab.ndim == 3 and len(lab) > BAND:
        out = np.empty(lab.shape, dtype=np.float32)
        for top in range(0, len(lab), BAND):
            out[top : top + BAND] = from_oklab(lab[top : top + BAND])
        return out
    return to_srgb(f32(((lab @ _M2_BACK.T) ** 3) @ _M1_BACK.T))


@dataclass(frozen=True)
class Colours:
    """A brand's palette in OKLab, by role; roles it lacks are mixed from what it has."""

    ink: Array
    primary: Array
    accent: Array
    support: Array
    paper: Array

    @classmethod
    def of(cls, palette: Mapping[str, str]) -> "Colours":
        given = {role: to_oklab(_rgb(colour)) for role, colour in palette.items()}
        ordered = sorted(given.values(), key=lambda lab: float(lab[0])) or [
            f32([0.5, 0, 0])
        ]
        dark, light = ordered[0], ordered[-1]
        vivid = sorted(given.values(), key=lambda lab: -float(np.hypot(lab[1], lab[2])))
        vivid = vivid or [dark]
        return cls(
            ink=given.get("ink", dark),
            primary=given.get("primary", vivid[0]),
            accent=given.get("accent", vivid[min(1, len(vivid) - 1)]),
            support=given.get("support", vivid[min(2, len(vivid) - 1)]),
            paper=given.get("paper", light),
        )

    def led_by(self, words: Sequence[str]) -> "Colours":
        """Return the palette with the colour that the first of `words` means as accent.

        A word that no colour of the palette looks like changes nothing.
        """
        for word in words:
            role = self.like(word)
            if role is not None:
                named = {role: self.accent, "accent": getattr(self, role)}
                return replace(self, **named)
        return self

    def like(self, word: str) -> str | None:
        """Return the role whose colour looks like the colour word, or None."""
        looks = to_oklab(_rgb(LOOKS[word]))
        roles = ("accent", "primary", "support", "ink", "paper")
        away = {role: float(np.linalg.norm(getattr(self, role) - looks)) for role in roles}
        nearest = min(roles, key=away.__getitem__)
        return nearest if away[nearest] < 0.2 else None

    def ramp(self) -> Array:
        """Return the five colours from dark to light, shape (5, 3)."""
        colours: list[Array] = [
            self.ink,
            self.primary,
            self.accent,
            self.support,
            self.paper,
        ]
        return f32(sorted(colours, key=lambda lab: float(lab[0])))


def _rgb(colour: str) -> Array:
    return f32([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])


def mix(one: Array, other: Array, share: float) -> Array:
    """Return `one` with `share` of `other`, in OKLab."""
    return f32(one + (other - one) * share)


def along(ramp: Array, t: Array) -> Array:
    """Return the smooth colour of `ramp` (n, 3) at `t`, 0 to 1."""
    steps = len(ramp) - 1
    at = np.clip(t, 0, 1) * steps
    index = np.minimum(at.astype(np.int32), steps - 1)
    share = (at - index)[..., None]
    share = share * share * (3 - 2 * share)
    return f32(ramp[index] * (1 - share) + ramp[index + 1] * share)


def axes(size: Size) -> tuple[Array, Array]:
    """Return x (1, width) and y (height, 1), 0 to 1 along the longer side."""
    side = max(size.width, size.height)
    x = (np.arange(size.width, dtype=np.float32) + 0.5) / side
    y = (np.arange(size.height, dtype=np.float32) + 0.5) / side
    return f32(x[None, :]), f32(y[:, None])


def blur(array: Array, sigma: float) -> Array:
    """Return a Gaussian blur; wide ones are made on a smaller copy."""
    if sigma > 12:
        height, width = array.shape[:2]
        factor = sigma / 5
        small = cv2.resize(
            array,
            (max(8, int(width / factor)), max(8, int(height / factor))),
            interpolation=cv2.INTER_AREA,
        )
        soft = cv2.GaussianBlur(
            small, (0, 0), sigma / factor, borderType=cv2.BORDER_REPLICATE
        )
        return f32(cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC))
    return f32(cv2.GaussianBlur(array, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE))


def noise(
    size: Size, cells: float, seed: int, octaves: int = 1, gain: float = 0.5
) -> Array:
    """Return smooth noise (height, width), mean 0, deviation 1, `cells` a longer side."""
    rng = np.random.default_rng(seed)
    total = np.zeros((size.height, size.width), dtype=np.float32)
    loud = 1.0
    longer = max(size.width, size.height)
    for octave in range(octaves):
        count = cells * 2**octave
        side = int(min(longer, max(48, count * 14)))
        height, width = (max(4, side * n // longer) for n in (size.height, size.width))
        sigma = side / count * 0.42
        pad = int(3 * sigma) + 2
        rough = rng.standard_normal((height + 2 * pad, width + 2 * pad)).astype(np.float32)
        soft = f32(cv2.GaussianBlur(rough, (0, 0), sigma)[pad:-pad, pad:-pad])
        soft = f32(soft / (float(soft.std()) + 1e-9))
        scaled = cv2.resize(soft, (size.width, size.height), interpolation=cv2.INTER_CUBIC)
        total += loud * scaled
        loud *= gain
    total -= total.mean()
    return f32(total / (float(total.std()) + 1e-9))


def grain(picture: Array, amount: float, seed: int) -> Array:
    """Return `picture` with film grain, strongest in the mid-tones; it hides banding."""
    rng = np.random.default_rng(seed + 77)
    rough = rng.standard_normal(picture.shape[:2]).astype(np.float32)
    rough = 0.6 * rough + 0.8 * cv2.GaussianBlur(rough, (0, 0), 0.8)
    light = picture.mean(-1)
    return f32(picture + (rough * amount * (0.35 + 2.6 * light * (1 - light)))[..., None])


def to_bytes(picture: Array) -> npt.NDArray[np.uint8]:
    """Return a picture of 0 to 1 as bytes."""
    return (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)
