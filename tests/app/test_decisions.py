import asyncio
from pathlib import Path

import pytest

from connectors.stores import open_store
from tests.campaigns.words import words_campaign
from triptych.app.decisions import AmbiguousRun, NotWaiting, decide, waiting_run
from triptych.app.runs import RunService
from triptych.engine.approval import Decision
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


def test_a_process_that_waits_is_passed_the_decision(desk: Desk, tmp_path: Path) -> None:
    run = desk.run("Free delivery")
    passed: list[Decision] = []

    async def resume(_run: Run, decision: Decision) -> bool:
        passed.append(decision)
        return True

    from dataclasses import replace

    waiting = replace(run, flow="0000")
    outcome = asyncio.run(decide(waiting, YES, desk.store, {}, lambda _: None, resume))
    assert outcome.run is None
    assert passed == [YES]
    assert not (tmp_path / "packs" / "words-only.zip").exists()


def test_packs_of_a_changed_campaign_do_not_leave(desk: Desk) -> None:
    run = desk.run("Free delivery")
    desk.file.write_text(desk.file.read_text().replace("Write the ad", "Write an ad"))
    with pytest.raises(NotWaiting, match="changed since"):
        asyncio.run(decide(run, YES, desk.store, {}, lambda _: None))
