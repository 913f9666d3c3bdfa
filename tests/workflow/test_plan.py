from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.campaigns.small import Folder, a_folder
from triptych.brief.model import Audience
from triptych.contracts import About, Product
from triptych.errors import DefinitionError
from triptych.workflow.keys import inputs_of, key_of
from triptych.workflow.matrix import folder_name, label, projections
from triptych.workflow.plan import Plan

ENGLISH, GERMAN = "en-GB", "de-DE"


@pytest.fixture
def small(tmp_path: Path) -> Folder:
    return a_folder(tmp_path)


def ids(plan: Plan) -> list[str]:
    return [unit.id for unit in plan.units]


# --- scope


def test_a_step_runs_once_per_axis_that_it_reads(small: Folder) -> None:
    assert sorted(ids(small.plan())) == [
        "hero",
        "social[de-DE]",
        "social[en-GB]",
        "words[de-DE]",
        "words[en-GB]",
    ]


def test_what_is_read_through_another_step_counts(small: Folder) -> None:
    small.edit('prompt: "Paper waves, calm"', 'prompt: "${{ steps.words.headline }}"')
    assert {"hero[en-GB]", "hero[de-DE]"} <= set(ids(small.plan()))


def test_a_condition_is_read_too(small: Folder) -> None:
    small.edit(
        "    uses: image/procedural",
        "    uses: image/procedural\n    when: ${{ matrix.locale == 'en-GB' }}",
    )
    assert {"hero[en-GB]", "hero[de-DE]"} <= set(ids(small.plan()))


def test_a_unit_needs_the_units_of_its_own_scope(small: Folder) -> None:
    unit = small.plan().unit("social[de-DE]")
    assert unit.needs == ("hero", "words[de-DE]")


def test_every_unit_follows_what_it_needs(small: Folder) -> None:
    order = ids(small.plan())
    for unit in small.plan().units:
        assert all(order.index(need) < order.index(unit.id) for need in unit.needs)


def test_once_per_is_an_assertion(small: Folder) -> None:
    small.edit(
        "    uses: copy/phrasebook", "    uses: copy/phrasebook\n    once_per: [locale]"
    )
    assert small.problems() == ""
    small.edit(
        "    uses: image/procedural", "    uses: image/procedural\n    once_per: [locale]"
    )
    assert small.problems() == (
        "small.yaml:17:15: steps.hero.once_per: it reads no axis, so it runs once per that [T206]\n"
        "        once_per: [locale]\n                  ^"
    )


# --- cells


def test_there_is_a_cell_per_combination_the_first_axis_slowest(small: Folder) -> None:
    small.edit(
        "  locale: ${{ brief.locales }}", "  locale: ${{ brief.locales }}\n  size: [s, m]"
    )
    small.edit(
        "name: ${{ name }}/${{ matrix.locale }}",
        "name: ${{ matrix.locale }}/${{ matrix.size }}",
    )
    packs = [cell.pack for cell in small.plan().cells]
    assert packs == ["en-GB/s", "en-GB/m", "de-DE/s", "de-DE/m"]


def test_excluded_combinations_are_not_made(small: Folder) -> None:
    small.edit(
        "  locale: ${{ brief.locales }}",
        "  locale: ${{ brief.locales }}\n  exclude: [{locale: de-DE}]",
    )
    plan = small.plan()
    assert [cell.pack for cell in plan.cells] == ["small/en-GB"]
    assert "words[de-DE]" not in ids(plan)


def test_a_workflow_without_a_matrix_makes_one_pack(small: Folder) -> None:
    small.edit("matrix:\n  locale: ${{ brief.locales }}\n", "")
    text = small.file.read_text().replace("${{ matrix.locale }}", "en-GB")
    small.file.write_text(text)
    assert [cell.pack for cell in small.plan().cells] == ["small/en-GB"]


@pytest.mark.parametrize(
    ("axis", "message"),
    [
        (
            "de-DE",
            "matrix.locale: should be a list with values, e.g. [en-GB, de-DE], got 'de-DE' [T301]",
        ),
        (
            "[]",
            "matrix.locale: should be a list with values, e.g. [en-GB, de-DE], got [] [T301]",
        ),
        (
            "[de-DE]\n  exclude: [{locale: de-DE}]",
            "matrix: every combination is excluded: nothing would be made [T301]",
        ),
    ],
)
def test_a_matrix_without_cells_is_told(small: Folder, axis: str, message: str) -> None:
    small.edit("locale: ${{ brief.locales }}", f"locale: {axis}")
    assert message in small.problems()


