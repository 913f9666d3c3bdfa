"""`triptych check` on names in prompts: at the character, with the nearest name."""

import shutil
from pathlib import Path

import pytest

from connectors import about as installed
from tests.brand.test_assets import written
from triptych.contracts import About
from triptych.errors import DefinitionError
from triptych.resources import templates
from triptych.workflow.load import load_campaign
from triptych.workflow.plan import make_plan

WORKFLOW = """\
triptych: 1
name: mascot
brief: brief.md
brand: brand/
steps:
  hero:
    uses: image/able
    with: {prompt: "@mascot beside a ${{ brand.products.box }}", size: 512x512}
deliverables:
  sheet:
    uses: compose/images
    placements: [meta.feed.1x1]
    with: {background: "${{ steps.hero }}"}
"""
SIZE, ABLY = "size: 512x512", "uses: image/able"
BLIND = About("image", "blind", "1", "A test.")
ABLE = About("image", "fal", "1", "A test.", frozenset({"references", "loras"}))


def about(uses: str) -> About:
    found = {"image/able": ABLE, "image/blind": BLIND}.get(uses)
    return found or installed(uses)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "brand").mkdir()
    written(tmp_path / "brand")
    shutil.copy(templates() / "briefs" / "figuera" / "brief.md", tmp_path / "brief.md")
    return tmp_path


def problems(folder: Path, was: str, now: str) -> list[str]:
    assert was in WORKFLOW
    (folder / "w.yaml").write_text(WORKFLOW.replace(was, now))
    with pytest.raises(DefinitionError) as caught:
        load_campaign(folder / "w.yaml", about=about)
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_a_request_carries_whom_its_prompt_names(folder: Path) -> None:
    (folder / "w.yaml").write_text(WORKFLOW)
    plan = make_plan(load_campaign(folder / "w.yaml", about=about), about)
    request = plan.request(plan.unit("hero"), {})
    assert request is not None
    assert [subject.name for subject in request.subjects] == ["mascot", "box"]
    assert request.prompt == "@mascot beside a @box"


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("@mascot", "@mascott", "w.yaml:8:22: steps.hero.with.prompt: the brand has no"),
        ("@mascot", "@mascott", "product 'mascott'; did you mean 'mascot'? [T201]"),
        (
            "products.box",
            "products.bax",
            "brand.products has no 'bax'; did you mean 'box'?",
        ),
        (SIZE, f"{SIZE}, loras: [figgy]", "loras.0: the brand has no LoRA 'figgy'"),
        (SIZE, f"{SIZE}, loras: [3]", "loras.0: should be a mapping"),
        ("image/able", "image/blind", "uses: image/blind has no references and no loras"),
        (
            ABLY,
            f"{ABLY}\n    fallback: [image/blind]",
            "steps.hero.fallback.0: image/blind",
        ),
    ],
)
def test_a_mistake_is_told_where_it_stands(
    folder: Path, was: str, now: str, said: str
) -> None:
    found = problems(folder, was, now)
    assert any(said in line for line in found), found


def test_a_lora_without_weights_for_the_connector_is_told(folder: Path) -> None:
    brand = folder / "brand" / "brand.yaml"
    brand.write_text(brand.read_text().replace("      fal: https", "      bfl: https"))
    found = problems(folder, SIZE, f'{SIZE}, loras: "${{{{ brand.loras }}}}"')
    assert any("'figgy-look' has no weights.fal" in line for line in found), found
