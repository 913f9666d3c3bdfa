"""The prompt's words are understood in four languages, or reported."""

import pytest

from connectors.image.procedural.vocabulary import (
    BODIES,
    LIGHT,
    LOOKS,
    ROOMS,
    SCENES,
    SILENT,
    Recipe,
    read_prompt,
)


def read(prompt: str, *, photographed: bool = False, product: str = "") -> Recipe:
    return read_prompt(prompt, photographed=photographed, product=product)


@pytest.mark.parametrize(
    ("prompt", "room"),
    [
        ("room for type on the left", "left"),
        ("Platz für Text links", "left"),
        ("espacio para texto a la derecha", "right"),
        ("espace pour le texte en haut", "top"),
        ("calm ground at the bottom", "bottom"),
        ("a quiet scene", "none"),
    ],
)
def test_room_is_understood_in_four_languages(prompt: str, room: str) -> None:
    assert read(prompt).room == room


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("Paper waves in cool morning light", "waves"),
        ("Papier-Wellen, kühl", "waves"),
        ("Stillleben auf Sockeln", "still-life"),
        ("a pack shot of the jar", "packshot"),
        ("contour lines", "topographic"),
    ],
)
def test_phrases_name_scenes(prompt: str, scene: str) -> None:
    assert read(prompt).scene == scene


def test_without_a_scene_a_photo_gets_window_light() -> None:
    assert read("the fig", photographed=True).scene == "window"


def test_without_a_scene_or_a_photo_the_product_is_drawn() -> None:
    assert read("something calm").scene == "packshot"


def test_a_photo_scene_without_a_photo_becomes_a_still_life() -> None:
    assert read("window light").scene == "still-life"


def test_the_first_scene_wins() -> None:
    assert read("terrazzo behind arcs").scene == "terrazzo"


def test_nouns_that_it_does_not_know_are_reported_once() -> None:
    assert read("arcs with a zebra and a zebra").unknown == ("zebra",)


def test_words_of_the_product_are_never_unknown() -> None:
    assert read("the autumn box", product="Figuera autumn box").unknown == ()


def test_the_product_says_what_is_packed() -> None:
    assert read("packshot", product="Tidal sea mineral shampoo").body == "pump"
    assert read("packshot", product="Alder hand cream").body == "jar"
    assert read("packshot of the tube", product="Alder hand cream").body == "tube"


def test_colours_come_in_the_order_they_are_said() -> None:
    assert read("teal arcs on cream").colours == ("teal", "cream")


@pytest.mark.parametrize("word", ["bottleneck", "discount", "cannot", "leftover"])
def test_part_of_a_word_is_not_the_word(word: str) -> None:
    recipe = read(f"mesh {word}")
    assert (recipe.scene, recipe.room, recipe.unknown) == ("mesh", "none", (word,))


def test_no_word_is_both_understood_and_passed_over() -> None:
    tables = (*SCENES.values(), *BODIES.values(), *LIGHT.values())
    single = {word for words in tables for word in words if " " not in word}
    assert (single | set(LOOKS)) & SILENT <= {"light"}


@pytest.mark.parametrize(
    "table",
    [SCENES, BODIES, LIGHT, ROOMS],
    ids=["scenes", "bodies", "light", "rooms"],
)
def test_words_are_written_as_they_are_compared(table: dict[str, tuple[str, ...]]) -> None:
    for words in table.values():
        assert all(word == word.casefold().strip() for word in words)


@pytest.mark.parametrize(
    "prompt", ["(" * 50, "\\d+ [a-z]*", "a" * 20_000, "🍈 fig", "\x00"]
)
def test_hostile_prompts_are_only_words(prompt: str) -> None:
    assert read(prompt).scene == "packshot"


def test_a_recipe_is_plain_data() -> None:
    assert read("teal mesh, room at the top").as_data() == {
        "scene": "mesh",
        "light": [],
        "room": "top",
        "body": "pump",
        "colours": ["teal"],
        "unknown": [],
    }
