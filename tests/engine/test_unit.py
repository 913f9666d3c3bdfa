import asyncio
import math
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.engine.fakes import (
    SIZE,
    Desk,
    Fake,
    a_compose_request,
    a_copy_request,
    a_unit,
    an_image_request,
    png,
)
from triptych.artifact import Picture
from triptych.contracts import (
    ComposeRequest,
    Composition,
    Copy,
    Image,
    Judgement,
    UpscaleRequest,
    Usage,
)
from triptych.engine.budget import Budget
from triptych.engine.products import product_of
from triptych.errors import (
    AllFailed,
    BudgetExceeded,
    Malformed,
    Rejected,
    TextOverflow,
    Unauthorized,
    Unavailable,
    Unsupported,
)
from triptych.geometry import Size
from triptych.raster.intake import picture_of
from triptych.store.contract import Candidate
from triptych.store.folder import FolderStore
from triptych.workflow.units import Pick

HERO = a_unit("hero", "image/painter")


async def test_a_second_run_makes_nothing_again(tmp_path: Path) -> None:
    painter = Fake("image/painter")
    first = await Desk(tmp_path, painter).make(HERO, an_image_request())
    second = await Desk(tmp_path, painter).make(HERO, an_image_request())
    assert (first.state, second.state) == ("made", "reused")
    assert painter.calls == 1
    assert second.product == first.product


async def test_another_prompt_is_made_anew(tmp_path: Path) -> None:
    painter = Fake("image/painter")
    desk = Desk(tmp_path, painter)
    await desk.make(HERO, an_image_request())
    assert (await desk.make(HERO, an_image_request(prompt="a pear"))).state == "made"


async def test_a_lost_artifact_is_made_anew(tmp_path: Path) -> None:
    painter = Fake("image/painter")
    outcome = await Desk(tmp_path, painter).make(HERO, an_image_request())
    digest = outcome.product.files[0].artifact.digest
    (tmp_path / "artifacts" / digest[:2] / digest).unlink()
    assert (await Desk(tmp_path, painter).make(HERO, an_image_request())).state == "made"


async def test_a_unit_without_a_request_is_skipped(tmp_path: Path) -> None:
    outcome = await Desk(tmp_path, Fake("image/painter")).make(HERO, None)
    assert (outcome.state, outcome.product.ran) == ("skipped", False)


async def test_a_connector_is_handed_the_bytes_that_the_request_refers_to(
    tmp_path: Path,
) -> None:
    painter = Fake("image/painter")
    desk = Desk(tmp_path, painter)
    picture = Picture(desk.store.put(png(), "image/png"), Size(8, 6))
    await desk.make(HERO, an_image_request(references=(picture,)))
    assert painter.asked[0].references[0].data == png()


async def test_two_units_with_equal_requests_share_one_call(tmp_path: Path) -> None:
    painter = Fake("image/painter", 0.02)
    desk = Desk(tmp_path, painter)
    other = a_unit("twin", "image/painter")
    engine = desk.engine(
        (HERO, other), dict.fromkeys(("hero", "twin"), lambda *_: an_image_request())
    )
    outcomes = await asyncio.gather(engine.run_unit(HERO, {}), engine.run_unit(other, {}))
    assert sorted(outcome.state for outcome in outcomes) == ["made", "reused"]
    assert painter.calls == 1


async def test_a_cancelled_twin_does_not_take_the_other_along(tmp_path: Path) -> None:
    painter = Fake("image/painter", 30.0)
    desk = Desk(tmp_path, painter)
    other = a_unit("twin", "image/painter")
    engine = desk.engine(
        (HERO, other), dict.fromkeys(("hero", "twin"), lambda *_: an_image_request())
    )
    first = asyncio.create_task(engine.run_unit(HERO, {}))
    while not painter.calls:
        await asyncio.sleep(0.001)
    second = asyncio.create_task(engine.run_unit(other, {}))
    await asyncio.sleep(0.01)
    first.cancel()
    assert (await second).state == "made"
    assert painter.calls == 2


# --- fallback


@pytest.mark.parametrize("error", [Unavailable, Rejected])
async def test_the_fallback_answers_when_the_first_cannot(
    tmp_path: Path, error: Any
) -> None:
    failing = Fake("image/painter", *[error("no", connector="image/painter")] * 4)
    other = Fake("image/other")
    unit = a_unit("hero", "image/painter", fallback=("image/other",))
    outcome = await Desk(tmp_path, failing, other).make(unit, an_image_request())
    record = outcome.records[0]
    assert (record.uses, record.instead_of) == ("image/other", "image/painter")
    assert record.why == "image/painter: no"
    assert [finding.check for finding in outcome.product.findings] == ["fallback"]
    assert failing.calls == (4 if error is Unavailable else 1)


