import dataclasses
import shutil
from pathlib import Path

import pytest

from connectors import about
from tests.contracts.copy import HOSTILE, a_request
from triptych.cli.new import copy_example
from triptych.errors import DefinitionError
from triptych.evals.texts import numbers
from triptych.prompts.kit import Harness
from triptych.prompts.load import harnesses, house, load_harness
from triptych.prompts.render import render
from triptych.workflow.keys import key_of
from triptych.workflow.load import load_campaign, with_harness
from triptych.workflow.plan import Plan, make_plan


def own(brand: Path, name: str, **files: str) -> Path:
    """Write a harness of the brand's own; `copy_md` is copy.md."""
    folder = brand / "prompts" / name
    folder.mkdir(parents=True)
    for file, text in {"harness_yaml": "extends: house", **files}.items():
        (folder / file.replace("_", ".")).write_text(text)
    return folder


def problems(brand: Path, name: str = "ours") -> str:
    with pytest.raises(DefinitionError) as caught:
        load_harness(name, brand)
    return str(caught.value)


@pytest.mark.parametrize("name", sorted(harnesses()))
def test_every_harness_that_ships_loads_and_says_what_it_is(name: str) -> None:
    harness = load_harness(name)
    assert harness.says
    assert len(harness.digest) == 64


def test_the_shipped_harnesses_differ() -> None:
    assert len({load_harness(name).digest for name in harnesses()}) == len(harnesses())


def test_examples_teach_without_facts_that_a_checker_would_miss() -> None:
    """A number in an example that a model copies is caught: no example has a year or so."""
    for example in house().copy.examples:
        assert numbers(example.strong) <= numbers(example.known)


def test_a_brands_own_wins_and_takes_the_rest_from_the_one_it_extends(
    tmp_path: Path,
) -> None:
    own(tmp_path, "house", voice_md="{{ brand }} mumbles.")
    harness = load_harness("house", tmp_path)
    assert harness.copy.voice == "{{ brand }} mumbles."
    assert harness.copy.system == house().copy.system
    assert harness.digest != house().digest


def test_equal_texts_are_equal_whatever_they_are_called(tmp_path: Path) -> None:
    own(tmp_path, "ours", harness_yaml="says: Ours.\nextends: house")
    ours = load_harness("ours", tmp_path)
    assert ours.name == "ours"
    assert ours.digest == house().digest


def test_a_name_that_no_template_has_is_shown_at_its_line(tmp_path: Path) -> None:
    own(tmp_path, "ours", ask_md="Product: {{ product }}\n\nTask: {{ tsak }}\n")
    said = problems(tmp_path)
    assert "ask.md:3:1" in said
    assert "did you mean 'task'?" in said


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("copy_md", "{% if brand %}", "cannot be read"),
        ("fields_yaml", "headline: [one, two]", "should be text"),
        ("voice_yaml", "x: y", "did you mean 'voice.md'?"),
        ("harness_yaml", "extends: huose", "did you mean 'house'?"),
        ("harness_yaml", "extends: ../house", "no shipped harness"),
        ("harness_yaml", "says: alone", "has no copy.md; write it, or say `extends"),
        (
            "harness_yaml",
            "extends: house\ntools: {openai: [{type: function, name: x}]}",
            "nobody here would run",
        ),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(
    tmp_path: Path, file: str, text: str, says: str
) -> None:
    own(tmp_path, "ours", **{file: text})
    assert says in problems(tmp_path)


def test_an_unknown_harness_is_told_where_the_workflow_names_it(tmp_path: Path) -> None:
    plan_of(tmp_path)
    file = tmp_path / "figuera.yaml"
    file.write_text(file.read_text().replace("brand: brand/", "brand: brand/\nharness: x"))
    with pytest.raises(DefinitionError, match=r"figuera\.yaml:\d+:10: harness: no harness"):
        load_campaign(file, about=about)


@pytest.mark.parametrize("words", HOSTILE)
def test_words_are_never_read_as_template(words: str) -> None:
    assert words.strip() in render("{{ product }}", {"product": words})


def plan_of(folder: Path, harness: str = "") -> Plan:
    if not (folder / "figuera.yaml").exists():
        copy_example("figuera", folder)
    campaign = load_campaign(folder / "figuera.yaml", about=about)
    return make_plan(with_harness(campaign, harness), about)


def keys(plan: Plan) -> dict[str, str]:
    """Return the keys of the units that need nothing of others."""
    first = [unit for unit in plan.units if not unit.needs]
    return {u.id: key_of(about(u.uses), plan.request(u, {})) for u in first}


def test_a_changed_prompt_changes_the_keys_of_copy_and_nothing_else(
    tmp_path: Path,
) -> None:
    before = plan_of(tmp_path)
    own(tmp_path / "brand", "house", voice_md="{{ brand }} mumbles.")
    after = plan_of(tmp_path)
    changed = {unit for unit, key in keys(before).items() if keys(after)[unit] != key}
    kinds = {before.unit(unit).kind for unit in changed}
    assert kinds == {"copy"}
    assert {u.id for u in before.units if u.kind == "copy" and not u.needs} == changed
    assert before.campaign.brand.digest == after.campaign.brand.digest


def test_a_changed_judge_changes_no_key_of_copy(tmp_path: Path) -> None:
    before = keys(plan_of(tmp_path))
    own(tmp_path / "brand", "house", judge_md="Be strict.")
    assert keys(plan_of(tmp_path)) == before


def test_another_harness_can_be_named_for_one_run(tmp_path: Path) -> None:
    assert keys(plan_of(tmp_path, "bare")) != keys(plan_of(tmp_path))
    bare = plan_of(tmp_path, "bare").campaign
    assert bare.harness.name == "bare"
    assert bare.digest != plan_of(tmp_path).campaign.digest


def test_the_harness_of_a_request_is_that_of_the_workflow(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    unit = next(unit for unit in plan.units if unit.kind == "copy" and not unit.needs)
    request = plan.request(unit, {})
    assert request is not None
    assert request.prompts == house().copy


def test_a_rubric_may_be_a_file_beside_the_workflow(tmp_path: Path) -> None:
    plan_of(tmp_path)
    file = tmp_path / "figuera.yaml"
    pick = "candidates: 2\n    pick: {by: check/facts, rubric: angle.md}\n"
    file.write_text(file.read_text().replace("  hero:", f"    {pick}  hero:", 1))
    with pytest.raises(DefinitionError, match=r"no 'angle\.md' in the workflow's folder"):
        plan_of(tmp_path)
    (tmp_path / "angle.md").write_text("Which would a cook tell a friend?\n")
    picks = {unit.pick.rubric for unit in plan_of(tmp_path).units if unit.pick}
    assert picks == {"Which would a cook tell a friend?"}


def test_a_locale_is_written_by_its_own_rules_else_by_its_language() -> None:
    prompts = house().copy
    assert prompts.language("en-GB").name == "British English"
    assert prompts.language("de-AT").name == "German"
    assert prompts.language("tlh").name == "tlh"


def test_the_default_is_read_once(tmp_path: Path) -> None:
    assert house() is house()
    assert isinstance(house(), Harness)
    assert dataclasses.replace(house(), name="x").digest == house().digest
    assert a_request().prompts is house().copy
    shutil.rmtree(tmp_path)
