"""What every check promises; a check's test class inherits this.

A class gives `good()` and `bad()`: views that pass and fail it. What needs no tool that
is missing here measures both.
"""

import dataclasses
from typing import Any

import pytest

from triptych.evals.contract import Check, CheckResult, Rule
from triptych.evals.measure import key_of, measured
from triptych.evals.registry import load
from triptych.evals.view import View


class CheckContract:
    """A check is pure, says where and why, and never passes what it did not see."""

    name: str

    @pytest.fixture
    def check(self) -> Check:
        return load(self.name)

    @pytest.fixture
    def good(self) -> View:
        raise NotImplementedError

    @pytest.fixture
    def bad(self) -> View:
        raise NotImplementedError

    def test_is_called_as_it_is_listed(self, check: Check) -> None:
        assert check.about.name == self.name
        assert check.about.kind == "check"
        assert check.about.version
        assert check.about.summary

    def test_passes_what_is_good(self, check: Check, good: View) -> None:
        result = check.measure(good, Rule())
        assert (result.state, result.findings) == ("passed", ())
        assert result.score is None or 0 <= result.score <= 1

    def test_fails_what_is_bad_and_says_where(self, check: Check, bad: View) -> None:
        result = check.measure(bad, Rule())
        assert result.state == "failed"
        assert all(finding.where and finding.message for finding in result.findings)
        assert {finding.check for finding in result.findings} == {self.name}

    def test_ranks_the_good_above_the_bad(
        self, check: Check, good: View, bad: View
    ) -> None:
        better, worse = (check.measure(view, Rule()).score for view in (good, bad))
        assert better is not None
        assert worse is not None
        assert better > worse

    def test_does_not_pass_what_it_did_not_see(self, check: Check, good: View) -> None:
        nothing = View((), (), good.context)
        assert check.measure(nothing, Rule()).state == "not measured"

    def test_measures_equal_views_alike(self, check: Check, bad: View) -> None:
        assert check.measure(bad, Rule()) == check.measure(bad, Rule())

    def test_keeps_its_result_whole(self, bad: View) -> None:
        first: CheckResult = measured(self.name, Rule(), bad)
        assert measured(self.name, Rule(), bad) == first

    def test_has_another_key_for_another_rule_and_view(
        self, check: Check, good: View, bad: View
    ) -> None:
        rules = [Rule(), Rule(min=0.5), Rule(max=0.5)]
        keys: set[Any] = {
            key_of(check, rule, view) for rule in rules for view in (good, bad)
        }
        assert len(keys) == 6
        newer = type("Newer", (type(check),), {})()
        newer.about = dataclasses.replace(check.about, version="next")
        assert key_of(newer, Rule(), good) not in keys