def test_two_packs_of_one_name_are_told(small: Folder) -> None:
    small.edit("name: ${{ name }}/${{ matrix.locale }}", "name: ${{ name }}")
    assert "two cells of the matrix would both be called 'small'" in small.problems()
    assert "[T207]" in small.problems()


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("../../etc", "etc"),
        ("a/./b", "a/b"),
        ("/root", "root"),
        ("a b/c:d", "a-b/c-d"),
    ],
)
def test_a_packs_name_never_leaves_the_folder(
    small: Folder, name: str, folder: str
) -> None:
    small.edit("locale: ${{ brief.locales }}", "locale: [en-GB]")
    small.edit("name: ${{ name }}/${{ matrix.locale }}", f'name: "{name}"')
    (cell,) = small.plan().cells
    assert cell.pack == folder
    assert ".." not in cell.pack.split("/")


@pytest.mark.parametrize("name", ["", "..", "/", " ", "././"])
def test_a_pack_without_a_name_is_told(small: Folder, name: str) -> None:
    small.edit("locale: ${{ brief.locales }}", "locale: [en-GB]")
    small.edit("name: ${{ name }}/${{ matrix.locale }}", f'name: "{name}"')
    assert "pack.name: gives no folder a name" in small.problems()


@given(st.text())
def test_a_folder_name_is_one_safe_part(text: str) -> None:
    name = folder_name(text)
    assert name
    assert name not in (".", "..")
    assert not set(name) & set('/\\:*?"<>|\n\0')


def test_an_axis_value_has_a_short_name() -> None:
    assert label(Audience("cooks")) == "cooks"
    assert label({"id": 7, "name": "x"}) == "7"
    assert label({"shop": "One", "town": "Palma"}) == "One"
    assert label(3) == "3"


@given(st.lists(st.fixed_dictionaries({"a": st.integers(0, 3), "b": st.integers(0, 3)})))
def test_projections_are_distinct_and_complete(made: list[dict[str, int]]) -> None:
    found = projections(made, ("a",))
    assert sorted(scope["a"] for scope in found) == sorted({cell["a"] for cell in made})
    assert all(list(scope) == ["a"] for scope in found)


# --- what units take from the file


def test_defaults_apply_by_pattern_the_most_specific_first(small: Folder) -> None:
    small.edit(
        "steps:\n",
        'defaults:\n  "*": {timeout: 9s, retry: {times: 1}}\n  "image/*": {timeout: 3m}\nsteps:\n',
    )
    plan = small.plan()
    assert plan.unit("hero").timeout == 180.0
    assert plan.unit("words[en-GB]").timeout == 9.0
    assert plan.unit("hero").retry.times == 1


def test_the_estimate_counts_candidates_and_placements(small: Folder) -> None:
    alone = small.plan().unit("hero").estimate.seconds
    small.edit(
        "    uses: image/procedural", "    uses: image/procedural\n    candidates: 3"
    )
    assert small.plan().unit("hero").estimate.seconds == 3 * alone
    one = small.plan().unit("social[de-DE]").estimate.seconds
    small.edit(
        "placements: [meta.feed.1x1]",
        "placements: [meta.feed.1x1, meta.feed.4x5, meta.story.9x16]",
    )
    assert small.plan().unit("social[de-DE]").estimate.seconds == 3 * one


def test_a_cost_that_is_unknown_is_not_zero(small: Folder) -> None:
    from connectors import about
    from triptych.workflow.plan import make_plan

    def dear(uses: str) -> About:
        import dataclasses

        found = about(uses)
        return dataclasses.replace(found, usd=None) if found.kind == "image" else found

    assert small.plan().estimate().usd == 0.0
    assert make_plan(small.campaign(), dear).estimate().usd is None


# --- languages


def test_a_language_that_nobody_writes_is_told_before_the_run(small: Folder) -> None:
    small.edit("locales: [en-GB, de-DE]", "locales: [en-GB, pt-PT]", "brief.md")
    assert small.problems() == (
        "small.yaml:9:11: steps.words.uses: copy/phrasebook does not write pt-PT; "
        "it writes de, en, es and fr; use another connector there, or add a fallback [T402]\n"
        "        uses: copy/phrasebook\n              ^"
    )


def test_a_language_that_is_not_asked_for_is_no_problem(small: Folder) -> None:
    small.edit("locales: [en-GB, de-DE]", "locales: [en-GB, pt-PT]", "brief.md")
    small.edit(
        "    uses: copy/phrasebook",
        "    uses: copy/phrasebook\n    when: ${{ matrix.locale == 'en-GB' }}",
    )
    assert small.problems() == ""


def test_the_languages_of_the_phrasebook_are_those_that_ship() -> None:
    from connectors import about
    from triptych.resources import templates

    shipped = {file.stem for file in (templates() / "phrases").glob("*.yaml")}
    assert about("copy/phrasebook").languages == shipped


# --- requests


