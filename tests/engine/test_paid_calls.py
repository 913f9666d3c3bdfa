import asyncio
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.engine.fakes import Desk, Fake, a_unit, an_image_request
from triptych.contracts.answer_log import ANSWER_LOG, KeptAnswer
from triptych.engine.call_notes import CallNote, find_log, new_log
from triptych.engine.events import UnitProgress
from triptych.errors import Malformed, UnknownCharge
from triptych.process_identity import ProcessIdentity
from triptych.store.folder import FolderStore

HERO = a_unit("hero", "image/painter")
KEY = "ab" * 32


class Posting(Fake):
    """Draws over a provider that keeps answers, as connectors' transport does.

    `before_reading` runs between the answer and everything that is made of it.
    """

    def __init__(self, before_reading: Callable[[], None] = lambda: None) -> None:
        super().__init__("image/painter", usd=0.5)
        self.before_reading, self.requests = before_reading, 0

    async def draw(self, request: Any, watcher: Any) -> Any:
        log = ANSWER_LOG.get()
        assert log is not None
        kept = await log.recall("post")
        if kept is None:
            self.requests += 1
            await log.keep("post", KeptAnswer(200, {"content-type": "x/y"}, b"\x00raw"))
        else:
            assert kept == KeptAnswer(200, {"content-type": "x/y"}, b"\x00raw")
        self.before_reading()
        return await super().draw(request, watcher)


def notes(store: Path) -> list[Path]:
    return sorted((store / "jobs").rglob("*.json"))


async def cancelled(desk: Desk, painter: Fake) -> None:
    """Cancel a run while its call is under way."""
    task = asyncio.create_task(desk.make(HERO, an_image_request()))
    while not painter.calls:
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


class Killed(BaseException):
    """Ends a run where it stands."""


def kill() -> None:
    raise Killed


async def test_a_paid_call_is_noted_while_it_is_under_way(tmp_path: Path) -> None:
    seen: list[int] = []
    painter = Posting(lambda: seen.append(len(notes(tmp_path))))
    await Desk(tmp_path, painter).make(HERO, an_image_request())
    assert (seen, notes(tmp_path)) == ([1], [])


async def test_a_free_call_is_not_noted(tmp_path: Path) -> None:
    painter = Fake("image/painter", 30.0)
    await cancelled(Desk(tmp_path, painter), painter)
    assert not notes(tmp_path)


async def test_the_next_run_says_that_a_call_was_under_way_and_repeats_it(
    tmp_path: Path,
) -> None:
    painter = Fake("image/painter", 30.0, usd=0.5)
    await cancelled(Desk(tmp_path, painter), painter)
    desk = Desk(tmp_path, painter)
    outcome = await desk.make(HERO, an_image_request())
    (finding,) = outcome.product.findings
    assert finding.check == "maybe-charged-twice"
    assert "a paid call to image/painter" in finding.message
    said = [event.note for event in desk.events if isinstance(event, UnitProgress)]
    assert finding.message in said
    assert not notes(tmp_path)


@pytest.mark.parametrize("choice", ["ask", "skip"])
async def test_a_call_is_not_repeated_where_the_workflow_says_so(
    tmp_path: Path, choice: str
) -> None:
    painter = Fake("image/painter", 30.0, usd=0.5)
    await cancelled(Desk(tmp_path, painter), painter)
    desk = Desk(tmp_path, painter, on_unknown=choice)
    for _ in range(2):  # asked once more, it answers the same
        with pytest.raises(UnknownCharge, match="whether it was charged is not known"):
            await desk.make(HERO, an_image_request())
    assert painter.calls == 1
    outcome = await Desk(tmp_path, painter).make(HERO, an_image_request())
    assert outcome.state == "made"


async def test_an_answer_that_was_received_is_not_asked_for_again(tmp_path: Path) -> None:
    killed = Posting(kill)
    with pytest.raises(Killed):
        await Desk(tmp_path, killed).make(HERO, an_image_request())
    again = Posting()
    outcome = await Desk(tmp_path, again).make(HERO, an_image_request())
    assert (killed.requests, again.requests) == (1, 0)
    assert (outcome.state, outcome.product.findings) == ("made", ())
    assert not notes(tmp_path)


async def test_an_answer_that_cannot_be_read_is_not_replayed_for_ever(
    tmp_path: Path,
) -> None:
    def fail() -> None:
        raise Malformed("half an answer", connector="image/painter")

    with pytest.raises(Malformed):
        await Desk(tmp_path, Posting(fail)).make(HERO, an_image_request())
    again = Posting()
    await Desk(tmp_path, again).make(HERO, an_image_request())
    assert again.requests == 1


async def test_every_candidate_has_its_own_note(tmp_path: Path) -> None:
    unit = a_unit("hero", "image/painter", candidates=3)
    await Desk(tmp_path, Posting()).make(unit, an_image_request())
    assert not notes(tmp_path)


async def test_a_call_of_a_run_that_is_alive_is_no_dead_one(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    await new_log(store, KEY, "image/painter", "hero", 60.0).begin()
    log = find_log(store, KEY)
    assert log is not None
    assert log.note.is_under_way()


def a_note(process: ProcessIdentity, **changed: Any) -> CallNote:
    return CallNote(
        "image/painter", "hero", 0.0, **{"until": 0.0, **changed}, process=process
    )


def test_a_note_of_another_process_with_our_number_is_dead() -> None:
    ours = ProcessIdentity.this()
    assert a_note(ours).is_under_way()
    assert not a_note(dataclasses.replace(ours, started="1")).is_under_way()
    assert not a_note(ours, stopped=True).is_under_way()


def test_a_note_of_another_machine_lives_as_long_as_its_time_limit() -> None:
    other = dataclasses.replace(ProcessIdentity.this(), host="elsewhere")
    assert not a_note(other).is_under_way()
    assert a_note(other, until=1e12).is_under_way()
