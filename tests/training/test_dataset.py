"""Training sets: one of each picture, the subject in it, equal words and equal bytes."""

import dataclasses
import io
import zipfile
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.sets import MANIFEST, drawing, png, written
from triptych.errors import DefinitionError
from triptych.training.dataset import ALIKE, Dataset, fingerprint, prepare
from triptych.training.manifest import Manifest, load_manifest, manifest_path


def manifest_in(folder: Path, text: str = MANIFEST) -> Manifest:
    written(folder, text)
    return load_manifest(manifest_path(folder, "box-look"), "box-look")


def prepared(folder: Path, text: str = MANIFEST) -> Dataset:
    return prepare(manifest_in(folder, text))


def test_equal_sets_are_equal_bytes(tmp_path: Path) -> None:
    one, two = prepared(tmp_path / "a"), prepared(tmp_path / "b")
    assert one.archive == two.archive
    assert len(one.digest) == 64


def test_the_archive_holds_pictures_and_captions_by_the_same_names(tmp_path: Path) -> None:
    dataset = prepared(tmp_path)
    with zipfile.ZipFile(io.BytesIO(dataset.archive)) as archive:
        names = archive.namelist()
        assert names == [f"{i:03}.{ext}" for i in range(1, 5) for ext in ("jpg", "txt")]
        assert all(info.date_time[0] == 1980 for info in archive.infolist())
        looks = "FIGGYBOX, a flat cream box with an aubergine lid"
        assert archive.read("001.txt").decode() == f"{looks}, on a kitchen table"
        assert archive.read("003.txt").decode() == looks
        with PIL.Image.open(io.BytesIO(archive.read("001.jpg"))) as picture:
            assert picture.format == "JPEG"
            assert picture.width == picture.height


def test_the_subject_is_in_the_crop(tmp_path: Path) -> None:
    for entry in prepared(tmp_path).entries:
        with PIL.Image.open(io.BytesIO(entry.data)) as picture:
            pixels = np.asarray(picture.convert("RGB"), dtype=int)
        aubergine = np.abs(pixels - (0x4B, 0x1F, 0x3B)).sum(axis=2) < 40
        assert aubergine.mean() > 0.1


def test_a_style_keeps_the_whole_picture_and_ends_in_its_word(tmp_path: Path) -> None:
    dataset = prepared(tmp_path, MANIFEST.replace("subject", "style"))
    assert dataset.entries[0].caption == "on a kitchen table, in the style of FIGGYBOX"
    with PIL.Image.open(io.BytesIO(dataset.entries[0].data)) as picture:
        assert picture.size == (720, 560)


def test_the_larger_of_two_alike_is_kept_and_the_other_told(tmp_path: Path) -> None:
    text = MANIFEST + "  small.jpg: {shows: again}\n"
    written(tmp_path, text)
    again = io.BytesIO()
    drawing(1).resize((650, 520)).save(again, "JPEG", quality=70)
    (tmp_path / "training" / "box-look" / "small.jpg").write_bytes(again.getvalue())
    dataset = prepare(load_manifest(manifest_path(tmp_path, "box-look"), "box-look"))
    assert len(dataset.entries) == 4
    told = [finding.message for finding in dataset.findings if finding.check == "twice"]
    assert told == ["small.jpg shows the same as p1.png and is left out"]


def test_four_of_the_same_are_one(tmp_path: Path) -> None:
    manifest = manifest_in(tmp_path)
    same = tuple(
        dataclasses.replace(source, picture=manifest.sources[0].picture)
        for source in manifest.sources
    )
    with pytest.raises(DefinitionError, match="holds 1 different pictures"):
        prepare(dataclasses.replace(manifest, sources=same))


def test_few_pictures_are_warned_of(tmp_path: Path) -> None:
    assert any(finding.check == "few-pictures" for finding in prepared(tmp_path).findings)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.5, 1.6), st.integers(55, 95))
def test_scaling_and_compressing_change_few_bits(
    seed: int, scale: float, quality: int
) -> None:
    image = drawing(seed, 320)
    changed = io.BytesIO()
    size = (round(image.width * scale), round(image.height * scale))
    image.resize(size).save(changed, "JPEG", quality=quality)
    with PIL.Image.open(changed) as other:
        far = (fingerprint(image) ^ fingerprint(other)).bit_count()
    assert far <= ALIKE


def test_other_pictures_change_many_bits() -> None:
    prints = [fingerprint(drawing(seed, 320)) for seed in range(12)]
    apart = [
        (one ^ other).bit_count() for i, one in enumerate(prints) for other in prints[:i]
    ]
    assert min(apart) > ALIKE
    assert png(drawing(1)) == png(drawing(1))
