"""When models end, and what is said of it."""

from datetime import date

import pytest

from connectors import BUILTIN, about
from connectors.sdk.lifecycles import ending_of

TODAY = date(2026, 12, 1)


@pytest.mark.parametrize("uses", BUILTIN)
def test_no_default_model_has_ended_or_ends_soon(uses: str) -> None:
    ending = ending_of(uses.partition("/")[2], about(uses).model)
    assert ending is None or not ending.notice(TODAY)


@pytest.mark.parametrize(
    ("model", "today", "said"),
    [
        ("gpt-5", date(2026, 11, 10), ""),
        ("gpt-5", date(2026, 11, 11), "ends on 2026-12-11, in 30 days; use gpt-6.1-sol"),
        ("gpt-5-2025-08-07", date(2026, 12, 10), "in 1 day;"),
        ("gpt-5", date(2026, 12, 11), "ended on 2026-12-11"),
        ("gpt-image-1-mini", TODAY, "use gpt-image-2.5-flare"),
    ],
)
def test_a_model_is_warned_of_30_days_before_its_end(
    model: str, today: date, said: str
) -> None:
    ending = ending_of("openai", model)
    assert ending is not None
    notice = ending.notice(today)
    assert said in notice
    assert bool(notice) == bool(said)


def test_a_model_without_an_end_is_not_listed() -> None:
    assert ending_of("openai", "gpt-6.1-sol") is None
    assert ending_of("nobody", "anything") is None
