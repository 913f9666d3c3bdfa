import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from tests.engine.fakes import Desk, Fake, FakePlan, a_compose_request, a_unit
from triptych.contracts import Product
from triptych.engine.events import Event, UnitDone, UnitStarted
from triptych.engine.schedule import run_plan
from triptych.errors import Rejected, TextOverflow
from triptych.store.contract import Outcome
from triptych.workflow.plan import Plan
from triptych.workflow.units import Unit

HERO = a_unit("hero", "image/painter")
WORDS = a_unit("words", "copy/writer")
SOCIAL = a_unit("social", "compose/images", needs=("hero", "words"))
SHEET = a_unit("sheet", "compose/sheet", needs=("words",))
PRINT = a_unit("print", "compose/print", needs=("social",))


def a_plan(*units: Unit) -> Plan:
    return cast("Plan", FakePlan(units, {}))


def made(unit: Unit, state: Any = "made") -> Outcome:
    return Outcome(unit, state, Product(unit.kind, ({"by": unit.id},), ran=True))


async def test_a_unit_is_handed_what_it_needs() -> None:
    handed: dict[str, list[str]] = {}

    async def run_unit(unit: Unit, products: Mapping[str, Product]) -> Outcome:
        handed[unit.id] = [str(product.items[0]["by"]) for product in products.values()]
        return made(unit)

    outcomes = await run_plan(a_plan(HERO, WORDS, SOCIAL), run_unit, lambda _: None)
    assert handed == {"hero": [], "words": [], "social": ["hero", "words"]}
    assert list(outcomes) == ["hero", "words", "social"]


async def test_units_that_do_not_need_each_other_run_at_once() -> None:
    both = asyncio.Barrier(2)

    async def run_unit(unit: Unit, _: object) -> Outcome:
        await asyncio.wait_for(both.wait(), 1.0)
        return made(unit)

    assert len(await run_plan(a_plan(HERO, WORDS), run_unit, lambda _: None)) == 2


async def test_a_slow_unit_holds_up_only_those_that_need_it() -> None:
    order: list[str] = []
    sheet_is_done = asyncio.Event()

    async def run_unit(unit: Unit, _: object) -> Outcome:
        if unit is HERO:
            await asyncio.wait_for(sheet_is_done.wait(), 1.0)
        order.append(unit.id)
        if unit is SHEET:
            sheet_is_done.set()
        return made(unit)

    await run_plan(a_plan(HERO, WORDS, SOCIAL, SHEET), run_unit, lambda _: None)
    assert order == ["words", "sheet", "hero", "social"]


async def test_a_failure_blocks_those_that_need_it_and_nobody_else() -> None:
    async def run_unit(unit: Unit, _: object) -> Outcome:
        if unit is HERO:
            raise Rejected("not a fig", connector="image/painter")
        return made(unit)

    events: list[Event] = []
    units = (HERO, WORDS, SOCIAL, SHEET, PRINT)
    outcomes = await run_plan(a_plan(*units), run_unit, events.append)
    assert {name: outcome.state for name, outcome in outcomes.items()} == {
        "hero": "failed",
        "words": "made",
        "social": "blocked",
        "sheet": "made",
        "print": "blocked",
    }
    assert outcomes["hero"].error == "image/painter: not a fig"
    assert outcomes["social"].error == "needs hero, which failed"
    assert outcomes["print"].error == "needs social, which is blocked itself"
    started = [event.unit for event in events if isinstance(event, UnitStarted)]
    assert sorted(started) == ["hero", "sheet", "words"]
    assert len([event for event in events if isinstance(event, UnitDone)]) == 5


async def test_a_skipped_unit_does_not_block() -> None:
    async def run_unit(unit: Unit, _: object) -> Outcome:
        return made(unit, "skipped" if unit is WORDS else "made")

    outcomes = await run_plan(a_plan(WORDS, SHEET), run_unit, lambda _: None)
    assert outcomes["sheet"].state == "made"


async def test_placements_that_fail_are_all_told(tmp_path: Path) -> None:
    def long(place: str) -> TextOverflow:
        return TextOverflow(f"{place}: headline too long", field="headline", fits=9)

    unit = a_unit("social", "compose/images", placements=("story", "feed"))
    desk = Desk(tmp_path, Fake("compose/images", long("story"), long("feed")))
    engine = desk.engine((unit,), {"social": lambda _, place: a_compose_request(place)})
    outcomes = await run_plan(engine.plan, engine.run_unit, lambda _: None)
    said = outcomes["social"].error.splitlines()
    assert sorted(said) == ["feed: headline too long", "story: headline too long"]


async def test_a_bug_is_not_taken_for_a_failed_unit() -> None:
    async def run_unit(unit: Unit, _: object) -> Outcome:
        raise ZeroDivisionError(unit.id)

    with pytest.raises(ExceptionGroup) as caught:
        await run_plan(a_plan(HERO), run_unit, lambda _: None)
    assert caught.group_contains(ZeroDivisionError)


async def test_cancelling_the_plan_cancels_what_is_under_way() -> None:
    stopped: list[str] = []

    async def run_unit(unit: Unit, _: object) -> Outcome:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            stopped.append(unit.id)
            raise
        return made(unit)

    task = asyncio.create_task(run_plan(a_plan(HERO, WORDS), run_unit, lambda _: None))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 1.0)
    assert sorted(stopped) == ["hero", "words"]
