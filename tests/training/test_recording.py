"""loras.yaml: one entry is written, and every other line stays as it was."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.sets import BRAND
from triptych.brand.kit import Lora
from triptych.brand.load import load_brand
from triptych.training.recording import record, recorded, replaced, written

LOOK = Lora(
    "box-look",
    {"fal": "https://files.example/a.safetensors"},
    ("FIGGYBOX",),
    0.8,
    "flux-1-dev",
    'trained on pictures of "Figuera" GmbH: ours',
    "ab" * 32,
)
OTHERS = """\
# our own words
first:            # keep me
  licence: ours

  weights: {fal: "https://files.example/1"}

box-look:
  licence: old
  weights:
    fal: https://files.example/old
# about the last one
last: {licence: ours, weights: {fal: "https://files.example/9"}}
"""


def test_a_new_file_is_read_by_the_brand(tmp_path: Path) -> None:
    (tmp_path / "brand.yaml").write_text(BRAND)
    record(tmp_path, LOOK)
    assert load_brand(tmp_path).loras == {"box-look": LOOK}


def test_an_entry_is_replaced_and_nothing_else_changes(tmp_path: Path) -> None:
    (tmp_path / "brand.yaml").write_text(BRAND)
    (tmp_path / "loras.yaml").write_text(OTHERS)
    record(tmp_path, LOOK)
    text = (tmp_path / "loras.yaml").read_text()
    before, after = OTHERS.split("box-look:")[0], OTHERS[OTHERS.index("# about") :]
    assert text == before + written(LOOK) + after
    loras = load_brand(tmp_path).loras
    assert loras["box-look"] == LOOK
    assert list(loras) == ["first", "box-look", "last"]


def test_writing_twice_is_writing_once() -> None:
    once = replaced(OTHERS, LOOK)
    assert replaced(once, LOOK) == once


@pytest.mark.parametrize("end", ["", "\n", "\n\n", "# a comment without an end"])
def test_an_entry_is_added_after_whatever_the_file_ends_in(end: str) -> None:
    text = f"first: {{licence: ours}}\n{end}"
    added = replaced(text, LOOK)
    assert added.startswith(text)
    assert added.endswith(written(LOOK))


@given(st.text(min_size=1, max_size=60))
def test_any_licence_is_read_back(licence: str) -> None:
    import yaml

    plain = "".join(c for c in licence if c.isprintable()) or "ours"
    lora = Lora("x", {"fal": "https://a.example"}, ("T",), 1.0, "b", plain)
    assert yaml.safe_load(written(lora))["x"]["licence"] == plain


def test_weights_of_another_trainer_stay_if_the_set_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "brand.yaml").write_text(BRAND)
    record(tmp_path, LOOK)
    brand = load_brand(tmp_path)
    new = Lora("box-look", {"replicate": "me/x:1"}, ("FIGGYBOX",), 1.0, "b", "l", "ab" * 32)
    assert set(recorded(brand, new).weights) == {"fal", "replicate"}
    assert recorded(brand, new).scale == 0.8  # what a person set stays
    other = Lora("box-look", {"replicate": "me/x:1"}, trained_on="cd" * 32)
    assert set(recorded(brand, other).weights) == {"replicate"}