@pytest.mark.parametrize(
    "failure",
    [
        Malformed("half an answer", connector="image/painter"),
        Unauthorized("no such key", connector="image/painter"),
        Unsupported("takes no mask", connector="image/painter"),
        KeyError("a bug"),
        "no image at all",
    ],
)
async def test_a_connector_that_fails_in_any_way_gives_way(
    tmp_path: Path, failure: object
) -> None:
    failing, other = Fake("image/painter", failure), Fake("image/other")
    unit = a_unit("hero", "image/painter", fallback=("image/other",))
    outcome = await Desk(tmp_path, failing, other).make(unit, an_image_request())
    assert outcome.records[0].instead_of == "image/painter"
    assert other.calls == 1


async def test_when_all_fail_the_error_names_every_one(tmp_path: Path) -> None:
    first = Fake("image/painter", Unauthorized("no key", connector="image/painter"))
    other = Fake("image/other", Rejected("no figs", connector="image/other"))
    unit = a_unit("hero", "image/painter", fallback=("image/other",))
    with pytest.raises(AllFailed) as caught:
        await Desk(tmp_path, first, other).make(unit, an_image_request())
    expected = "image/painter: no key; the fallback image/other: no figs"
    assert str(caught.value) == expected
    assert caught.value.exit_code == 4


async def test_a_budget_that_is_spent_does_not_fall_back(tmp_path: Path) -> None:
    first, other = Fake("image/painter", usd=1.0), Fake("image/other")
    unit = a_unit("hero", "image/painter", fallback=("image/other",))
    desk = Desk(tmp_path, first, other, ledger=Budget(0.5))
    with pytest.raises(BudgetExceeded):
        await desk.make(unit, an_image_request())
    assert other.calls == 0


async def test_the_first_one_s_cost_is_in_the_record_of_its_fallback(
    tmp_path: Path,
) -> None:
    filtered = Rejected("filtered", connector="image/painter")
    filtered.charged, filtered.usage = True, Usage("painter-1", 1.0, 0.08)
    first, other = Fake("image/painter", filtered, usd=0.1), Fake("image/other", usd=0.25)
    unit = a_unit("hero", "image/painter", fallback=("image/other",))
    outcome = await Desk(tmp_path, first, other).make(unit, an_image_request())
    assert [usage.usd for usage in outcome.records[0].usage] == [0.08, 0.25]


# --- items


ITEMS = ({"headline": "Figs"}, {"headline": "Ripe figs"}, {"headline": "Buy"})
FREE = Usage("fake-1", 0.0, 0.0)


def an_author() -> Fake:
    return Fake("copy/writer", Copy(ITEMS, FREE))


def a_judge(*answers: object) -> Fake:
    return Fake("judge/critic", *answers)


def ranked(keep: Any = "all", rubric: str = "the ripest") -> Any:
    return a_unit("words", "copy/writer", pick=Pick("judge/critic", keep, rubric))


async def test_a_judge_chooses_among_the_items_of_one_answer(tmp_path: Path) -> None:
    judge = a_judge(Judgement((0.2, 0.9, 0.1), ("dull", "ripe", "loud"), FREE))
    desk = Desk(tmp_path, an_author(), judge)
    product = (await desk.make(ranked(), a_copy_request(count=3))).product
    assert (product.items, product.best) == (ITEMS, 1)
    assert judge.asked[0].texts == ITEMS
    assert product.findings[0].message == "item 2 of 3 is taken: ripe"


async def test_only_the_chosen_item_is_kept_where_the_file_says_so(tmp_path: Path) -> None:
    judge = a_judge(Judgement((0.2, 0.9, 0.1), (), FREE))
    desk = Desk(tmp_path, an_author(), judge)
    product = (await desk.make(ranked("best"), a_copy_request(count=3))).product
    assert (product.items, product.best) == ((ITEMS[1],), 0)


async def test_another_rubric_judges_again_and_writes_nothing_again(
    tmp_path: Path,
) -> None:
    answers = [Judgement((0.2, 0.9, 0.1), (), FREE), Judgement((0.9, 0.2, 0.1), (), FREE)]
    author, judge = an_author(), a_judge(*answers)
    desk = Desk(tmp_path, author, judge)
    await desk.make(ranked(), a_copy_request(count=3))
    product = (await desk.make(ranked(rubric="the first"), a_copy_request(count=3))).product
    assert (product.best, author.calls, judge.calls) == (0, 1, 2)


async def test_items_that_nobody_could_judge_are_kept(tmp_path: Path) -> None:
    judge = a_judge(Rejected("no", connector="judge/critic"))
    desk = Desk(tmp_path, an_author(), judge)
    product = (await desk.make(ranked(), a_copy_request(count=3))).product
    assert (product.items, product.best) == (ITEMS, 0)
    assert "judge/critic: no; nobody judged" in product.findings[0].message


