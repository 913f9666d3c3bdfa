"""What is in a key, and what is not."""

from dataclasses import dataclass, field, replace
from typing import Any

from connectors import about, known
from triptych.artifact import added
from triptych.contracts import About
from triptych.prompts.load import house
from triptych.workflow.keys import key_of, old_key_of, unit_key
from triptych.workflow.units import Pick, Unit

PAINTER = About("image", "painter", "1", "draws")


@dataclass(frozen=True)
class Asked:
    prompt: str = "figs"
    extra: dict[str, Any] = field(default_factory=dict)
    tone: str = added("")


def test_another_default_model_is_another_key() -> None:
    first, second = (replace(PAINTER, model=name) for name in ("old", "new"))
    assert key_of(first, Asked()) != key_of(second, Asked())


def test_the_default_model_is_not_in_the_key_of_a_request_that_names_one() -> None:
    asked = Asked(extra={"model": "mine"})
    first, second = (replace(PAINTER, model=name) for name in ("old", "new"))
    assert key_of(first, asked) == key_of(second, asked) == key_of(PAINTER, asked)


def test_a_connector_without_a_model_has_the_keys_of_the_last_release() -> None:
    assert key_of(PAINTER, Asked()) == old_key_of(PAINTER, Asked())
    modelled = replace(PAINTER, model="m")
    assert old_key_of(modelled, Asked()) == key_of(PAINTER, Asked())


def test_a_field_that_the_request_does_not_use_is_not_in_its_key() -> None:
    assert key_of(PAINTER, Asked()) == key_of(PAINTER, {"prompt": "figs", "extra": {}})


def test_another_way_to_judge_is_another_key_only_where_a_judge_chooses() -> None:
    judges = (house().judge, replace(house().judge, ask="Judge otherwise."))

    def keys(by: str) -> set[str]:
        unit = Unit("hero", "step", "hero", "image/painter", "image", {}, ())
        unit = replace(unit, candidates=2, pick=Pick(by))
        return {unit_key(unit, Asked(), PAINTER, judge) for judge in judges}

    assert len(keys("judge/openai")) == 2
    assert len(keys("check/facts")) == 1


def test_a_renamed_connector_keeps_its_keys() -> None:
    renamed = replace(PAINTER, name="artist", key_name="painter")
    assert key_of(renamed, Asked()) == key_of(PAINTER, Asked())
    assert about("image/procedural").key_name == "studio"


def test_what_runs_on_this_machine_declares_no_model() -> None:
    local = [about(uses) for uses in known() if not about(uses).key_variable]
    embedded = {"phrasebook", "procedural", "images", "sheet", "pptx"}
    assert {each.name for each in local if each.name in embedded and each.model} == set()
