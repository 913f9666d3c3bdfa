"""Checks of pictures believe pixels: a layout file that claims better is found out."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.contracts.check import CheckContract
from tests.evals.checks.views import ad, box, element
from triptych.evals.contract import Check, Rule
from triptych.evals.view import View
from triptych.placements import placement


class Pictures(CheckContract):
    @pytest.fixture
    def good(self, tmp_path: Path) -> View:
        return ad(tmp_path)


def faded(_layout: Any, pixels: Any) -> None:
    """Bring every pixel so near to grey that no text can be read; claim nothing new."""
    pixels[:] = (pixels.astype(np.float32) * 0.2 + 100).astype(np.uint8)


def wiped(layout: Any, pixels: Any) -> None:
    """Paint over the headline; the layout file still claims it."""
    pixels[box(element(layout, "headline"), 30)] = 128


def pale(layout: Any, pixels: Any) -> None:
    """Set a headline that is too pale, in a colour that the layout file names rightly."""
    part = element(layout, "headline")
    inside = pixels[box(part, 8)]
    colour = np.array([int(part["color"][i : i + 2], 16) for i in (1, 3, 5)])
    ink = np.abs(inside.astype(np.int16) - colour).max(axis=2) < 60
    ground = np.median(inside[~ink], axis=0)
    near = (ground + (128 - ground) * 0.35).astype(np.uint8)
    inside[ink] = near
    inside[~ink] = ground.astype(np.uint8)
    part["color"] = "#{:02x}{:02x}{:02x}".format(*near)


class TestContrast(Pictures):
    name = "contrast"

    @pytest.fixture
    def bad(self, tmp_path: Path) -> View:
        return ad(tmp_path, pale)

    @pytest.mark.parametrize("defect", [faded, wiped, pale])
    def test_finds_it_on_the_pixels(
        self, check: Check, tmp_path: Path, defect: Any
    ) -> None:
        result = check.measure(ad(tmp_path, defect), Rule())
        assert result.state == "failed"
        assert any("headline" in finding.where for finding in result.findings)

    def test_keeps_a_picture_of_what_is_wrong(self, check: Check, bad: View) -> None:
        result = check.measure(bad, Rule())
        (crop, *_) = result.evidence
        assert bad.context.store.read(crop).startswith(b"\x89PNG")

    def test_holds_the_text_to_the_bound_that_the_file_names(
        self, check: Check, good: View
    ) -> None:
        measure = check.measure(good, Rule()).measure
        assert measure is not None
        assert 4.5 <= measure < 21
        assert check.measure(good, Rule(min=measure + 0.5)).state == "failed"


def moved(layout: Any, pixels: Any) -> None:
    """Move the headline's ink to the left edge; the layout file keeps its old box."""
    part = element(layout, "headline")
    rows, columns = box(part, 4)
    block = pixels[rows, columns].copy()
    reach = 0
    pixels[rows, reach : reach + block.shape[1]] = block
    part["x"], part["w"] = 8.0, part["w"] + part["x"]


class TestSafeZones(Pictures):
    name = "safe-zones"

    @pytest.fixture
    def bad(self, tmp_path: Path) -> View:
        return ad(tmp_path, moved)


def stacked(layout: Any, _pixels: Any) -> None:
    """Let the logo be on the headline."""
    headline, logo = element(layout, "headline"), element(layout, "logo")
    logo["x"], logo["y"] = headline["x"], headline["y"]


class TestOverlap(Pictures):
    name = "overlap"

    @pytest.fixture
    def bad(self, tmp_path: Path) -> View:
        return ad(tmp_path, stacked)

    def test_allows_what_the_file_allows(self, check: Check, bad: View) -> None:
        result = check.measure(bad, Rule())
        assert result.measure is not None
        assert check.measure(bad, Rule(max=result.measure)).state == "passed"


def tiny(layout: Any, _pixels: Any) -> None:
    """Declare a headline of four pixels."""
    element(layout, "headline")["font_px"] = 4.0


def boastful(layout: Any, _pixels: Any) -> None:
    """Declare a size that the ink is far too low for."""
    part = element(layout, "legal")
    part["font_px"] = part["font_px"] * 6


class TestMinSize(Pictures):
    name = "min-size"

    @pytest.fixture
    def bad(self, tmp_path: Path) -> View:
        return ad(tmp_path, tiny)

    def test_does_not_believe_a_size_that_the_ink_has_not(
        self, check: Check, tmp_path: Path
    ) -> None:
        result = check.measure(ad(tmp_path, boastful), Rule())
        assert any("px high on the picture" in f.message for f in result.findings)

    def test_says_the_smallest_size(self, check: Check, good: View) -> None:
        measure = check.measure(good, Rule()).measure
        assert measure is not None
        assert measure >= placement("meta.feed.4x5").min_text_px - 0.5


def unmarked(layout: Any, pixels: Any) -> None:
    """Paint over the logo; the layout file still claims it."""
    rows, columns = box(element(layout, "logo"), 6)
    pixels[rows, columns] = pixels[rows.start, columns.start]


def stretched(layout: Any, _pixels: Any) -> None:
    """Claim a logo that is a third wider than the mark."""
    element(layout, "logo")["w"] *= 1.33


class TestLogo(Pictures):
    name = "logo"

    @pytest.fixture
    def bad(self, tmp_path: Path) -> View:
        return ad(tmp_path, unmarked)

    def test_finds_a_stretched_mark(self, check: Check, tmp_path: Path) -> None:
        result = check.measure(ad(tmp_path, stretched), Rule())
        assert any("stretched by +33%" in f.message for f in result.findings)

    def test_is_sure_of_a_mark_that_is_there(self, check: Check, good: View) -> None:
        measure = check.measure(good, Rule()).measure
        assert measure is not None
        assert measure > 0.8