def made(plan: Plan, unit_id: str) -> dict[str, Product]:
    """Return products for everything a unit needs."""
    from tests.contracts.image import a_picture

    items: dict[str, Any] = {
        "copy": {"headline": "Quince", "cta": "Order"},
        "image": {"picture": a_picture()},
    }
    needs = (plan.unit(need) for need in plan.unit(unit_id).needs)
    return {unit.id: Product(unit.kind, (items[unit.kind],)) for unit in needs}


def test_a_request_holds_what_the_file_says_and_the_campaigns_rest(small: Folder) -> None:
    plan = small.plan()
    request = plan.request(plan.unit("words[de-DE]"), {})
    assert request is not None
    assert request.language == GERMAN
    assert request.fields == {"headline": 40, "cta": 20}
    assert request.brief.product == "Quince jam"
    assert request.brand_name == "Quince"


def test_a_product_becomes_what_the_field_takes(small: Folder) -> None:
    plan = small.plan()
    unit = plan.unit("social[en-GB]")
    request = plan.request(unit, made(plan, unit.id), placement="meta.feed.1x1")
    assert request is not None
    assert request.headline == "Quince"
    assert str(request.background.size) == "96x80"
    assert request.placement == "meta.feed.1x1"


def test_a_condition_that_is_false_skips_the_unit(small: Folder) -> None:
    small.edit(
        "    uses: copy/phrasebook",
        "    uses: copy/phrasebook\n    when: ${{ matrix.locale == 'en-GB' }}",
    )
    plan = small.plan()
    assert plan.request(plan.unit("words[en-GB]"), {}) is not None
    assert plan.request(plan.unit("words[de-DE]"), {}) is None


def test_what_reads_a_skipped_unit_is_skipped(small: Folder) -> None:
    plan = small.plan()
    unit = plan.unit("social[de-DE]")
    products = {**made(plan, unit.id), "words[de-DE]": Product("copy", ran=False)}
    assert plan.request(unit, products) is None


def test_a_value_of_another_type_at_run_time_is_told_in_the_file(small: Folder) -> None:
    small.edit("headline: ${{ steps.words.headline }}", "headline: ${{ steps.words.all }}")
    plan = small.plan()
    unit = plan.unit("social[de-DE]")
    with pytest.raises(DefinitionError) as caught:
        plan.request(unit, made(plan, unit.id))
    (problem,) = caught.value.problems
    assert (problem.line, problem.code) == (23, "T301")
    assert problem.message.startswith("(social[de-DE]) should be text")


# --- keys


ABOUT = About("image", "studio", "1", "draws")


def test_a_key_depends_on_connector_version_and_request_alone() -> None:
    same = key_of(ABOUT, {"prompt": "a", "size": "1x1"})
    assert same == key_of(ABOUT, {"size": "1x1", "prompt": "a"})
    others = {
        key_of(ABOUT, {"prompt": "b", "size": "1x1"}),
        key_of(About("image", "studio", "2", "draws"), {"prompt": "a", "size": "1x1"}),
        key_of(About("image", "other", "1", "draws"), {"prompt": "a", "size": "1x1"}),
    }
    assert len({same, *others}) == 4
    assert same == key_of(
        About("image", "studio", "1", "says more", usd=3.0), {"prompt": "a", "size": "1x1"}
    )


def test_equal_files_in_other_folders_give_equal_keys(
    small: Folder, tmp_path: Path
) -> None:
    from connectors import about

    other = a_folder(tmp_path / "elsewhere")
    keys = [
        key_of(about("copy/phrasebook"), plan.request(plan.unit("words[de-DE]"), {}))
        for plan in (small.plan(), other.plan())
    ]
    assert keys[0] == keys[1]


def test_changing_one_fact_changes_the_keys_of_copy_and_not_of_pictures(
    small: Folder,
) -> None:
    from connectors import about

    def keys() -> tuple[str, str]:
        plan = small.plan()
        words = plan.request(plan.unit("words[de-DE]"), {})
        hero = plan.request(plan.unit("hero"), {})
        return key_of(about("copy/phrasebook"), words), key_of(
            about("image/procedural"), hero
        )

    before = keys()
    small.edit("price: 8 €", "price: 9 €", "brief.md")
    after = keys()
    assert before[0] != after[0]
    assert before[1] == after[1]


def test_the_inputs_of_a_request_are_the_digests_in_it(small: Folder) -> None:
    plan = small.plan()
    unit = plan.unit("social[en-GB]")
    products = made(plan, unit.id)
    request = plan.request(unit, products, placement="meta.feed.1x1")
    picture = products["hero"].items[0]["picture"]
    assert picture.artifact.digest in inputs_of(request)
    assert list(inputs_of(request)) == sorted(set(inputs_of(request)))
