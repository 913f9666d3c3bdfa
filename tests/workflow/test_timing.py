import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.documents.yaml import DocumentTree
from triptych.workflow.model import Schedule, Workflow
from triptych.workflow.timing import (
    never_fires,
    schedule_notes,
    schedule_problems,
    upcoming,
)

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)  # a Wednesday


def a_workflow(schedule: dict[str, Any], **more: Any) -> Workflow:
    data = {"triptych": 1, "name": "box", "brief": "b.md", "brand": "b/", **more}
    return Workflow.model_validate({**data, "schedule": schedule})


def wrong(schedule: dict[str, Any]) -> list[str]:
    return [str(p) for p in schedule_problems(a_workflow(schedule), DocumentTree({}))]


def never(schedule: dict[str, Any], **more: Any) -> list[str]:
    return [
        str(p) for p in never_fires(a_workflow(schedule, **more), DocumentTree({}), NOW)
    ]


@pytest.mark.parametrize(
    ("schedule", "says"),
    [
        ({}, "exactly one of cron, interval or rrule"),
        ({"cron": "0 6 * * *", "interval": "1h"}, "exactly one"),
        ({"cron": "every monday"}, "needs 5 fields"),
        ({"cron": "99 * * * *"}, "Bad minute"),
        ({"cron": "0 0 30 2 *"}, "Bad day-of-month"),
        ({"cron": "0 6 * * *", "timezone": "Europe/Atlantis"}, "no time zone"),
        ({"cron": "0 6 * * *", "timezone": "../etc"}, "no time zone"),
        ({"rrule": "FREQ=SOMETIMES"}, "cannot be read"),
    ],
)
def test_a_schedule_that_cannot_be_read_is_said_to_be(
    schedule: dict[str, Any], says: str
) -> None:
    (problem,) = wrong(schedule)
    assert says in problem
    assert "[T801]" in problem


def test_good_schedules_have_no_problems() -> None:
    assert not wrong({"cron": "0 6 * * mon-fri", "timezone": "Europe/Berlin"})
    assert not wrong({"interval": "7d"})
    assert not wrong({"rrule": "FREQ=WEEKLY;BYDAY=MO"})


def test_a_rule_that_is_over_never_fires() -> None:
    (problem,) = never({"rrule": "DTSTART:20200101T060000\nRRULE:FREQ=DAILY;COUNT=3"})
    assert "never fires after 2026-11-25" in problem
    assert "[T802]" in problem


def test_a_scheduled_run_has_nobody_to_fill_in_its_form() -> None:
    inputs = {"photo": {"type": "image", "required": True}}
    (problem,) = never({"cron": "0 6 * * *"}, inputs=inputs)
    assert "inputs.photo" in problem
    assert "[T803]" in problem


def test_times_are_those_of_the_zone() -> None:
    schedule = Schedule(cron="0 6 * * MON", timezone="Europe/Berlin")
    first = list(itertools.islice(upcoming(schedule, NOW), 2))
    assert [time.isoformat() for time in first] == [
        "2026-11-30T06:00:00",
        "2026-12-07T06:00:00",
    ]


def test_notes_say_what_clocks_skip_and_show_twice() -> None:
    notes = schedule_notes(Schedule(cron="30 2 * * *", timezone="Europe/Berlin"), NOW)
    assert "Thu 2026-11-26 02:30" in notes[0]
    assert "2027-03-28 02:30" in notes[1]
    assert "starts at 01:30" in notes[1]  # as Prefect 3.8.8 was measured to do
    assert "2027-10-31 02:30" in notes[2]
    assert len(notes) == 3


def test_a_paused_schedule_says_so_and_utc_has_no_surprises() -> None:
    (note,) = schedule_notes(Schedule(cron="30 2 * * *", paused=True), NOW)
    assert "paused" in note


@given(st.integers(0, 59), st.integers(0, 23), st.integers(0, 10**9))
def test_a_daily_time_comes_once_in_every_24_hours_of_the_wall(
    minute: int, hour: int, seconds: int
) -> None:
    schedule = Schedule(cron=f"{minute} {hour} * * *")
    now = NOW + timedelta(seconds=seconds)
    first, second = itertools.islice(upcoming(schedule, now), 2)
    assert now < first.replace(tzinfo=UTC) <= now + timedelta(days=1)
    assert second - first == timedelta(days=1)
