"""Checks of words find what they are for."""

from pathlib import Path

import pytest

from tests.contracts.check import CheckContract
from tests.evals.checks.views import words
from triptych.evals.contract import Check, Rule
from triptych.evals.view import View

LEGAL = "Delivery within the EU only."


class TestLimits(CheckContract):
    name = "limits"

    @pytest.fixture
    def good(self, tmp_path: Path) -> View:
        return words(tmp_path, {"headline": "Figs"}, headline=10)

    @pytest.fixture
    def bad(self, tmp_path: Path) -> View:
        return words(tmp_path, {"headline": "Figs, and more"}, headline=10)

    def test_accepts_the_very_last_character(self, check: Check, tmp_path: Path) -> None:
        exact = words(tmp_path, {"headline": "x" * 10}, headline=10)
        assert check.measure(exact, Rule()).measure == 1.0
        assert check.measure(exact, Rule()).state == "passed"


class TestBannedWords(CheckContract):
    name = "banned-words"

    @pytest.fixture
    def good(self, tmp_path: Path) -> View:
        return words(tmp_path, {"headline": "Figs"})

    @pytest.fixture
    def bad(self, tmp_path: Path) -> View:
        return words(tmp_path, {"headline": "A superfood"})


class TestFacts(CheckContract):
    name = "facts"

    @pytest.fixture
    def good(self, tmp_path: Path) -> View:
        return words(tmp_path, {"headline": "Figs for €29", "legal": LEGAL})

    @pytest.fixture
    def bad(self, tmp_path: Path) -> View:
        return words(tmp_path, {"headline": "Figs for €19", "legal": LEGAL})

    def test_leaves_what_must_be_said_out_where_the_file_says_so(
        self, check: Check, tmp_path: Path
    ) -> None:
        silent = words(tmp_path, {"headline": "Figs for €29"})
        assert check.measure(silent, Rule()).state == "failed"
        relaxed = Rule(params={"must_say": False})
        assert check.measure(silent, relaxed).state == "passed"
