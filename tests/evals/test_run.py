import asyncio
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.evals.test_texts import BRAND, BRIEF
from triptych.contracts import Level, Product, Usage
from triptych.evals.checks.text.limits import Limits
from triptych.evals.contract import CheckResult
from triptych.evals.run import EvalResult, run_evals
from triptych.evals.scores import score_candidate
from triptych.evals.view import Context, Made, View
from triptych.store.contract import Outcome, Record
from triptych.store.folder import FolderStore
from triptych.workflow.units import Unit

LEGAL = "Delivery within the EU only."


@dataclass(frozen=True)
class Rule:
    check: str
    on: tuple[str, ...] = ("steps.words",)
    level: Level = "block"
    min: float | None = None
    max: float | None = None
    with_: Mapping[str, Any] = field(default_factory=dict)


def outcome(
    *items: Mapping[str, str], best: int = 0, state: Literal["made", "skipped"] = "made"
) -> Outcome:
    unit = Unit("words", "step", "words", "copy/phrasebook", "copy", {}, ())
    product = Product(kind="copy", items=items, best=best, ran=state == "made")
    request = {"fields": {"headline": 20, "legal": 90}}
    usage = (Usage("test", 0.0),)
    record = Record("k" * 64, "words", unit.uses, "1", request, (), 0, product, usage)
    return Outcome(unit, state, product, (record,))


def result(rule: Rule, tmp_path: Path, *outcomes: Outcome) -> EvalResult:
    context = Context(BRIEF, BRAND, "en-GB", FolderStore(tmp_path))
    (only,) = asyncio.run(run_evals({"mine": rule}, outcomes, context))
    return only


GOOD = {"headline": "Figs for €29", "legal": LEGAL}


@pytest.mark.parametrize("check", ["limits", "banned-words", "facts"])
def test_good_words_pass(check: str, tmp_path: Path) -> None:
    found = result(Rule(check), tmp_path, outcome(GOOD))
    assert (found.state, found.level, found.findings) == ("passed", "block", ())
    assert not found.blocks


@pytest.mark.parametrize(
    ("check", "headline"),
    [
        ("limits", "Figs, and then a good many more"),
        ("banned-words", "A superfood"),
        ("facts", "Figs for €19"),
    ],
)
def test_bad_words_fail_and_say_where(check: str, headline: str, tmp_path: Path) -> None:
    found = result(Rule(check), tmp_path, outcome({**GOOD, "headline": headline}))
    assert found.state == "failed"
    assert found.blocks
    assert [finding.where for finding in found.findings] == ["words.headline"]


def test_a_failure_that_only_warns_does_not_block(tmp_path: Path) -> None:
    found = result(Rule("facts", level="warn"), tmp_path, outcome({"headline": "9 figs"}))
    assert found.state == "failed"
    assert not found.blocks
    assert {finding.level for finding in found.findings} == {"warn"}


def test_only_the_chosen_words_are_held_against_a_pack(tmp_path: Path) -> None:
    found = result(Rule("facts"), tmp_path, outcome({"headline": "9"}, GOOD, best=1))
    assert found.state == "passed"


def test_every_item_has_to_keep_its_limits(tmp_path: Path) -> None:
    long = {"headline": "Figs, and then a good many more"}
    assert result(Rule("limits"), tmp_path, outcome(GOOD, long)).state == "failed"


@pytest.mark.parametrize("check", ["reads-back", "on-brand", "contrast"])
def test_what_nothing_measured_is_not_called_passed(check: str, tmp_path: Path) -> None:
    assert result(Rule(check), tmp_path, outcome(GOOD)).state == "not measured"


def test_a_step_that_did_not_run_is_not_measured(tmp_path: Path) -> None:
    skipped = outcome(state="skipped")
    assert result(Rule("limits"), tmp_path, skipped).state == "not measured"


def test_a_selector_with_a_star_means_every_step(tmp_path: Path) -> None:
    found = result(Rule("facts", on=("steps.*",)), tmp_path, outcome(GOOD))
    assert found.state == "passed"
    elsewhere = Rule("facts", on=("deliverables.*",))
    assert result(elsewhere, tmp_path, outcome(GOOD)).state == "not measured"


def a_score(
    tmp_path: Path, check: str, kind: Any, *items: Mapping[str, str]
) -> float | None:
    made = Made("words", Product(kind=kind, items=items), {})
    context = Context(BRIEF, BRAND, "en-GB", FolderStore(tmp_path))
    return asyncio.run(score_candidate(check, made, context))


def test_a_candidate_loses_for_each_text_with_a_finding(tmp_path: Path) -> None:
    assert a_score(tmp_path, "facts", "copy", GOOD) == 1.0
    assert a_score(tmp_path, "facts", "copy", {"headline": "9 figs", "body": "€29"}) == 0.5


def test_every_item_of_a_candidate_counts(tmp_path: Path) -> None:
    bad = {"headline": "9 figs", "body": "8 figs"}
    assert a_score(tmp_path, "facts", "copy", GOOD, bad) == 0.5


def test_a_candidate_without_a_measure_has_no_score(tmp_path: Path) -> None:
    assert a_score(tmp_path, "reads-back", "copy", GOOD) is None
    assert a_score(tmp_path, "facts", "image") is None


def test_a_bound_and_parameters_of_the_file_count(tmp_path: Path) -> None:
    words = outcome({"headline": "Figs for all of us"})  # 18 of 20 characters
    assert result(Rule("limits"), tmp_path, words).state == "passed"
    tight = result(Rule("limits", max=0.8), tmp_path, words)
    assert (tight.state, tight.measure) == ("failed", 0.9)
    extra = Rule("banned-words", with_={"words": ["figs"]})
    assert result(extra, tmp_path, words).state == "failed"


def test_wide_characters_count_double_where_the_file_says_so(tmp_path: Path) -> None:
    wide = outcome({"headline": "秋の果物がそろいました"})  # 11 characters, 22 columns
    assert result(Rule("limits"), tmp_path, wide).state == "passed"
    counted = Rule("limits", with_={"counting": "width"})
    assert result(counted, tmp_path, wide).state == "failed"


def test_wide_characters_count_double_where_the_step_counts_so(tmp_path: Path) -> None:
    made = outcome({"headline": "秋の果物がそろいました"})
    record = dataclasses.replace(
        made.records[0], request={**made.records[0].request, "counting": "width"}
    )
    wide = dataclasses.replace(made, records=(record,))
    assert result(Rule("limits"), tmp_path, wide).state == "failed"


def test_a_result_is_measured_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    measure = Limits.measure

    def counted(self: Limits, view: View, rule: Any, /) -> CheckResult:
        calls.append("limits")
        return measure(self, view, rule)

    monkeypatch.setattr(Limits, "measure", counted)
    first = result(Rule("limits"), tmp_path, outcome(GOOD))
    assert result(Rule("limits"), tmp_path, outcome(GOOD)) == first
    assert calls == ["limits"]
    assert result(Rule("limits"), tmp_path, outcome({"headline": "x" * 30})).findings
    assert calls == ["limits", "limits"]


def test_what_is_not_measured_says_why(tmp_path: Path) -> None:
    assert "recognition" in result(Rule("reads-back"), tmp_path, outcome(GOOD)).why
