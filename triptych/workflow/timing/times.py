"""The times of a schedule: read once, computed here and by the server from the same form.

`times_of` turns what the file says into one of three forms that the Prefect server
computes too: cron in five plain fields, a recurrence rule with its start, or an interval
of seconds with its anchor in UTC. Whatever the two could read differently is refused.
"""

import itertools
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from triptych.workflow.model import Schedule
from triptych.workflow.timing.words import NICKNAMES, rule_in_words

FIELDS = 5  # minute, hour, day, month, weekday: what every cron understands
ANCHOR = datetime(2026, 1, 5)  # noqa: DTZ001 - a Monday, in the schedule's zone
RULE_START = "DTSTART:20200101T000000"  # of a rule that names none; Prefect's default
MAX_RULE = 6_500  # characters that Prefect accepts
DAY = 86_400  # seconds
_NAMES = {
    3: "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC",
    4: "SUN|MON|TUE|WED|THU|FRI|SAT",
}
_TZID = re.compile(r"DTSTART;TZID=([^:\s]+):(\d{8}(?:T\d{6})?)(?![\dZ])")
_IN_UTC = re.compile(r"(\d{8}T\d{6})Z")


class BadSchedule(ValueError):
    """A schedule that cannot be read, or never fires; `key` is the key to blame."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


@dataclass(frozen=True, slots=True)
class ScheduleTimes:
    """One schedule in the form that the server computes."""

    form: Literal["cron", "rrule", "interval"]
    text: str  # five fields, or a rule with DTSTART; empty for an interval
    zone: str  # IANA name; an interval is counted in UTC
    seconds: float = 0.0  # of an interval
    anchor: datetime | None = None  # of an interval, in UTC

    def after(self, now: datetime) -> Iterator[datetime]:
        """Yield the times after `now`, in the schedule's zone, each once."""
        if self.form == "interval":
            yield from self._interval(now)
            return
        zone = ZoneInfo(self.zone)
        recent = deque[datetime](maxlen=200)  # a time that clocks skip may equal another
        for wall in self.walls(now):
            time = instant(wall, zone)
            if time > now and time not in recent:
                recent.append(time)
                yield time.astimezone(zone)

    def walls(self, now: datetime) -> Iterator[datetime]:
        """Yield the times, without zone, that the file names from a little before `now`.

        A time that clocks skip starts earlier than it is written. An interval of hours
        names none.
        """
        local = now.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)
        start = local - timedelta(hours=2)
        if self.form == "cron":
            return _cron(self.text, start)
        return _rule(self.text, start) if self.form == "rrule" else iter(())

    def _interval(self, now: datetime) -> Iterator[datetime]:
        assert self.anchor is not None
        step = timedelta(seconds=self.seconds)
        first = (now - self.anchor) // step + 1
        zone = ZoneInfo(self.zone)
        for count in itertools.count(first):
            yield (self.anchor + step * count).astimezone(zone)


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return when clocks in `zone` show `wall`, in UTC.

    A time that is shown twice is the first one; a time that is skipped is reckoned back
    from after the change, as Prefect 3.8 does.
    """
    time = wall.replace(tzinfo=zone)
    if time.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall:
        time = time.replace(fold=1)
    return time.astimezone(UTC)


def times_of(schedule: Schedule) -> ScheduleTimes:
    """Return the times of `schedule`.

    Raises:
        BadSchedule: it cannot be read, or two readers could read it differently.
    """
    forms = [key for key in ("cron", "interval", "rrule", "on") if getattr(schedule, key)]
    if len(forms) != 1:
        raise BadSchedule("", "needs exactly one of cron, interval, rrule or on")
    zone = _zone(schedule.timezone, "timezone")
    match forms[0]:
        case "cron":
            return ScheduleTimes("cron", _fields(schedule.cron or ""), schedule.timezone)
        case "rrule":
            return _rule_times(schedule)
        case "on":
            return _word_times(schedule)
    return _interval_times(schedule, zone)


def _zone(name: str, key: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        message = f"{name!r} is no time zone; write one like Europe/Berlin"
        raise BadSchedule(key, message) from None


def _word_times(schedule: Schedule) -> ScheduleTimes:
    key = "on"
    try:
        rule_in_words(schedule.on or "", "09:00")
        key = "at"
        rule = rule_in_words(schedule.on or "", schedule.at)
    except ValueError as error:
        raise BadSchedule(key, str(error)) from None
    return ScheduleTimes("rrule", f"{RULE_START}\nRRULE:{rule}", schedule.timezone)


def _interval_times(schedule: Schedule, zone: ZoneInfo) -> ScheduleTimes:
    """Return an interval: whole days keep their time of day, hours are counted in UTC."""
    seconds = schedule.interval or 0.0
    wall = schedule.anchor or ANCHOR
    if seconds < 60 or seconds % 1:
        raise BadSchedule("interval", "should be whole seconds, at least a minute")
    if seconds % DAY == 0:
        start = f"DTSTART:{wall:%Y%m%dT%H%M%S}"
        rule = f"RRULE:FREQ=DAILY;INTERVAL={round(seconds / DAY)}"
        return ScheduleTimes("rrule", f"{start}\n{rule}", schedule.timezone)
    anchor = instant(wall, zone)
    return ScheduleTimes("interval", "", schedule.timezone, seconds, anchor)


# --- cron


def _fields(written: str) -> str:
    """Return a cron expression in the part of its language that all readers share."""
    text = NICKNAMES.get(written.strip().lower(), written)
    text = re.sub(r"\b(\w+)-\1\b(?:/\d+)?", r"\1", text)  # Prefect: 1-1 is all
    fields = text.split()
    if len(fields) != FIELDS or text.startswith("@"):
        known = ", ".join(NICKNAMES)
        raise BadSchedule(
            "cron",
            f"needs {FIELDS} fields (minute hour day month weekday) or one of {known}: "
            f"{written!r}",
        )
    for index, field in enumerate(fields):
        _check_field(written, index, field.upper())
    _check_days(written, fields[2], fields[4])
    _cron(" ".join(fields), ANCHOR)
    _cron(" ".join([*fields[:4], "*"]), ANCHOR)  # 30 February, also beside a weekday
    return " ".join(fields)


def _check_field(written: str, index: int, field: str) -> None:
    """Refuse what only some readers of cron know: ?, W, H, FRI-MON, 6L."""
    value = r"\d{1,2}" if index not in _NAMES else rf"(?:\d{{1,2}}|{_NAMES[index]})"
    item = rf"(?:\*|{value}-{value})(?:/\d{{1,2}})?|{value}"
    if index == 2:
        item += "|L"
    if index == 4:
        item += rf"|{value}#[1-5]"
    if not all(re.fullmatch(item, part) for part in field.split(",")):
        raise BadSchedule("cron", f"{written!r} cannot be read: {field!r}; use rrule or on")
    if (field != "L" and "L" in field.split(",")) or ("#" in field and "," in field):
        raise BadSchedule("cron", f"{written!r}: {field!r} stands alone; use rrule")


def _check_days(written: str, day: str, weekday: str) -> None:
    """Refuse days and weekdays together where readers of cron disagree.

    Both are joined by OR, but some join by AND if one of them begins with a star.
    """
    if "*" in (day, weekday):
        return
    if day[:1] == "*" or weekday[:1] == "*" or "#" in weekday or day in ("L", "1-31"):
        raise BadSchedule(
            "cron",
            f"{written!r} names days and weekdays, and cron runs on either; "
            "use rrule (FREQ=WEEKLY;INTERVAL=2;BYDAY=SA) or on: first monday",
        )


def _cron(fields: str, start: datetime) -> Iterator[datetime]:
    from cronsim import CronSim, CronSimError

    try:
        times: Iterator[datetime] = CronSim(fields.upper(), start)
    except CronSimError as error:
        raise BadSchedule("cron", f"{fields!r} cannot be read: {error}") from None
    return times


# --- recurrence rules


def _rule_times(schedule: Schedule) -> ScheduleTimes:
    zone, text = schedule.timezone, (schedule.rrule or "").strip()
    if match := _TZID.search(text):
        named, is_set = match[1], "timezone" in schedule.model_fields_set
        if is_set and named != zone:
            message = f"starts in {named}, but timezone: is {zone}; write one of them"
            raise BadSchedule("rrule", message)
        _zone(named, "rrule")
        zone, text = named, _TZID.sub(r"DTSTART:\2", text)
    if zone == "UTC":
        text = _IN_UTC.sub(r"\1", text)
    if "TZID" in text or _IN_UTC.search(text):
        message = "write local times, without Z and TZID; timezone: says where"
        raise BadSchedule("rrule", message)
    if re.search(r"FREQ=(?:SECONDLY|MINUTELY)", text, re.IGNORECASE):
        raise BadSchedule("rrule", "runs too often to be searched; use interval: or cron:")
    if {"COUNT", "UNTIL"} <= set(re.findall(r"[A-Z]+(?==)", text.upper())):
        raise BadSchedule("rrule", "ends by COUNT or by UNTIL, not by both")
    if "DTSTART" not in text.upper():
        text = f"{RULE_START}\n{text if ':' in text else f'RRULE:{text}'}"
    if len(text) > MAX_RULE:
        raise BadSchedule("rrule", f"is longer than {MAX_RULE:,} characters")
    _rule(text, ANCHOR)
    return ScheduleTimes("rrule", text, zone)


def _rule(text: str, start: datetime) -> Iterator[datetime]:
    from dateutil.rrule import rrulestr

    try:
        rule: Any = rrulestr(text)
        return iter(rule.xafter(start, inc=True))
    except (ValueError, TypeError, AttributeError) as error:
        hint = " (UNTIL is local time, without Z)" if "UNTIL" in str(error) else ""
        raise BadSchedule("rrule", f"{text!r} cannot be read: {error}{hint}") from None