async def test_how_the_provider_made_a_picture_is_recorded(tmp_path: Path) -> None:
    recipe = {"seed": 91, "model": "painter-3", "prompt": "a very ripe fig"}
    drawn = Image(png(), "image/png", SIZE, FREE, recipe=recipe)
    await Desk(tmp_path, Fake("image/painter", drawn)).make(HERO, an_image_request())
    outcome = await Desk(tmp_path, Fake("image/painter")).make(HERO, an_image_request())
    assert outcome.records[0].candidates[0].recipe == recipe


def test_a_record_without_recipes_is_still_read(tmp_path: Path) -> None:
    del tmp_path
    usage = {"model": "m", "seconds": 0.0}
    candidate = {"seed": 0, "files": [], "usage": usage}
    adapter = TypeAdapter(Candidate)
    assert adapter.validate_python(candidate).recipe == {}


# --- candidates


def candidates(by: str, number: int = 3, kind: str = "image/painter") -> Any:
    return a_unit("hero", kind, candidates=number, pick=Pick(by, rubric="the ripest"))


async def test_candidates_differ_by_seed_and_all_are_kept(tmp_path: Path) -> None:
    painter = Fake("image/painter")
    unit = candidates("")
    outcome = await Desk(tmp_path, painter).make(unit, an_image_request(seed=7))
    assert [request.seed for request in painter.asked] == [7, 8, 9]
    record = outcome.records[0]
    assert [candidate.seed for candidate in record.candidates] == [7, 8, 9]
    assert len({candidate.files for candidate in record.candidates}) == 3
    assert len(outcome.product.items) == 3
    assert (
        outcome.product.findings[0].message
        == "no `pick:` says who chooses: the first is taken"
    )


async def test_a_judge_chooses_and_is_paid(tmp_path: Path) -> None:
    verdict = Judgement((0.1, 0.9, 0.4), ("dry", "ripe", "green"), Usage("judge", 0.0, 0.5))
    judge = Fake("judge/eye", verdict, usd=0.5)
    desk = Desk(tmp_path, Fake("image/painter"), judge)
    outcome = await desk.make(candidates("judge/eye"), an_image_request(seed=7))
    record = outcome.records[0]
    assert (outcome.product.best, record.seed) == (1, 8)
    assert [(c.score, c.reason) for c in record.candidates][1] == (0.9, "ripe")
    assert len(judge.asked[0].pictures) == 3
    assert judge.asked[0].pictures[0].data
    assert desk.ledger.spent == 0.5
    assert sum(usage.usd for usage in record.usage) == 0.5


@pytest.mark.parametrize(
    "act",
    [
        Unavailable("asleep", connector="judge/eye"),
        ValueError("sk-secret"),
        Judgement((0.5,), ("only one",), Usage("judge", 0.0, 0.0)),
        "not a judgement",
    ],
)
async def test_a_judge_that_fails_costs_no_candidate(tmp_path: Path, act: Any) -> None:
    judge = Fake("judge/eye", *[act] * 4)
    desk = Desk(tmp_path, Fake("image/painter"), judge)
    outcome = await desk.make(candidates("judge/eye"), an_image_request())
    assert outcome.product.best == 0
    message = outcome.product.findings[0].message
    assert message.startswith("judge/eye: ")
    assert message.endswith("nobody judged: the first is taken")
    assert "sk-secret" not in message


async def test_a_check_picks_the_copy_that_breaks_fewest_rules(tmp_path: Path) -> None:
    bad, good = ({"headline": text} for text in ("A cheap box", "A box of figs"))
    free = Usage("m", 0.0, 0.0)
    writer = Fake("copy/writer", Copy((bad,), free), Copy((good,), free))
    unit = candidates("check/banned-words", 2, "copy/writer")
    outcome = await Desk(tmp_path, writer).make(unit, a_copy_request(seed=3))
    assert outcome.product.items == (good,)
    assert outcome.records[0].seed == 4


async def test_a_budget_that_ends_between_two_candidates_keeps_the_first(
    tmp_path: Path,
) -> None:
    painter = Fake("image/painter", usd=1.0)
    desk = Desk(tmp_path, painter, ledger=Budget(2.5))
    with pytest.raises(BudgetExceeded):
        await desk.make(candidates("person"), an_image_request())
    assert painter.calls == 2
    desk = Desk(tmp_path, painter, ledger=Budget(2.5))
    outcome = await desk.make(candidates("person"), an_image_request())
    assert (outcome.state, painter.calls, desk.ledger.spent) == ("made", 3, 1.0)


# --- placements

SOCIAL = a_unit("social", "compose/images", placements=("story", "feed", "pin"))


