from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.evals.test_texts import BRAND, BRIEF
from triptych.contracts import Level, Product, Usage
from triptych.evals.run import EvalResult, PackView, run_evals
from triptych.evals.scores import score_candidate
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
    subject = PackView(outcomes, BRIEF, BRAND, "en-GB", FolderStore(tmp_path))
    (only,) = run_evals({"mine": rule}, subject)
    return only


GOOD = {"headline": "Figs for €29", "legal": LEGAL}


@pytest.mark.parametrize("check", ["limits", "banned-words", "facts"])
def test_good_words_pass(check: str, tmp_path: Path) -> None:
    found = result(Rule(check), tmp_path, outcome(GOOD))
    assert found == EvalResult("mine", check, "block", "passed")
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


def a_score(check: str, kind: Any, *items: Mapping[str, str]) -> float | None:
    return score_candidate(check, Product(kind=kind, items=items), BRIEF, BRAND)


def test_a_candidate_loses_for_each_text_with_a_finding() -> None:
    assert a_score("facts", "copy", GOOD) == 1.0
    assert a_score("facts", "copy", {"headline": "9 figs", "body": "€29"}) == 0.5


def test_a_candidate_without_a_measure_has_no_score() -> None:
    assert a_score("reads-back", "copy", GOOD) is None
    assert a_score("facts", "image") is None
