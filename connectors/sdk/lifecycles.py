"""When models end: tables in `templates/models/`, dated and with their source."""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from triptych.resources import templates

WARN_BEFORE = timedelta(days=30)
_SNAPSHOT = re.compile(r"-(\d{3}|\d{8}|\d{4}-\d{2}-\d{2})$")


@dataclass(frozen=True, slots=True)
class ModelEnding:
    """The last day of a model, and the one to use instead."""

    model: str
    ends: date
    successor: str = ""

    def notice(self, today: date) -> str:
        """Return a warning from 30 days before the end; empty before that."""
        instead = f"; use {self.successor}" if self.successor else ""
        days = (self.ends - today).days
        if days <= 0:
            fate = "its calls are refused, or routed to another model"
            return f"{self.model} ended on {self.ends}: {fate}{instead}"
        if self.ends - today > WARN_BEFORE:
            return ""
        unit = "day" if days == 1 else "days"
        return f"{self.model} ends on {self.ends}, in {days} {unit}{instead}"


def ending_of(provider: str, model: str) -> ModelEnding | None:
    """Return when `model` (or the one that it is a dated snapshot of) ends, if known."""
    name = model.rpartition("/")[2]
    table = endings(provider)
    return table.get(name) or table.get(_SNAPSHOT.sub("", name))


@functools.cache
def endings(provider: str) -> Mapping[str, ModelEnding]:
    """Return a provider's table by model; empty where it has none."""
    import yaml

    file = templates() / "models" / f"{provider}.yaml"
    if not file.is_file():
        return {}
    data = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {model: ModelEnding(model, **row) for model, row in data["models"].items()}
