import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.stores import open_store
from tests.campaigns.words import words_campaign
from triptych.app.decisions import AmbiguousRun, NotWaiting, decide, waiting_run
from triptych.app.runs import RunService
from triptych.engine.approval import Decision
from triptych.engine.events import Event, Notified
from triptych.store.contract import Run

YES = Decision(approved=True, by="Ana", at="2026-12-01T06:00:00+00:00")


class Desk:
    """A campaign whose packs need approval, and its store."""

    def __init__(self, folder: Path) -> None:
        self.file = words_campaign(folder, "pack: {release: approved}\n")
        self.packs = folder / "packs"
        self.store = open_store(str(folder / "store"), {})
        self.service = RunService(self.store, self.packs, lambda _: {}, lambda _: None)

    def run(self, offer: str) -> Run:
        before = {run.id for run in self.store.runs()}
        request = self.service.request(self.file, {"offer": offer})
        asyncio.run(self.service.run(request))
        (run,) = (run for run in self.store.runs() if run.id not in before)
        return run


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_one_waiting_run_is_found_by_the_name_of_its_workflow(desk: Desk) -> None:
    run = desk.run("Free delivery")
    assert waiting_run(desk.store, "words-only").id == run.id


def test_several_waiting_runs_are_listed_with_their_inputs(desk: Desk) -> None:
    first, second = desk.run("Free delivery"), desk.run("Half price")
    for name in ("words-only", "20"):
        with pytest.raises(AmbiguousRun) as caught:
            waiting_run(desk.store, name)
        text = str(caught.value)
        assert f"{first.id}  words-only  offer=Free delivery" in text
        assert f"{second.id}  words-only  offer=Half price" in text
        assert caught.value.exit_code == 2
    assert waiting_run(desk.store, first.id).id == first.id


def test_a_run_that_does_not_wait_says_what_it_does(desk: Desk) -> None:
    run = desk.run("Free delivery")
    asyncio.run(decide(run, YES, desk.store, {}, lambda _: None))
    with pytest.raises(NotWaiting, match="it is done"):
        waiting_run(desk.store, "words-only")
    with pytest.raises(NotWaiting, match="no run is called 'autumn'"):
        waiting_run(desk.store, "autumn")


def test_a_decision_is_carried_out_where_no_process_waits(desk: Desk) -> None:
    run = desk.run("Free delivery")
    outcome = asyncio.run(decide(run, YES, desk.store, {}, lambda _: None))
    assert outcome.run is not None
    assert outcome.run.state == "done"
    assert (desk.packs / "words-only.zip").is_file()


class Process:
    """Records what it is told; `waits` says whether somebody waits for the decision."""

    def __init__(self, *, waits: bool) -> None:
        self.waits = waits
        self.resumed: list[Decision] = []
        self.settled: list[str] = []

    async def resume(self, _run: Run, decision: Decision) -> bool:
        self.resumed.append(decision)
        return self.waits

    async def settle(self, run: Run, _decision: Decision) -> None:
        self.settled.append(run.state)


def test_a_process_that_waits_is_passed_the_decision(desk: Desk) -> None:
    run = replace(desk.run("Free delivery"), flow="0000")
    process = Process(waits=True)
    outcome = asyncio.run(decide(run, YES, desk.store, {}, lambda _: None, process))
    assert outcome.run is None
    assert process.resumed == [YES]
    assert not process.settled
    assert not (desk.packs / "words-only.zip").exists()


def test_a_process_that_ended_is_told_what_came_of_it(desk: Desk) -> None:
    run = replace(desk.run("Free delivery"), flow="0000")
    process = Process(waits=False)
    asyncio.run(decide(run, YES, desk.store, {}, lambda _: None, process))
    assert process.settled == ["done"]


def test_a_decision_without_a_process_sends_pack_ready(desk: Desk) -> None:
    text = "notify: {webhook: 'http://127.0.0.1:9/x', events: [pack-ready]}\n"
    desk.file.write_text(desk.file.read_text() + text)
    run = desk.run("Free delivery")
    events: list[Event] = []
    asyncio.run(decide(run, YES, desk.store, {}, events.append))
    (notified,) = (event for event in events if isinstance(event, Notified))
    assert notified.occasion == "pack-ready"


def test_packs_of_a_changed_campaign_do_not_leave(desk: Desk) -> None:
    run = desk.run("Free delivery")
    desk.file.write_text(desk.file.read_text().replace("Write the ad", "Write an ad"))
    with pytest.raises(NotWaiting, match="changed since"):
        asyncio.run(decide(run, YES, desk.store, {}, lambda _: None))


def test_the_next_run_does_not_replace_the_approved_pack_in_the_store(desk: Desk) -> None:
    run = desk.run("Free delivery")
    asyncio.run(decide(run, YES, desk.store, {}, lambda _: None))
    approved = (desk.packs / "words-only.zip").read_bytes()
    other = desk.run("Half price")
    assert not (desk.packs / "words-only.zip").exists()
    ((name, path),) = desk.store.links(run.id).items()
    assert name == "words-only.zip"
    assert Path(path).read_bytes() == approved
    assert desk.store.links(other.id) == {}
