"""LoRAs, characters and products: read with the brand, every mistake at its place."""

import io
from pathlib import Path

import PIL.Image
import pytest

from triptych.brand.kit import Brand
from triptych.brand.load import load_brand
from triptych.errors import DefinitionError

BRAND = """\
name: Figuera
palette: {ink: "#201a1e"}
loras:
  figgy-look:
    licence: ours; every picture is our own
    base: flux-1-dev
    trigger: [FIGGY]
    scale: 0.9
    examples: [mascot.png]
    weights:
      fal: https://files.example/figgy.safetensors
      replicate: figuera/figgy:9f2c
      comfyui: figgy.safetensors
characters:
  mascot: {looks: a small purple fig, references: [mascot.png], loras: [figgy-look]}
products:
  box: {looks: the flat cream box, references: [mascot.png]}
"""


def written(folder: Path, text: str = BRAND, recorded: str = "") -> Path:
    """Write a brand with one picture."""
    buffer = io.BytesIO()
    PIL.Image.new("RGB", (300, 200), "#4b1f3b").save(buffer, "PNG")
    (folder / "mascot.png").write_bytes(buffer.getvalue())
    (folder / "brand.yaml").write_text(text)
    if recorded:
        (folder / "loras.yaml").write_text(recorded)
    return folder


def loaded(folder: Path, text: str = BRAND, recorded: str = "") -> Brand:
    return load_brand(written(folder, text, recorded))


def problems(folder: Path, text: str, recorded: str = "") -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        loaded(folder, text, recorded)
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_a_character_has_its_words_pictures_and_loras(tmp_path: Path) -> None:
    brand = loaded(tmp_path)
    mascot = brand.characters["mascot"]
    assert mascot.looks == "a small purple fig"
    assert mascot.references[0].data
    assert mascot.loras == (brand.loras["figgy-look"],)
    assert mascot.loras[0].weights["comfyui"] == "figgy.safetensors"
    assert str(mascot) == "@mascot"
    assert list(brand.cast()) == ["mascot", "box"]


def test_what_training_recorded_is_read_from_its_own_file(tmp_path: Path) -> None:
    recorded = "new-look: {licence: ours, weights: {fal: 'https://x.example/n'}}\n"
    brand = loaded(tmp_path, recorded=recorded)
    assert set(brand.loras) == {"figgy-look", "new-look"}


def test_every_picture_and_weight_is_in_the_digest(tmp_path: Path) -> None:
    before = loaded(tmp_path).digest
    assert loaded(tmp_path, BRAND.replace("figgy:9f2c", "figgy:9f2d")).digest != before
    assert loaded(tmp_path).digest == before
    (tmp_path / "mascot.png").write_bytes(
        (tmp_path / "mascot.png").read_bytes() + b"\0"  # after the end: still a picture
    )
    assert load_brand(tmp_path).digest != before


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("https://files", "http://files", "weights.fal: should be an https address [T505]"),
        ("comfyui: figgy", "comfyui: ../figgy", "should be the file's own name"),
        ("0.9", "9", "scale: should be from 0 to 4, got 9 [T505]"),
        ("licence: ours; every picture is our own\n    ", "", "licence: is required"),
        ("loras: [figgy-look]", "loras: [figy-look]", "did you mean 'figgy-look'?"),
        ("examples: [mascot.png]", "examples: [mascott.png]", "'mascott.png'|no such file"),
        ("  box: {", "  mascot: {", "'mascot' is a character already"),
        ("  box: {", "  Box: {", "small letters"),
        ("base: flux-1-dev", "bass: flux-1-dev", "did you mean 'base'?"),
        ("base: flux-1-dev", "trained_on: 12ab", "64 hex digits"),
        ("{looks: the flat cream box, references: [mascot.png]}", "{}", "nothing says"),
        ("references: [mascot.png], loras", "references: [../x.png], loras", "[T504]"),
    ],
)
def test_a_mistake_is_told_at_its_place(
    tmp_path: Path, was: str, now: str, said: str
) -> None:
    assert was in BRAND
    found = problems(tmp_path, BRAND.replace(was, now))
    assert len(found) == 1, found
    assert any(part in found[0] for part in said.split("|"))
    assert found[0].startswith("brand.yaml:")
    assert str(tmp_path) not in found[0].split(": ", 1)[1]


def test_a_name_in_both_files_is_told_in_the_second(tmp_path: Path) -> None:
    recorded = "figgy-look: {licence: ours, weights: {fal: 'https://x.example/n'}}\n"
    (said,) = problems(tmp_path, BRAND, recorded)
    assert said.startswith("loras.yaml:1:1: figgy-look:")
