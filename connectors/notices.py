"""Warnings about the connectors of a valid workflow: renamed, or their model ends."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from connectors import RENAMED, about
from connectors.sdk.lifecycles import ending_of


def notices(campaign: Any, today: date) -> list[str]:
    """Return a line per connector that was renamed or whose model ends, with its place."""
    return [
        f"{place.file}:{place.line}: {message}"
        for loc, uses, model in _named(campaign.workflow)
        for message in _messages(uses, model, today)
        for place in [campaign.tree.place(loc)]
    ]


def _named(workflow: Any) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Yield the place, the connector and the model (or nothing) of every step."""
    for part in ("steps", "deliverables"):
        for name, step in getattr(workflow, part).items():
            extra = step.with_.get("extra")
            model = extra.get("model", "") if isinstance(extra, dict) else ""
            yield (part, name, "uses"), step.uses, model if isinstance(model, str) else ""
            for index, uses in enumerate(step.fallback):
                yield (part, name, "fallback", index), uses, ""


def _messages(uses: str, model: str, today: date) -> Iterator[str]:
    name = RENAMED.get(uses, uses)
    if name != uses:
        yield f"{uses} is called {name} now: write `uses: {name}`"
    ending = ending_of(name.partition("/")[2], model or about(name).model)
    if ending is not None and (notice := ending.notice(today)):
        yield f"{name}: {notice}"