async def test_each_placement_has_its_own_record(tmp_path: Path) -> None:
    compositor = Fake("compose/images")
    outcome = await Desk(tmp_path, compositor).make(SOCIAL, a_compose_request)
    assert len({record.key for record in outcome.records}) == 3
    assert [f.placement for f in outcome.product.files] == ["story", "feed", "pin"]


async def test_composing_one_again_never_touches_the_others(tmp_path: Path) -> None:
    compositor = Fake("compose/images")
    desk = Desk(tmp_path, compositor)
    before = await desk.make(SOCIAL, a_compose_request)

    def changed(place: str) -> ComposeRequest:
        return a_compose_request(place, headline="New" if place == "feed" else "")

    after = await desk.make(SOCIAL, changed)
    assert after.state == "made"
    assert [request.placement for request in compositor.asked[3:]] == ["feed"]
    assert [a == b for a, b in zip(before.records, after.records, strict=True)] == [
        True,
        False,
        True,
    ]


async def test_every_placement_that_fails_is_told_and_the_rest_is_kept(
    tmp_path: Path,
) -> None:
    def too_long(place: str) -> TextOverflow:
        return TextOverflow(f"{place}: too long", field="headline", fits=9)

    compositor = Fake("compose/images", too_long("story"), too_long("feed"))
    with pytest.raises(ExceptionGroup) as caught:
        await Desk(tmp_path, compositor).make(SOCIAL, a_compose_request)
    assert {str(e) for e in caught.value.exceptions} == {
        "story: too long",
        "feed: too long",
    }
    await Desk(tmp_path, compositor).make(SOCIAL, a_compose_request)
    assert compositor.calls == 5  # the pin was not composed again


async def test_a_text_that_is_too_long_is_cut_at_a_sentence_and_that_is_told(
    tmp_path: Path,
) -> None:
    overflow = TextOverflow("too long", field="body", fits=20)
    compositor = Fake("compose/images", overflow)
    request = a_compose_request(body="Ripe figs, daily. They travel by night.")
    unit = a_unit("sheet", "compose/images")
    allowed = a_compose_request(body=request.body, overflow=("rewrite", "fail"))
    outcome = await Desk(tmp_path / "a", compositor).make(unit, allowed)
    assert compositor.asked[1].body == "Ripe figs, daily."
    found = outcome.product.findings[0]
    assert found.message == "body was cut to its first 17 of 39 characters"
    with pytest.raises(TextOverflow):
        await Desk(tmp_path / "b", Fake("compose/images", overflow)).make(unit, request)


async def test_a_composition_without_files_is_not_one(tmp_path: Path) -> None:
    empty = Fake("compose/images", Composition((), Usage("c", 0.0, 0.0)))
    with pytest.raises(Malformed, match="compose/images: answered a Composition"):
        await Desk(tmp_path, empty).make(a_unit("s", "compose/images"), a_compose_request)


def test_an_enlarged_picture_is_a_product_of_its_kind(tmp_path: Path) -> None:
    size = Size(16, 12)
    picture = picture_of(png(), "a picture")
    request = UpscaleRequest(image=picture, size=size)
    answer = Image(png(size), "image/png", size, Usage("lanczos", 0.0, 0.0))
    store = FolderStore(tmp_path)
    product = product_of("upscale", answer, request, "upscale/local", store)
    assert product.kind == "upscale"
    assert product.items[0]["picture"].size == size


async def test_half_a_character_is_malformed_with_its_place(tmp_path: Path) -> None:
    written = Copy(({"headline": "ripe \ud83d"},), Usage("writer", 1.0, 0.1))
    desk = Desk(tmp_path, Fake("copy/writer", written))
    place = r"product\.items\[0\]\.headline holds half a surrogate pair"
    with pytest.raises(Malformed, match=place):
        await desk.make(a_unit("words", "copy/writer"), a_copy_request())


async def test_a_count_that_is_not_finite_is_malformed_with_its_place(
    tmp_path: Path,
) -> None:
    usage = Usage("writer", 1.0, 0.1, {"tokens": math.inf})
    desk = Desk(tmp_path, Fake("copy/writer", Copy(({"headline": "ripe"},), usage)))
    with pytest.raises(Malformed, match=r"usage\.units\.tokens is no finite number"):
        await desk.make(a_unit("words", "copy/writer"), a_copy_request())


async def test_a_price_that_is_not_finite_is_unknown(tmp_path: Path) -> None:
    written = Copy(({"headline": "ripe"},), Usage("writer", 1.0, math.nan))
    desk = Desk(tmp_path, Fake("copy/writer", written))
    outcome = await desk.make(a_unit("words", "copy/writer"), a_copy_request())
    assert outcome.records[0].usage[0].usd is None
