"""Names in prompts: who is meant, what each connector is asked, what is wrong."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contracts.image import PALETTE, a_picture
from triptych.brand.kit import Brand, Face, Lora, Subject, Type
from triptych.contracts import About, Capability, ImageRequest
from triptych.errors import Unsupported
from triptych.geometry import Size
from triptych.workflow.expressions import ExpressionError, evaluate
from triptych.workflow.keys import key_of
from triptych.workflow.subjects import cast_of, expressed, loras_of, names_in

LOOK = Lora(
    "figgy-look",
    {"fal": "https://files.example/f", "comfyui": "f.safetensors"},
    ("FIGGY",),
    0.9,
    "flux-1-dev",
    "ours",
    "ab" * 32,
    (a_picture("#000000"),),
)
MASCOT = Subject("mascot", "a small purple fig", (a_picture("#4b1f3b"),), (LOOK,))
BOX = Subject("blue-box", "the flat cream box", (a_picture(),))
BRAND = Brand(
    "Figuera",
    PALETTE,
    Type(Face("Inter"), Face("Inter")),
    loras={"figgy-look": LOOK},
    characters={"mascot": MASCOT},
    products={"blue-box": BOX},
)


def about(*capabilities: Capability, name: str = "fal") -> About:
    return About("image", name, "1", "A test.", frozenset(capabilities))


def request(prompt: str, **changes: Any) -> ImageRequest:
    plain = ImageRequest(
        prompt=prompt, size=Size(64, 64), palette=PALETTE, brand_name="F", product="box"
    )
    changed = {"subjects": cast_of(prompt, BRAND), **changes}
    return dataclasses.replace(plain, **changed)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@mascot on a @blue-box.", ["mascot", "blue-box"]),
        ("write to me@figuera.example or see figuera.example/@x", []),
        ("a picture @2x, ${{ steps.a['@no'] }}", []),
        ("(@Mascot)", ["mascot"]),
        ("@mascot's hat, @mascot-", ["mascot", "mascot"]),
    ],
)
def test_a_name_is_a_word_after_an_at(text: str, names: list[str]) -> None:
    assert [name for name, _ in names_in(text)] == names


@given(st.text())
def test_names_stand_where_it_says(text: str) -> None:
    for name, offset in names_in(text):
        assert text[offset - 1] == "@"
        assert text[offset : offset + len(name)].lower() == name


def test_a_prompt_names_in_two_ways() -> None:
    names = {"brand": BRAND}
    prompt = evaluate("${{ brand.products['blue-box'] }} beside @mascot", names)
    assert cast_of(prompt, BRAND) == (BOX, MASCOT)


def test_a_connector_that_can_do_both_gets_both() -> None:
    asked = expressed(request("@mascot waves"), about("references", "loras"))
    assert asked.prompt == "FIGGY, a small purple fig waves"
    assert asked.references == MASCOT.references
    assert [lora.weights for lora in asked.loras] == [{"fal": "https://files.example/f"}]
    assert asked.subjects == ()


def test_a_connector_without_loras_gets_pictures_and_no_trigger_words() -> None:
    asked = expressed(request("@mascot waves"), about("references"))
    assert asked.prompt == "a small purple fig waves"
    assert asked.references
    assert not asked.loras


def test_a_second_mention_is_short() -> None:
    asked = expressed(request("@blue-box open, @blue-box closed"), about("references"))
    assert asked.prompt == "the flat cream box open, the blue box closed"
    assert len(asked.references) == 1


@pytest.mark.parametrize(
    ("who", "capabilities", "name", "said"),
    [
        ("@mascot", ("seed",), "fal", "image/fal has no references and no loras"),
        ("@blue-box", ("loras",), "fal", "image/fal has no references"),
        ("@mascot", ("loras",), "acme", r"no weights\.acme"),
    ],
)
def test_what_would_not_look_like_itself_is_refused(
    who: str, capabilities: tuple[Capability, ...], name: str, said: str
) -> None:
    with pytest.raises(Unsupported, match=said):
        expressed(request(f"{who} waves"), about(*capabilities, name=name))


def test_the_key_sees_a_reference_and_not_another_connectors_weights() -> None:
    can = about("references", "loras")

    def key(mascot: Subject) -> str:
        return key_of(can, expressed(request("@mascot", subjects=(mascot,)), can))

    elsewhere = dataclasses.replace(LOOK, weights={**LOOK.weights, "comfyui": "g"})
    stronger = dataclasses.replace(LOOK, scale=0.5)
    assert key(dataclasses.replace(MASCOT, loras=(elsewhere,))) == key(MASCOT)
    assert key(dataclasses.replace(MASCOT, loras=(stronger,))) != key(MASCOT)
    assert key(dataclasses.replace(MASCOT, references=BOX.references)) != key(MASCOT)


def test_a_named_lora_wakes_up_by_its_word_once() -> None:
    can = about("loras")
    loras = loras_of(["figgy-look", LOOK], BRAND)
    named = tuple(l if isinstance(l, Lora) else Lora(**l) for l in loras)  # noqa: E741
    asked = expressed(request("a still life", loras=named), can)
    assert asked.prompt == "FIGGY, a still life"
    assert len(asked.loras) == 1
    assert expressed(asked, can) == asked


def test_a_file_may_mix_a_lora_in_less() -> None:
    (entry,) = loras_of({"name": "figgy-look", "scale": 0.4}, BRAND)
    assert (entry["scale"], entry["trigger"]) == (0.4, ("FIGGY",))
    assert loras_of(BRAND.loras, BRAND) == (LOOK,)


def test_an_unknown_lora_is_told_with_the_nearest() -> None:
    with pytest.raises(ExpressionError, match="did you mean 'figgy-look'") as caught:
        loras_of([LOOK, "figgy-lok"], BRAND)
    assert caught.value.at == 1
