import asyncio
import dataclasses
from pathlib import Path
from typing import Any, cast

import pytest

from tests.engine.fakes import (
    SIZE,
    Desk,
    Fake,
    Silent,
    Submitting,
    a_copy_request,
    a_cutout_request,
    a_slides_request,
    a_unit,
    an_image_request,
    png,
)
from triptych.artifact import Artifact, Picture
from triptych.contracts import KINDS, Copy, Cutout, Deck, Image, KindSpec, Usage
from triptych.engine.budget import Budget
from triptych.engine.calls import Call, Caller, _wait
from triptych.engine.events import UnitProgress
from triptych.engine.heartbeat import Heartbeat
from triptych.errors import (
    BudgetExceeded,
    DiskError,
    Malformed,
    Rejected,
    TriptychError,
    Unauthorized,
    Unavailable,
)
from triptych.geometry import Size
from triptych.raster.intake import encode_jpeg, encode_png
from triptych.store.folder import FolderStore
from triptych.workflow.units import Retry

FREE = Usage("fake-1", 0.0, 0.0)
HERO = a_unit("hero", "image/painter")


def unavailable(**more: Any) -> Unavailable:
    return Unavailable("busy", connector="image/painter", **more)


async def test_what_is_unavailable_is_asked_again(tmp_path: Path) -> None:
    painter = Fake("image/painter", unavailable(), unavailable())
    desk = Desk(tmp_path, painter)
    assert (await desk.make(HERO, an_image_request())).state == "made"
    assert painter.calls == 3
    notes = [e.note for e in desk.events if isinstance(e, UnitProgress)]
    assert notes[1] == "waits 0 s: image/painter: busy"


async def test_what_stays_unavailable_fails_after_its_retries(tmp_path: Path) -> None:
    painter = Fake("image/painter", *[unavailable(status=503)] * 9)
    with pytest.raises(Unavailable, match=r"image/painter: busy \(HTTP 503\)"):
        await Desk(tmp_path, painter).make(HERO, an_image_request())
    assert painter.calls == 4


@pytest.mark.parametrize("error", [Rejected, Malformed, Unauthorized])
async def test_nothing_else_is_asked_again(tmp_path: Path, error: Any) -> None:
    painter = Fake("image/painter", error("no", connector="image/painter"))
    with pytest.raises(error):
        await Desk(tmp_path, painter).make(HERO, an_image_request())
    assert painter.calls == 1


