"""Schedules in words: `on: first monday`, `at: "09:00"`, and cron's nicknames."""

import re
from collections.abc import Mapping

NICKNAMES: Mapping[str, str] = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_DAYS = {
    "monday": "MO",
    "tuesday": "TU",
    "wednesday": "WE",
    "thursday": "TH",
    "friday": "FR",
    "saturday": "SA",
    "sunday": "SU",
}
_WORKING = "MO,TU,WE,TH,FR"
_ON = re.compile(
    rf"(?P<which>{'|'.join(_ORDINALS)}|every) (?P<day>{'|'.join(_DAYS)}|working day|day)"
    r"(?: of the month)?"
)
_AT = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
EXAMPLES = "first monday, last working day, every friday, every working day, last day"


def rule_in_words(on: str, at: str) -> str:
    """Return the recurrence rule (RFC 5545) of a day and a time in words.

    A working day is Monday to Friday; public holidays are not known.

    Raises:
        ValueError: it is none of the forms above; says which there are.
    """
    words = _ON.fullmatch(" ".join(on.lower().split()))
    if words is None:
        raise ValueError(f"{on!r} is no day; write e.g. {EXAMPLES}")
    clock = _AT.fullmatch(at)
    if clock is None:
        raise ValueError(f'{at!r} is no time; write it in quotes, e.g. "09:00"')
    time = f"BYHOUR={int(clock[1])};BYMINUTE={int(clock[2])};BYSECOND=0"
    return f"{_days(words['which'], words['day'])};{time}"


def _days(which: str, day: str) -> str:
    if which == "every":
        return {
            "day": "FREQ=DAILY",
            "working day": f"FREQ=WEEKLY;BYDAY={_WORKING}",
        }.get(day) or f"FREQ=WEEKLY;BYDAY={_DAYS[day]}"
    number = _ORDINALS[which]
    if day == "day":
        return f"FREQ=MONTHLY;BYMONTHDAY={number}"
    days = _WORKING if day == "working day" else _DAYS[day]
    return f"FREQ=MONTHLY;BYDAY={days};BYSETPOS={number}"
