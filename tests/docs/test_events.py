"""docs/events.md is the contract of `run --json`: it names every event and field."""

import dataclasses
import re
import typing

from tests.docs.layers import ROOT
from triptych.engine import events

COMMON = {field.name for field in dataclasses.fields(events.RunEvent)}


def documented() -> dict[str, set[str]]:
    page = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z]\w+)` \| ([^|]*) \|", page, re.MULTILINE)
    return {name: set(re.findall(r"`(\w+)`", fields)) for name, fields in rows}


def test_it_names_every_event_with_its_fields() -> None:
    kinds = typing.get_args(events.Event)
    declared = {
        kind.__name__: {field.name for field in dataclasses.fields(kind)} - COMMON
        for kind in kinds
    }
    assert documented() == declared


def test_it_names_what_every_event_has() -> None:
    page = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z]+)` \|", page, re.MULTILINE)) == {"event", *COMMON}
