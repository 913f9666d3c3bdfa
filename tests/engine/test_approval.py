import json
import shutil
from pathlib import Path

import pytest

from connectors import about, open_connectors
from tests.engine.test_campaign import WORKFLOW
from triptych.engine.approval import Approve, Decision, ask_from, asks_in, nobody
from triptych.engine.campaign import make_campaign
from triptych.engine.events import ApprovalDue, Event
from triptych.engine.result import Result
from triptych.errors import UnknownUnit
from triptych.resources import templates
from triptych.store.contract import ChangeRequest, Run
from triptych.store.folder import FolderStore
from triptych.workflow.load import load_campaign
from triptych.workflow.plan import Plan, make_plan

AT = "2026-11-25T09:30:00+00:00"
YES = Decision(approved=True, by="Ada", at=AT, comment="Lovely")


class Room:
    """A campaign whose packs need approval, with its store and its packs' folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.store = FolderStore(root / "store")
        shutil.copytree(templates() / "brands" / "figuera", root / "brand")
        shutil.copy(templates() / "briefs" / "figuera" / "brief.md", root / "brief.md")
        text = WORKFLOW.replace("release: evals-pass", "release: approved")
        (root / "words.yaml").write_text(text)
        self.events: list[Event] = []

    def plan(self) -> Plan:
        return make_plan(load_campaign(self.root / "words.yaml", about=about), about)

    async def run(
        self, approve: Approve = nobody, packs: str = "packs", run: Run | None = None
    ) -> Result:
        plan = self.plan()
        tools = open_connectors(plan.connectors(), {})
        folder = self.root / packs
        tell = self.events.append
        return await make_campaign(
            plan, tools, self.store, folder, tell, approve=approve, run=run
        )

    def zips(self, packs: str = "packs") -> dict[str, bytes]:
        found = (self.root / packs).rglob("*.zip")
        return {str(p.relative_to(self.root / packs)): p.read_bytes() for p in found}


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


async def yes(_result: Result) -> Decision:
    return YES


async def test_no_zip_leaves_before_somebody_says_so(room: Room) -> None:
    result = await room.run()
    assert result.run.state == "waiting"
    assert len(result.waiting) == len(result.packs)
    assert not room.zips()
    (due,) = [event for event in room.events if isinstance(event, ApprovalDue)]
    assert due.packs == tuple(pack.name for pack in result.packs)


async def test_a_run_that_goes_on_with_its_answer_asks_nobody_again(room: Room) -> None:
    waiting = await room.run()
    ended = await room.run(yes, run=waiting.run)
    assert (ended.run.id, ended.run.state) == (waiting.run.id, "done")
    assert len([e for e in room.events if isinstance(e, ApprovalDue)]) == 1


async def test_an_approval_lets_the_zips_leave_and_the_manifest_says_whose(
    room: Room,
) -> None:
    result = await room.run(yes)
    assert result.run.state == "done"
    assert len(room.zips()) == len(result.packs)
    manifest = json.loads((result.packs[0].folder / "manifest.json").read_bytes())
    assert manifest["approved"] == {"by": "Ada", "at": AT, "comment": "Lovely"}
    page = (result.packs[0].folder / "index.html").read_text()
    assert "by Ada, 2026-11-25 09:30 UTC" in page


async def test_equal_content_approved_once_is_approved_and_equal_bytes(room: Room) -> None:
    await room.run(yes)
    again = await room.run(nobody, "elsewhere")
    assert again.run.state == "done"
    assert room.zips("elsewhere") == room.zips()


async def test_other_content_needs_another_word(room: Room) -> None:
    await room.run(yes)
    file = room.root / "words.yaml"
    file.write_text(file.read_text().replace("Write the ad.", "Write the ad, please."))
    again = await room.run()
    assert again.run.state == "waiting"
    assert not room.zips()  # what lies there is no longer what was approved


async def test_a_rejection_is_kept_as_asks_on_the_units_it_names(room: Room) -> None:
    async def no(result: Result) -> Decision:
        unit = next(iter(result.outcomes))
        said = f"{unit}: shorter, please\nThe tone is too loud."
        asks = (ChangeRequest(unit, "say figs"),)
        return Decision(approved=False, by="Bo", at=AT, comment=said, asks=asks)

    result = await room.run(no)
    unit = next(iter(result.outcomes))
    assert result.run.state == "rejected"
    assert not room.zips()
    (kept,) = room.store.runs()
    assert kept.asks == (
        ChangeRequest(unit, "say figs", "Bo", AT),
        ChangeRequest(unit, "shorter, please", "Bo", AT),
        ChangeRequest("", "The tone is too loud.", "Bo", AT),
    )


async def test_a_run_that_waited_goes_on_as_the_same_run(room: Room) -> None:
    first = await room.run()
    plan = room.plan()
    tools = open_connectors(plan.connectors(), {})
    folder = room.root / "packs"
    second = await make_campaign(
        plan, tools, room.store, folder, lambda _: None, approve=yes, run=first.run
    )
    assert [run.id for run in room.store.runs()] == [first.run.id]
    assert second.run.state == "done"
    assert {outcome.state for outcome in second.outcomes.values()} == {"reused"}


def test_a_comment_that_names_no_unit_is_about_the_campaign() -> None:
    decision = Decision(approved=False, by="Bo", at=AT, comment="note: not a unit\n\nmore")
    assert asks_in(decision, {"words": "key"}) == [
        ChangeRequest("", "note: not a unit more")
    ]


def test_an_ask_on_a_unit_that_is_not_there_names_those_that_are() -> None:
    assert ask_from("words[de]=shorter", ["words[de]"]) == ChangeRequest(
        "words[de]", "shorter"
    )
    with pytest.raises(UnknownUnit, match=r"units are: words\[de\], words\[en\]"):
        ask_from("words=shorter", ["words[de]", "words[en]", "hero"])
