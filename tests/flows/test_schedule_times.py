"""The server starts runs when `check` says: compared with Prefect's own schedules."""

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from prefect.server.schemas import schedules as server

from flows.deployments import prefect_schedule
from triptych.workflow.model import Schedule
from triptych.workflow.timing import BadSchedule, times_of

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
)
COUNT = 5
END = datetime(2037, 1, 1, tzinfo=UTC)
pytestmark = pytest.mark.slow
zones = st.sampled_from(ZONES)
starts = st.integers(0, 5 * 365 * 1440).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def ours(schedule: Schedule, now: datetime) -> list[datetime]:
    times = itertools.islice(times_of(schedule).after(now), COUNT)
    return [time.astimezone(UTC) for time in times]


def theirs(schedule: Schedule, now: datetime) -> list[datetime]:
    """Return the times that the server computes from what is sent to it."""
    sent = prefect_schedule(times_of(schedule))
    known = getattr(server, type(sent).__name__).model_validate(sent.model_dump())
    times: Any = asyncio.run(known.get_dates(n=COUNT, start=now + timedelta(seconds=1)))
    return [time.astimezone(UTC) for time in times]


def assert_equal(now: datetime, **fields: Any) -> None:
    try:
        schedule = Schedule.model_validate(fields)
        times_of(schedule)
    except BadSchedule:
        assume(False)  # noqa: FBT003 - refused: nothing is deployed
    known, sent = ours(schedule, now), theirs(schedule, now)
    # dateutil, which the server uses, knows no clock changes after 2037
    assert [t for t in known if t < END] == [t for t in sent if t < END], fields


def fields(low: int, high: int, names: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    """Return one field of a cron expression: stars, lists, ranges, steps, names."""
    value = st.integers(low, high).map(str)
    if names:
        value |= st.sampled_from(names)
    numbers = st.tuples(st.integers(low, high), st.integers(low, high)).map(sorted)
    spans = numbers.map(lambda pair: f"{pair[0]}-{pair[1]}")
    steps = st.tuples(st.just("*") | spans, st.integers(1, 9)).map(
        lambda p: f"{p[0]}/{p[1]}"
    )
    listed = st.lists(value | spans | steps, min_size=1, max_size=3).map(",".join)
    return st.just("*") | value | listed


crons = st.tuples(
    fields(0, 59),
    fields(0, 23),
    fields(1, 31) | st.just("L"),
    fields(1, 12, ("JAN", "mar", "Dec")),
    fields(0, 7, ("MON", "fri", "SUN", "MON-FRI", "5#2", "0#1", "SAT#5")),
).map(" ".join)


@settings(max_examples=200)
@given(cron=crons, zone=zones, now=starts)
@example(cron="0 6 */2 * 6", zone="Europe/Berlin", now=datetime(2026, 11, 30, tzinfo=UTC))
@example(
    cron="0 6 1-31/2 * 6", zone="Europe/Berlin", now=datetime(2026, 11, 30, tzinfo=UTC)
)
@example(cron="30 2 * * *", zone="Europe/Berlin", now=datetime(2027, 3, 26, tzinfo=UTC))
@example(cron="30 2 * * *", zone="Europe/Berlin", now=datetime(2027, 10, 29, tzinfo=UTC))
@example(
    cron="*/20 1-3 * * *", zone="America/New_York", now=datetime(2027, 3, 13, tzinfo=UTC)
)
@example(cron="* 1-1 * * *", zone="UTC", now=datetime(2026, 1, 1, tzinfo=UTC))
@example(cron="* * 30 2 0", zone="UTC", now=datetime(2026, 1, 1, tzinfo=UTC))
@example(cron="@weekly", zone="America/New_York", now=datetime(2027, 3, 13, tzinfo=UTC))
def test_cron_runs_when_check_says(cron: str, zone: str, now: datetime) -> None:
    assert_equal(now, cron=cron, timezone=zone)


@settings(max_examples=150)
@given(
    unit=st.sampled_from([60, 3600, 86_400, 604_800, 5_400, 129_600]),
    count=st.integers(1, 40),
    anchor=st.none() | starts,
    zone=zones,
    now=starts,
)
@example(
    unit=604_800,
    count=1,
    anchor=None,
    zone="Europe/Berlin",
    now=datetime(2027, 4, 12, tzinfo=UTC),
)
def test_an_interval_runs_when_check_says(
    unit: int, count: int, anchor: datetime | None, zone: str, now: datetime
) -> None:
    start = anchor.replace(tzinfo=None) if anchor else None
    assert_equal(now, interval=unit * count, anchor=start, timezone=zone)


frequencies = st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"])
PARTS = (
    "INTERVAL=2 INTERVAL=3 BYHOUR=6 BYHOUR=2,14 BYMINUTE=30 BYDAY=MO,FR BYDAY=+1MO WKST=SU "
    "BYMONTHDAY=-1 BYMONTHDAY=13 BYMONTH=3,10 BYSETPOS=-1 UNTIL=20290101T000000 COUNT=4000"
)
parts = st.lists(
    st.sampled_from(PARTS.split()),
    max_size=4,
    unique_by=lambda part: part.partition("=")[0],
)
heads = st.sampled_from(
    [
        "",
        "DTSTART:20250107T090000\n",
        "DTSTART:20261030T023000\n",
        "DTSTART:20260101\n",
        "DTSTART;TZID=Europe/Berlin:20260105T090000\n",
        "DTSTART:20260105T090000Z\n",
    ]
)


@settings(max_examples=60)
@given(head=heads, frequency=frequencies, parts=parts, zone=zones, now=starts)
@example(
    head="DTSTART;TZID=Europe/Berlin:20260105T090000\n",
    frequency="WEEKLY",
    parts=[],
    zone="Europe/Berlin",
    now=datetime(2026, 11, 30, tzinfo=UTC),
)
def test_a_rule_runs_when_check_says(
    head: str, frequency: str, parts: list[str], zone: str, now: datetime
) -> None:
    rule = f"{head}RRULE:{';'.join([f'FREQ={frequency}', *parts])}"
    assume(not ("+1MO" in rule and frequency not in ("MONTHLY", "YEARLY")))
    assert_equal(now, rrule=rule, timezone=zone)


@pytest.mark.parametrize(
    "rule",
    [
        "DTSTART:20260105T090000\nRRULE:FREQ=DAILY\nEXDATE:20270105T090000,20270106T090000",
        "DTSTART:20260105T090000\nRRULE:FREQ=MONTHLY\nRDATE:20270107T100000",
    ],
)
def test_exceptions_of_a_rule_are_those_of_the_server(rule: str) -> None:
    assert_equal(datetime(2027, 1, 4, tzinfo=UTC), rrule=rule, timezone="Europe/Berlin")


@given(
    which=st.sampled_from(["first", "second", "third", "fourth", "last", "every"]),
    day=st.sampled_from(["monday", "Sunday", "friday", "working day", "day"]),
    hour=st.integers(0, 23),
    zone=zones,
    now=starts,
)
def test_words_run_when_check_says(
    which: str, day: str, hour: int, zone: str, now: datetime
) -> None:
    assert_equal(now, on=f"{which} {day}", at=f"{hour:02}:30", timezone=zone)
