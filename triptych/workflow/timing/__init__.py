"""Schedules, read before they are deployed: when they fire, and when they never will.

`times_of` gives the one form that is both computed here and sent to the server, so that
what `check` says is what happens; `now` is always an argument.
"""

from triptych.workflow.timing.checks import (
    never_fires,
    schedule_notes,
    schedule_problems,
    upcoming,
)
from triptych.workflow.timing.times import BadSchedule, ScheduleTimes, times_of

__all__ = [
    "BadSchedule",
    "ScheduleTimes",
    "never_fires",
    "schedule_notes",
    "schedule_problems",
    "times_of",
    "upcoming",
]
