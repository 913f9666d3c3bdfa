"""Problems and notes of `schedule:`, before it is deployed."""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from triptych.documents.yaml import DocumentTree, Loc
from triptych.errors import Problem
from triptych.workflow.model import Schedule, Workflow
from triptych.workflow.timing.times import BadSchedule, instant, times_of

YEAR = timedelta(days=366)
MAX_TIMES = 9_000  # of one year that are looked at: once an hour
_FORMS = ("cron", "interval", "rrule", "on")


def upcoming(schedule: Schedule, now: datetime) -> Iterator[datetime]:
    """Yield the times at which `schedule` fires after `now`, in its zone.

    Raises:
        BadSchedule: it cannot be read.
    """
    return times_of(schedule).after(now)


def schedule_problems(workflow: Workflow, tree: DocumentTree) -> list[Problem]:
    """Return what is wrong with `schedule:` at any time."""
    problems = []
    for loc, schedule in _located(workflow, tree):
        try:
            times_of(schedule)
        except BadSchedule as error:
            at = (*loc, error.key) if error.key else loc
            problems.append(tree.problem(at, str(error), "T801", key=not error.key))
    if len({schedule.catch_up for schedule in workflow.schedule}) > 1:
        message = "all schedules of a campaign have the same catch_up"
        problems.append(tree.problem(("schedule",), message, "T801", key=True))
    return problems


def never_fires(workflow: Workflow, tree: DocumentTree, now: datetime) -> list[Problem]:
    """Return a problem for each schedule without a time after `now`.

    Also for each input that nobody gives to a scheduled run.
    """
    if not workflow.schedule:
        return []
    return [*_over(workflow, tree, now), *_unanswered(workflow, tree)]


def _over(workflow: Workflow, tree: DocumentTree, now: datetime) -> Iterator[Problem]:
    for loc, schedule in _located(workflow, tree):
        if next(upcoming(schedule, now), None) is None:
            key = next(key for key in _FORMS if getattr(schedule, key))
            message = f"never fires after {now:%Y-%m-%d}"
            hint = "COUNT is counted from DTSTART" if "COUNT" in str(schedule.rrule) else ""
            yield tree.problem((*loc, key), message, "T802", hint=hint)


def _unanswered(workflow: Workflow, tree: DocumentTree) -> Iterator[Problem]:
    for name, rule in workflow.inputs.items():
        if rule.required and rule.default is None:
            yield tree.problem(
                ("inputs", name),
                "is required and has no default, so a scheduled run could not start",
                "T803",
                hint="give it a default, or remove `schedule:`",
                key=True,
            )


def _located(workflow: Workflow, tree: DocumentTree) -> Iterator[tuple[Loc, Schedule]]:
    """Yield each schedule and where the file writes it: a list, or one mapping."""
    for index, schedule in enumerate(workflow.schedule):
        listed: Loc = ("schedule", index)
        yield (listed if listed in tree.values else ("schedule",)), schedule


def schedule_notes(schedule: Schedule, now: datetime) -> list[str]:
    """Return sentences about `schedule`: its next times, and what clock changes do."""
    times = list(itertools.islice(upcoming(schedule, now), 3))
    listed = ", ".join(f"{time:%a %Y-%m-%d %H:%M}" for time in times)
    zone = times_of(schedule).zone
    paused = " (paused: it will not start by itself)" if schedule.paused else ""
    return [f"next: {listed} {zone}{paused}", *_clock_notes(schedule, now)]


def _clock_notes(schedule: Schedule, now: datetime) -> Iterator[str]:
    """Yield a note per time of the next year that clocks skip or show twice."""
    times = times_of(schedule)
    zone = ZoneInfo(times.zone)
    end = now.replace(tzinfo=None) + YEAR
    walls = itertools.islice(times.walls(now), MAX_TIMES)
    for wall in itertools.takewhile(lambda wall: wall < end, walls):
        if note := _clock_note(wall, zone):
            yield note


def _clock_note(wall: datetime, zone: ZoneInfo) -> str:
    first = wall.replace(tzinfo=zone)
    if first.utcoffset() == first.replace(fold=1).utcoffset():
        return ""
    start = instant(wall, zone).astimezone(zone)
    place = f"on {wall:%Y-%m-%d %H:%M} clocks in {zone.key}"
    if start.replace(tzinfo=None) != wall:
        return (
            f"{place} skip this time; that run starts at {start:%H:%M}. "
            "Choose an hour outside the change to avoid it"
        )
    return f"{place} show this time twice; the first starts it"
