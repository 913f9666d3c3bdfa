from dataclasses import replace

from triptych.engine.events import (
    ApprovalDue,
    Event,
    PackBuilt,
    RunDone,
    RunStarted,
    UnitDone,
)
from triptych.engine.notifications import Notice, Notices
from triptych.pack.build import NOT_APPROVED
from triptych.workflow.model import BudgetRule

ALL = ("approval-due", "budget-warning", "pack-ready", "failed")
STARTED = RunStarted("autumn", units=2, packs=2, run="run-1")


def unit(usd: float | None = 0.0, error: str = "") -> UnitDone:
    state = "failed" if error else "made"
    return UnitDone("hero", "image/procedural", state, 1.0, usd, (), error)


def pack(name: str, *blocked: str, link: str = "") -> PackBuilt:
    path = "" if blocked else f"{name}.zip"
    return PackBuilt(name, f"packs/{name}", path, 5, blocked, link)


def done(state: str = "done", failed: int = 0, usd: float | None = 3.5) -> RunDone:
    return RunDone(state, 2, 0, failed, 9.0, usd, run="run-1")


def told(*events: Event, wanted: tuple[str, ...] = ALL) -> list[Notice]:
    notices = Notices(BudgetRule(usd=10.0), wanted)
    return [notice for event in (STARTED, *events) for notice in notices.of(event)]


def test_ready_packs_are_told_once_with_their_cost_and_links() -> None:
    (notice,) = told(pack("a/en", link="https://x.test/1"), pack("a/de"), done())
    assert notice.occasion == "pack-ready"
    assert notice.title == "autumn: 2 packs ready, for $3.50"
    assert notice.lines == ("a/en", "a/de")
    assert notice.links == (("a/en", "https://x.test/1"),)


def test_an_unknown_cost_is_not_called_zero() -> None:
    (notice,) = told(pack("a/en"), done(usd=None))
    assert "for an unknown cost" in notice.title


def test_approval_is_due_when_the_run_waits_and_is_told_again_as_a_reminder() -> None:
    due = ApprovalDue(("a/en", "a/de"), run="run-1")
    notices = told(pack("a/en", NOT_APPROVED), due, replace(due, reminder=1))
    assert [n.title for n in notices] == [
        "autumn: 2 packs for your approval",
        "autumn: still 2 packs for your approval",
    ]
    assert [n.again for n in notices] == [0, 1]
    assert told(pack("a/en", NOT_APPROVED)) == []


def test_packs_that_were_approved_are_told_as_ready_once() -> None:
    events = (pack("a/en", NOT_APPROVED), pack("a/en"), done())
    assert [n.lines for n in told(*events)] == [("a/en",)]


def test_a_pack_that_waits_for_approval_has_not_failed() -> None:
    events = (pack("a/en", NOT_APPROVED), pack("a/de", NOT_APPROVED), done("waiting"))
    assert told(*events) == []


def test_the_budget_is_told_once_when_its_line_is_crossed() -> None:
    notices = told(unit(5.0), unit(2.9), unit(0.2), unit(1.0))
    assert [n.title for n in notices] == ["autumn has spent $8.10 of $10.00"]


def test_failures_name_units_and_what_evals_held_back() -> None:
    events = (unit(error="no hero"), pack("a/en", "contrast is 2.1"), done("failed", 1))
    (notice,) = told(*events)
    assert notice.title == "autumn: 1 unit failed, 1 pack held back by evals"
    assert notice.lines == ("hero: no hero", "a/en: contrast is 2.1")


def test_a_long_list_is_cut_and_says_so() -> None:
    events = [unit(error=str(number)) for number in range(40)]
    (notice,) = told(*events, done("failed", 40))
    assert len(notice.lines) == 13
    assert notice.lines[-1] == "… and 28 more"


def test_only_what_is_wanted_is_told() -> None:
    assert told(pack("a/en"), done(), wanted=("failed",)) == []
