"""Make a training set: distinct pictures, cropped to the subject, with captions."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from triptych.contracts import Finding
from triptych.errors import DefinitionError, Problem
from triptych.training.manifest import FEWEST, Manifest, TrainingSource

if TYPE_CHECKING:
    from PIL import Image

ALIKE = 6  # of 64 bits: perceptual hashes this near are one picture taken twice
LONGEST = 1280  # pixels of the longer side: trainers scale to about 1024
MARGIN = 0.15  # of the subject, left around it on every side
GOOD = 10  # fewer pictures than this teach little


@dataclass(frozen=True, slots=True)
class DatasetEntry:
    """One prepared picture of a set and its caption."""

    source: str
    data: bytes
    caption: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A training set: equal pictures and words give equal bytes."""

    entries: tuple[DatasetEntry, ...]
    archive: bytes
    findings: tuple[Finding, ...] = ()

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the archive: what a LoRA was trained on."""
        return hashlib.sha256(self.archive).hexdigest()


def prepare(manifest: Manifest) -> Dataset:
    """Return the training set of `manifest`; blocking.

    Raises:
        DefinitionError: fewer than `FEWEST` pictures are left when those that are
            there twice are taken out.
    """
    kept, findings = _distinct(manifest)
    if len(kept) < FEWEST:
        message = f"holds {len(kept)} different pictures; at least {FEWEST} are needed"
        raise DefinitionError(
            [Problem(str(manifest.file), 1, 1, "pictures", message, "T506")]
        )
    if len(kept) < GOOD:
        message = f"{len(kept)} pictures teach little; 15 to 30 are good"
        findings.append(Finding("few-pictures", "warn", message, manifest.name))
    entries = tuple(_entry(manifest, source) for source in kept)
    return Dataset(entries, archive_of(entries), tuple(findings))


def _distinct(manifest: Manifest) -> tuple[list[TrainingSource], list[Finding]]:
    """Return the largest of each group of equal pictures, in the file's order."""
    kept: list[tuple[TrainingSource, int]] = []
    findings = []
    for source in manifest.sources:
        own = fingerprint(_pixels(source))
        twin = next((i for i, (_, other) in enumerate(kept) if _near(own, other)), None)
        if twin is None:
            kept.append((source, own))
            continue
        first = kept[twin][0]
        larger, smaller = (
            (source, first) if _area(source) > _area(first) else (first, source)
        )
        kept[twin] = (larger, own if larger is source else kept[twin][1])
        message = f"{smaller.name} shows the same as {larger.name} and is left out"
        findings.append(Finding("twice", "note", message, smaller.name))
    return [source for source, _ in kept], findings


def _near(one: int, other: int) -> bool:
    return (one ^ other).bit_count() <= ALIKE


def _area(source: TrainingSource) -> int:
    return source.picture.size.width * source.picture.size.height


def fingerprint(image: "Image.Image") -> int:
    """Return 64 bits that stay nearly the same when a picture is scaled or compressed.

    Source: C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash
    Functions" (2010), the DCT based hash: signs of the 8 x 8 lowest frequencies.
    """
    import cv2
    import numpy as np
    from PIL import Image as Images

    small = image.convert("L").resize((32, 32), Images.Resampling.LANCZOS)
    waves = cv2.dct(np.asarray(small, dtype=np.float32))[:8, :8].flatten()
    above = waves > np.median(waves[1:])
    return int("".join("1" if bit else "0" for bit in above), 2)


def _pixels(source: TrainingSource) -> "Image.Image":
    """Return the upright picture on white, without alpha."""
    from PIL import Image as Images

    from triptych.raster.intake import decode

    image = decode(source.picture.data, source.name)
    if image.mode != "RGBA":
        return image
    ground = Images.new("RGBA", image.size, "white")
    return Images.alpha_composite(ground, image).convert("RGB")


def _entry(manifest: Manifest, source: TrainingSource) -> DatasetEntry:
    from triptych.raster.intake import encode_jpeg

    image = _pixels(source)
    if manifest.written.teaches == "subject":
        image = image.crop(_around_the_subject(image))
    image.thumbnail((LONGEST, LONGEST))
    return DatasetEntry(
        source.name, encode_jpeg(image, 95), caption(manifest, source.shows)
    )


def _around_the_subject(image: "Image.Image") -> tuple[int, int, int, int]:
    """Return a square around the subject, or the middle if no subject is salient."""
    from triptych.vision.grabcut import SURE, cut_subject

    side = min(image.size)
    left, top, right, bottom = 0, 0, image.width, image.height
    found = cut_subject(image)
    if found.score >= SURE and (box := found.image.getchannel("A").getbbox()):
        left, top, right, bottom = box
        longer = max(right - left, bottom - top)
        side = min(side, round(longer * (1 + 2 * MARGIN)))
    x = _within((left + right - side) // 2, image.width - side)
    y = _within((top + bottom - side) // 2, image.height - side)
    return x, y, x + side, y + side


def _within(value: int, most: int) -> int:
    return max(0, min(value, most))


def caption(manifest: Manifest, shows: str) -> str:
    """Return the caption of one picture: the trigger, then a plain description.

    Properties in the caption can be changed later by a prompt; all others become part of
    the trigger. A caption therefore describes the surroundings, and the subject briefly.
    """
    written = manifest.written
    looks = " ".join(written.looks.split())
    if written.teaches == "style":
        return f"{shows or looks}, in the style of {written.trigger}"
    return ", ".join(part for part in (written.trigger, looks, shows) if part)


def archive_of(entries: tuple[DatasetEntry, ...]) -> bytes:
    """Return a zip of pictures and captions, equal entries giving equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in _files(entries):
            info = zipfile.ZipInfo(name)  # 1980-01-01: the time is no part of a set
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
    return buffer.getvalue()


def _files(entries: tuple[DatasetEntry, ...]) -> Iterator[tuple[str, bytes]]:
    for number, entry in enumerate(entries, 1):
        yield f"{number:03}.jpg", entry.data
        yield f"{number:03}.txt", entry.caption.encode()
