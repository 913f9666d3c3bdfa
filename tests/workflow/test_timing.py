import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.campaigns.small import a_folder
from triptych.documents.yaml import DocumentTree, Position
from triptych.workflow.model import Schedule, Workflow
from triptych.workflow.timing import (
    never_fires,
    schedule_notes,
    schedule_problems,
    upcoming,
)

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)  # a Wednesday


def a_workflow(schedule: Any, **more: Any) -> Workflow:
    data = {"triptych": 1, "name": "box", "brief": "b.md", "brand": "b/", **more}
    return Workflow.model_validate({**data, "schedule": schedule})


def wrong(schedule: Any) -> list[str]:
    return [str(p) for p in schedule_problems(a_workflow(schedule), DocumentTree({}))]


def never(schedule: dict[str, Any], **more: Any) -> list[str]:
    return [
        str(p) for p in never_fires(a_workflow(schedule, **more), DocumentTree({}), NOW)
    ]


@pytest.mark.parametrize(
    ("schedule", "says"),
    [
        ({}, "exactly one of cron, interval, rrule or on"),
        ({"cron": "0 6 * * *", "interval": "1h"}, "exactly one"),
        ({"cron": "every monday"}, "needs 5 fields"),
        ({"cron": "99 * * * *"}, "Bad minute"),
        ({"cron": "0 0 30 2 *"}, "Bad day-of-month"),
        ({"cron": "0 6 * * *", "timezone": "Europe/Atlantis"}, "no time zone"),
        ({"cron": "0 6 * * *", "timezone": "../etc"}, "no time zone"),
        ({"rrule": "FREQ=SOMETIMES"}, "cannot be read"),
        ({"cron": "0 6 */2 * 6"}, "names days and weekdays, and cron runs on either"),
        ({"cron": "0 6 1-31 * 6"}, "names days and weekdays"),
        ({"cron": "0 6 * * FRI-MON"}, "Bad day-of-week"),
        ({"cron": "0 6 ? * *"}, "'?'; use rrule or on"),
        ({"cron": "0 6 LW * *"}, "'LW'; use rrule or on"),
        ({"cron": "* * 30 2 0"}, "Bad day-of-month"),
        ({"cron": "@reboot"}, "or one of @hourly, @daily"),
        ({"rrule": "FREQ=MINUTELY"}, "use interval: or cron:"),
        ({"rrule": "FREQ=DAILY;COUNT=3;UNTIL=20270101T000000"}, "not by both"),
        (
            {
                "rrule": "DTSTART:20260105T090000Z\nRRULE:FREQ=DAILY",
                "timezone": "Asia/Tokyo",
            },
            "without Z and TZID",
        ),
        (
            {
                "rrule": "DTSTART;TZID=Europe/Berlin:20260105T090000\nRRULE:FREQ=DAILY",
                "timezone": "Asia/Tokyo",
            },
            "starts in Europe/Berlin, but timezone: is Asia/Tokyo",
        ),
        ({"rrule": "FREQ=DAILY;X" + "=1" * 4000}, "longer than 6,500 characters"),
        ({"interval": "30s"}, "at least a minute"),
        ({"on": "second blue moon"}, "is no day; write e.g. first monday"),
        ({"on": "first monday", "at": "9"}, "is no time; write it in quotes"),
        ([{"cron": "@daily"}, {"cron": "bad"}], "needs 5 fields"),
        (
            [{"cron": "@daily"}, {"cron": "@weekly", "catch_up": "none"}],
            "the same catch_up",
        ),
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
        "2026-11-30T06:00:00+01:00",
        "2026-12-07T06:00:00+01:00",
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
    assert now < first <= now + timedelta(days=1)
    assert second - first == timedelta(days=1)


@pytest.mark.parametrize(
    ("schedule", "times"),
    [
        (
            {"on": "first monday", "at": "09:00"},
            ["12-07T09:00", "01-04T09:00", "02-01T09:00"],
        ),
        (
            {"on": "Last working day", "at": "18:30"},
            ["11-30T18:30", "12-31T18:30", "01-29T18:30"],
        ),
        ({"on": "last day of the month"}, ["11-30T00:00", "12-31T00:00", "01-31T00:00"]),
        (
            {"on": "every working day", "at": "06:00"},
            ["11-26T06:00", "11-27T06:00", "11-30T06:00"],
        ),
        ({"cron": "@weekly"}, ["11-29T00:00", "12-06T00:00", "12-13T00:00"]),
        ({"interval": "7d"}, ["11-30T00:00", "12-07T00:00", "12-14T00:00"]),
        (
            {"interval": "7d", "anchor": "2026-11-26T09:00"},
            ["11-26T09:00", "12-03T09:00", "12-10T09:00"],
        ),
        ({"interval": "36h"}, ["11-26T12:00", "11-28T00:00", "11-29T12:00"]),
        (
            {"rrule": "DTSTART;TZID=Europe/Berlin:20260105T090000\nRRULE:FREQ=WEEKLY"},
            ["11-30T09:00", "12-07T09:00", "12-14T09:00"],
        ),
    ],
)
def test_a_schedule_fires_when_its_words_say(
    schedule: dict[str, Any], times: list[str]
) -> None:
    first = itertools.islice(upcoming(Schedule.model_validate(schedule), NOW), 3)
    assert [f"{time:%m-%dT%H:%M}" for time in first] == times


def test_an_interval_of_days_keeps_its_time_of_day_when_clocks_change() -> None:
    schedule = Schedule(interval=7 * 86_400, timezone="Europe/Berlin")
    spring = datetime(2027, 4, 12, tzinfo=UTC)  # Prefect's own interval drifts to 01:00
    assert next(upcoming(schedule, spring)).isoformat() == "2027-04-19T00:00:00+02:00"


def test_a_campaign_may_have_several_schedules() -> None:
    workflow = a_workflow([{"cron": "@daily"}, {"on": "first monday"}])
    assert [schedule.cron for schedule in workflow.schedule] == ["@daily", None]
    assert workflow.catch_up == "latest"


def test_each_of_several_schedules_is_checked_at_its_place() -> None:
    tree = DocumentTree(
        {}, {(): Position("a.yaml", 1, 1), ("schedule", 1): Position("a.yaml", 9, 5)}
    )
    workflow = a_workflow([{"cron": "@daily"}, {"cron": "bad"}])
    (problem,) = schedule_problems(workflow, tree)
    assert (problem.path, problem.line) == ("schedule.1.cron", 9)


def test_a_count_that_is_over_says_from_when_it_counts() -> None:
    (problem,) = never({"rrule": "FREQ=DAILY;COUNT=3"})
    assert "COUNT is counted from DTSTART" in problem


def test_a_bad_cron_is_told_once(tmp_path: Path) -> None:
    small = a_folder(tmp_path)
    small.edit("pack:\n", 'schedule: {cron: "every monday"}\npack:\n')
    assert small.problems().count("every monday") == 2  # the message and the line itself
    assert small.problems().count("[T801]") == 1
    assert "[T301]" not in small.problems()