def a_caller(store: Path, painter: Any, **more: Any) -> tuple[Caller, list[float]]:
    """Return a caller whose waits are listed instead of slept."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    connectors = {"image/painter": painter}
    return Caller(connectors, Budget(), FolderStore(store), sleep=sleep, **more), waits


def a_call(**changed: Any) -> Call:
    values: dict[str, Any] = {"kind": "image", "uses": "image/painter", "key": "ab" * 32}
    values |= {"unit": HERO, "request": an_image_request()}
    return Call(**(values | changed))


async def test_it_waits_as_long_as_the_provider_asked(tmp_path: Path) -> None:
    painter = Fake("image/painter", unavailable(retry_after=42.0))
    caller, waits = a_caller(tmp_path, painter)
    await caller.call(a_call(), Silent())
    assert waits == [42.0]


async def test_it_does_not_wait_longer_than_the_workflow_allows(tmp_path: Path) -> None:
    painter = Fake("image/painter", unavailable(retry_after=61.0))
    caller, waits = a_caller(tmp_path, painter)
    with pytest.raises(Unavailable):
        await caller.call(a_call(), Silent())
    assert (painter.calls, waits) == (1, [])


async def test_a_job_whose_end_is_unknown_is_collected_again_in_the_same_run(
    tmp_path: Path,
) -> None:
    painter = Submitting("image/painter", unavailable(maybe_charged=True), usd=1.0)
    caller, _ = a_caller(tmp_path, painter)
    await caller.call(a_call(), Silent())
    assert (painter.payments, painter.calls) == (1, 2)


async def test_a_stuck_job_gives_way_after_the_kind_s_time_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = dataclasses.replace(KINDS["image"], timeout=0.3)
    monkeypatch.setitem(cast("dict[str, KindSpec]", KINDS), "image", quick)
    stuck, other = Submitting("image/painter", 30.0), Fake("image/other")
    unit = a_unit("hero", "image/painter", fallback=("image/other",))
    outcome = await Desk(tmp_path, stuck, other).make(unit, an_image_request())
    assert outcome.records[0].why == "image/painter: no answer in 0.3 s"
    assert (stuck.calls, other.calls) == (1, 1)


async def test_a_long_wait_is_reported_with_what_was_heard_last() -> None:
    seen: list[tuple[float, str]] = []
    silent = Silent(lambda done, note: seen.append((done, note)))
    async with Heartbeat(silent, "image/painter", every=0.01) as heard:
        heard.progress(0.4, "is starting")
        await asyncio.sleep(0.05)
    assert seen[1] == (0.4, "waits for image/painter since 0 s: is starting")


async def test_a_refused_key_is_named_by_its_variable(tmp_path: Path) -> None:
    painter = Fake("image/painter", Unauthorized("bad key", connector="image/painter"))
    painter.about = dataclasses.replace(painter.about, key_variable="PAINTER_KEY")
    with pytest.raises(Unauthorized, match="bad key; check PAINTER_KEY and the account"):
        await Desk(tmp_path, painter).make(HERO, an_image_request())


async def test_a_free_call_whose_line_broke_says_nothing_of_money(tmp_path: Path) -> None:
    painter = Fake("image/painter", *[unavailable(maybe_charged=True) for _ in range(4)])
    with pytest.raises(Unavailable) as caught:
        await Desk(tmp_path, painter).make(HERO, an_image_request())
    assert "charged" not in str(caught.value)


async def test_a_gateway_that_gave_up_on_a_paid_call_names_the_doubt(
    tmp_path: Path,
) -> None:
    broken = unavailable(maybe_charged=True)
    desk = Desk(tmp_path, Fake("image/painter", broken, usd=0.5))
    with pytest.raises(Unavailable, match="whether it was charged is not known"):
        await desk.make(HERO, an_image_request())


async def test_a_free_call_whose_line_broke_is_repeated(tmp_path: Path) -> None:
    broken = unavailable(maybe_charged=True)
    painter = Fake("image/painter", broken)
    assert (await Desk(tmp_path, painter).make(HERO, an_image_request())).state == "made"
    assert painter.calls == 2


@pytest.mark.parametrize("error", [Malformed, Rejected])
async def test_what_was_charged_and_is_of_no_use_counts(tmp_path: Path, error: Any) -> None:
    filtered = error("filtered", connector="image/painter")
    filtered.charged, filtered.usage = True, Usage("painter-1", 1.0, 0.08)
    desk = Desk(tmp_path, Fake("image/painter", filtered, usd=0.1), ledger=Budget(1.0))
    with pytest.raises(error):
        await desk.make(HERO, an_image_request())
    assert (desk.ledger.total(), desk.ledger.unusable) == (0.08, 1)


async def test_an_unreadable_answer_of_a_paid_call_has_an_unknown_cost(
    tmp_path: Path,
) -> None:
    cut = Malformed("cut off", connector="image/painter")
    desk = Desk(tmp_path, Fake("image/painter", cut, usd=0.1), ledger=Budget(1.0))
    with pytest.raises(Malformed):
        await desk.make(HERO, an_image_request())
    assert (desk.ledger.spent, desk.ledger.total(), desk.ledger.unusable) == (0.1, None, 1)


async def test_a_refused_picture_costs_what_its_answer_says(tmp_path: Path) -> None:
    painter = Fake("image/painter", image(png(Size(4, 4))), usd=0.5)
    with pytest.raises(Malformed) as caught:
        await Desk(tmp_path, painter).make(HERO, an_image_request())
    assert (caught.value.charged, caught.value.usage) == (True, FREE)


def test_waits_grow_have_an_end_and_are_the_same_twice() -> None:
    retry = Retry(first=2.0, longest=30.0)
    waits = [_wait(retry, attempt, unavailable(), "k") for attempt in range(7)]
    assert waits == [_wait(retry, attempt, unavailable(), "k") for attempt in range(7)]
    assert waits[0] < waits[1] < waits[2] < waits[3]
    assert max(waits) <= 30.0 * 1.3
    assert waits != [_wait(retry, attempt, unavailable(), "other") for attempt in range(7)]


# --- time


async def test_a_connector_that_hangs_is_stopped(tmp_path: Path) -> None:
    painter = Fake("image/painter", *[30.0] * 4)
    unit = a_unit("hero", "image/painter", timeout=0.02)
    with pytest.raises(Unavailable, match=r"no answer in 0\.02 s; asked 4 times$"):
        await Desk(tmp_path, painter).make(unit, an_image_request())
    assert (painter.calls, painter.cancelled) == (4, 4)


async def test_a_paid_call_whose_end_is_unknown_is_never_repeated(tmp_path: Path) -> None:
    painter = Fake("image/painter", 30.0, usd=0.5)
    desk = Desk(tmp_path, painter)
    unit = a_unit("hero", "image/painter", timeout=0.2)
    with pytest.raises(Unavailable, match="whether it was charged is not known"):
        await desk.make(unit, an_image_request())
    assert painter.calls == 1
    assert (desk.ledger.spent, desk.ledger.total()) == (0.5, None)


async def test_a_cancelled_unit_stops_its_call_at_once(tmp_path: Path) -> None:
    painter = Fake("image/painter", 30.0)
    task = asyncio.create_task(Desk(tmp_path, painter).make(HERO, an_image_request()))
    while not painter.calls:
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 1.0)
    assert painter.cancelled == 1


# --- jobs


async def test_a_job_that_was_submitted_is_collected_and_not_paid_again(
    tmp_path: Path,
) -> None:
    painter = Submitting("image/painter", 30.0)
    task = asyncio.create_task(Desk(tmp_path, painter).make(HERO, an_image_request()))
    while not painter.calls:
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await Desk(tmp_path, painter).make(HERO, an_image_request())).state == "made"
    assert painter.payments == 1
    assert not list((tmp_path / "jobs").rglob("*.json"))


async def test_a_job_that_takes_too_long_is_waited_for_again(tmp_path: Path) -> None:
    painter = Submitting("image/painter", 30.0)
    unit = a_unit("hero", "image/painter", timeout=0.3)
    assert (await Desk(tmp_path, painter).make(unit, an_image_request())).state == "made"
    assert (painter.payments, painter.calls) == (1, 2)


async def test_a_job_that_was_refused_is_forgotten(tmp_path: Path) -> None:
    painter = Submitting("image/painter", Rejected("no", connector="image/painter"))
    with pytest.raises(Rejected):
        await Desk(tmp_path, painter).make(HERO, an_image_request())
    assert (await Desk(tmp_path, painter).make(HERO, an_image_request())).state == "made"
    assert painter.payments == 2


async def test_a_fallback_never_collects_the_first_one_s_job(tmp_path: Path) -> None:
    first = Submitting("image/painter", *[unavailable()] * 4)
    other = Submitting("image/other")
    unit = a_unit("hero", "image/painter", fallback=("image/other",))
    await Desk(tmp_path, first, other).make(unit, an_image_request())
    assert (first.payments, other.payments) == (1, 1)


# --- money


async def test_units_at_once_cannot_overshoot_the_budget(tmp_path: Path) -> None:
    painter = Fake("image/painter", *[0.02] * 5, usd=1.0)
    desk = Desk(tmp_path, painter, ledger=Budget(2.5))
    made = await asyncio.gather(
        *(desk.make(HERO, an_image_request(prompt=f"fig {n}")) for n in range(5)),
        return_exceptions=True,
    )
    assert sum(isinstance(entry, BudgetExceeded) for entry in made) == 3
    assert (painter.calls, desk.ledger.spent, desk.ledger.reserved) == (2, 2.0, 0.0)


async def test_a_budget_that_does_not_stop_only_counts(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Fake("image/painter", usd=1.0), ledger=Budget(0.5, stop=False))
    await desk.make(HERO, an_image_request())
    assert desk.ledger.total() == 1.0


async def test_what_is_free_is_made_when_the_budget_is_spent(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Fake("image/painter"), ledger=Budget(0.0))
    assert (await desk.make(HERO, an_image_request())).state == "made"


async def test_an_unknown_cost_makes_the_total_unknown(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Fake("image/painter", usd=None), ledger=Budget(5.0))
    await desk.make(HERO, an_image_request())
    assert desk.ledger.total() is None


async def test_a_failed_call_gives_its_reservation_back(tmp_path: Path) -> None:
    painter = Fake("image/painter", Rejected("no", connector="image/painter"), usd=1.0)
    desk = Desk(tmp_path, painter, ledger=Budget(1.0))
    with pytest.raises(Rejected):
        await desk.make(HERO, an_image_request())
    assert (desk.ledger.spent, desk.ledger.reserved) == (0.0, 0.0)


# --- connectors that lie


def image(data: bytes, media_type: Any = "image/png", size: Size = SIZE) -> Image:
    return Image(data, media_type, size, FREE)


def blank(colour: str) -> bytes:
    from PIL import Image as Pillow

    return encode_png(Pillow.new("RGB", (8, 6), colour))


def jpeg() -> bytes:
    from PIL import Image as Pillow

    return encode_jpeg(Pillow.new("RGB", (8, 6), "red"))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (image(png(Size(4, 4))), "was asked for 8x6 pixels and answered 4x4"),
        (image(png(), size=Size(4, 4)), "was asked for 8x6 pixels and answered 8x6"),
        (image(b""), "the picture: is empty"),
        (image(b"<html>429</html>"), "its content is XML or HTML"),
        (image(png(Size(8, 6))[:60]), "answered a damaged picture: it ends before"),
        (image(blank("black")), "answered a picture that is all black"),
        (image(blank("#884422")), "answered a picture that is one flat colour"),
        (image(jpeg()), "answered image/jpeg as image/png"),
        (image(png(), "image/gif"), "answered image/png as image/gif"),
        (Image(None, "image/png", SIZE, FREE), "answered a picture without bytes"),  # type: ignore[arg-type]
        (Copy((), FREE), "answered a Copy to a image request"),
        ("a fig", "answered a str to a image request"),
    ],
)
async def test_a_picture_that_is_not_what_was_asked_for_is_malformed(
    tmp_path: Path, answer: object, says: str
) -> None:
    painter = Fake("image/painter", answer)
    with pytest.raises(Malformed, match=f"^image/painter: .*{says}"):
        await Desk(tmp_path, painter).make(HERO, an_image_request())


async def test_a_flat_picture_is_taken_where_the_prompt_asks_for_one(
    tmp_path: Path,
) -> None:
    painter = Fake("image/painter", image(blank("#884422")))
    request = an_image_request(prompt="a plain brown background")
    assert (await Desk(tmp_path, painter).make(HERO, request)).state == "made"


@pytest.mark.parametrize(
    ("items", "says"),
    [
        ((), "answered no text at all"),
        (({"body": "figs"},), "left out headline"),
        (({"headline": None},), "left out headline"),
        (("figs",), "answered text without field names"),
    ],
)
async def test_copy_without_its_fields_is_malformed(
    tmp_path: Path, items: Any, says: str
) -> None:
    writer = Fake("copy/writer", Copy(items, FREE))
    with pytest.raises(Malformed, match=f"copy/writer: {says}"):
        await Desk(tmp_path, writer).make(a_unit("words", "copy/writer"), a_copy_request())


async def test_fields_that_nobody_asked_for_are_left_out(tmp_path: Path) -> None:
    writer = Fake("copy/writer", Copy(({"headline": "Figs", "thoughts": "hm"},), FREE))
    unit = a_unit("words", "copy/writer")
    outcome = await Desk(tmp_path, writer).make(unit, a_copy_request())
    assert outcome.product.items == ({"headline": "Figs"},)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Cutout(png(), SIZE, FREE), "answered a cutout without alpha"),
        (Cutout(png(Size(4, 4), "RGBA"), SIZE, FREE), "answered 4x4"),
        (Cutout(png(mode="RGBA"), SIZE, FREE), ""),
    ],
)
async def test_a_cutout_has_alpha_and_the_size_of_its_picture(
    tmp_path: Path, answer: Cutout, says: str
) -> None:
    picture = Picture(Artifact.of(png(), "image/png"), SIZE, png())
    desk = Desk(tmp_path, Fake("cutout/knife", answer))
    made = desk.make(a_unit("cut", "cutout/knife"), a_cutout_request(picture))
    if says:
        with pytest.raises(Malformed, match=says):
            await made
    else:
        assert (await made).product.kind == "cutout"


@pytest.mark.parametrize("data", [b"", b"<html>", None])
async def test_a_deck_that_is_no_presentation_is_malformed(
    tmp_path: Path, data: Any
) -> None:
    desk = Desk(tmp_path, Fake("slides/pptx", Deck(data, 3, FREE)))
    with pytest.raises(Malformed, match=r"slides/pptx: answered a deck that is no \.pptx"):
        await desk.make(a_unit("deck", "slides/pptx"), a_slides_request())


async def test_a_bug_in_a_connector_is_named_and_leaks_no_secret(tmp_path: Path) -> None:
    painter = Fake("image/painter", KeyError("Bearer sk-live-123"))
    with pytest.raises(Malformed) as caught:
        await Desk(tmp_path, painter).make(HERO, an_image_request())
    said = str(caught.value)
    assert said.startswith("image/painter: raised KeyError at fakes.py:")
    assert "sk-live" not in said
    assert caught.value.__suppress_context__


async def test_a_network_error_that_escapes_is_unavailable_and_leaks_no_secret(
    tmp_path: Path,
) -> None:
    refused = ConnectionRefusedError(111, "Connection refused", "https://user:pw@proxy")
    painter = Fake("image/painter", *[refused] * 4)
    with pytest.raises(Unavailable) as caught:
        await Desk(tmp_path, painter).make(HERO, an_image_request())
    assert str(caught.value) == "image/painter: ConnectionRefusedError: Connection refused"


async def test_an_answer_without_usage_has_an_unknown_cost(tmp_path: Path) -> None:
    drawn = Image(png(), "image/png", SIZE, None)  # type: ignore[arg-type]
    desk = Desk(tmp_path, Fake("image/painter", drawn))
    outcome = await desk.make(HERO, an_image_request())
    assert outcome.records[0].usage[0].usd is None


async def test_a_disk_that_is_full_is_told_and_nothing_half_written_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise DiskError("the disk is full")

    for writer in ("write_atomic", "write_own"):
        monkeypatch.setattr(f"triptych.store.folder.{writer}", full)
    with pytest.raises(TriptychError, match="the disk is full"):
        await Desk(tmp_path, Fake("image/painter")).make(HERO, an_image_request())
    monkeypatch.undo()
    desk = Desk(tmp_path, Fake("image/painter"))
    assert (await desk.make(HERO, an_image_request())).state == "made"
