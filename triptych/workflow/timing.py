"""Schedules, read before they are deployed: when they fire, and when they never will.

All arithmetic is on wall-clock time in the schedule's zone, which is what a person
reads in the file; `now` is an argument.
"""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from triptych.documents.yaml import DocumentTree
from triptych.errors import Problem
from triptych.workflow.model import Schedule, Workflow

FIELDS = 5  # minute, hour, day, month, weekday: what every cron understands
YEAR = timedelta(days=366)


class BadSchedule(ValueError):
    """A schedule that cannot be read, or never fires; `key` is the key to blame."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def upcoming(schedule: Schedule, now: datetime) -> Iterator[datetime]:
    """Yield the wall-clock times, without zone, at which `schedule` fires after `now`.

    Raises:
        BadSchedule: it cannot be read.
    """
    start = now.astimezone(_zone(schedule)).replace(tzinfo=None)
    if schedule.cron:
        return _cron(schedule.cron, start)
    if schedule.rrule:
        return _rrule(schedule.rrule, start)
    if schedule.interval:
        step = timedelta(seconds=schedule.interval)
        return (start + step * count for count in itertools.count(1))
    raise BadSchedule("schedule", "needs one of cron, interval or rrule")


def _zone(schedule: Schedule) -> ZoneInfo:
    try:
        return ZoneInfo(schedule.timezone)
    except (OSError, ValueError):  # ZoneInfoNotFoundError is a KeyError in disguise
        raise _no_zone(schedule) from None
    except KeyError:
        raise _no_zone(schedule) from None


def _no_zone(schedule: Schedule) -> BadSchedule:
    message = f"{schedule.timezone!r} is no time zone; write one like Europe/Berlin"
    return BadSchedule("timezone", message)


def _cron(written: str, start: datetime) -> Iterator[datetime]:
    from cronsim import CronSim, CronSimError

    if len(written.split()) != FIELDS:
        raise BadSchedule(
            "cron", f"needs {FIELDS} fields (minute hour day month weekday): {written!r}"
        )
    try:
        found: Iterator[datetime] = CronSim(written.upper(), start)
    except CronSimError as error:
        raise BadSchedule("cron", f"{written!r} cannot be read: {error}") from None
    return found


def _rrule(written: str, start: datetime) -> Iterator[datetime]:
    from dateutil.rrule import rrulestr

    try:
        rule: Any = rrulestr(written, dtstart=start)
        return iter(rule.xafter(start))
    except (ValueError, TypeError) as error:
        hint = " (UNTIL is local time, without Z)" if "UNTIL" in str(error) else ""
        raise BadSchedule("rrule", f"{written!r} cannot be read: {error}{hint}") from None


def schedule_problems(workflow: Workflow, tree: DocumentTree) -> list[Problem]:
    """Return what is wrong with `schedule:` whatever the time is."""
    schedule = workflow.schedule
    if schedule is None:
        return []
    said = [name for name in ("cron", "interval", "rrule") if getattr(schedule, name)]
    if len(said) != 1:
        message = "needs exactly one of cron, interval or rrule"
        return [tree.problem(("schedule",), message, "T801", key=True)]
    try:
        upcoming(schedule, datetime(2027, 1, 1, tzinfo=UTC))
    except BadSchedule as error:
        return [tree.problem(("schedule", error.key), str(error), "T801")]
    return []


def never_fires(workflow: Workflow, tree: DocumentTree, now: datetime) -> list[Problem]:
    """Return a problem if the schedule has no time left after `now`, or no one to ask."""
    schedule = workflow.schedule
    if schedule is None:
        return []
    if next(upcoming(schedule, now), None) is None:
        key = "cron" if schedule.cron else "rrule"
        message = f"never fires after {now:%Y-%m-%d}"
        return [tree.problem(("schedule", key), message, "T802")]
    return [
        tree.problem(
            ("inputs", name),
            "is required and has no default, so a scheduled run could not start",
            "T803",
            hint="give it a default, or remove `schedule:`",
            key=True,
        )
        for name, rule in workflow.inputs.items()
        if rule.required and rule.default is None
    ]


def schedule_notes(schedule: Schedule, now: datetime) -> list[str]:
    """Return sentences about `schedule`: when it fires next, and what clocks do to it."""
    zone = _zone(schedule)
    first = list(itertools.islice(upcoming(schedule, now), 3))
    times = ", ".join(f"{time:%a %Y-%m-%d %H:%M}" for time in first)
    paused = " (paused: it will not start by itself)" if schedule.paused else ""
    notes = [f"next: {times} {schedule.timezone}{paused}"]
    if schedule.interval:
        return notes  # counted in seconds that passed, whatever clocks show
    year = itertools.takewhile(
        lambda time: time < now.replace(tzinfo=None) + YEAR, upcoming(schedule, now)
    )
    return notes + [
        note for time in itertools.islice(year, 9000) if (note := _dst(time, zone))
    ]


def _dst(time: datetime, zone: ZoneInfo) -> str:
    """Return what happens at a time that clocks skip, or show twice, in `zone`."""
    there = time.replace(tzinfo=zone)
    real = there.astimezone(UTC).astimezone(zone)
    shown = f"{time:%Y-%m-%d %H:%M}"
    if real.replace(tzinfo=None) != time:
        earlier = time - (real.replace(tzinfo=None) - time)
        return (
            f"on {shown} clocks in {zone.key} skip this time; that run starts at "
            f"{earlier:%H:%M}. Choose an hour outside the change to avoid it"
        )
    if there.utcoffset() != there.replace(fold=1).utcoffset():
        return f"on {shown} clocks in {zone.key} show this time twice; the first starts it"
    return ""
