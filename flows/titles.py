"""Names of campaign runs: the campaign and its changed inputs, or what a person typed."""

from functools import cache
from pathlib import Path
from typing import Any, cast

from coolname.data import config  # the word lists of Prefect's generated names
from prefect.runtime import deployment, flow_run

from triptych.app.runs import RunRequest
from triptych.workflow.serialization import changed_inputs

MAX_CHARACTERS = 120
# the form of Prefect's newer UI makes names like "Rustic-Cozonac": an adjective and a dish
UI_ADJECTIVES = frozenset(
    [
        "Awesome",
        "Rustic",
        "Small",
        "Gorgeous",
        "Fantastic",
        "Sleek",
        "Intelligent",
        "Unbranded",
        "Refined",
        "Licensed",
        "Generic",
        "Practical",
        "Ergonomic",
        "Handcrafted",
        "Tasty",
        "Handmade",
        "Incredible",
    ]
)


def title_of(request: RunRequest) -> str:
    """Return the campaign's name, and the inputs that differ from the file's defaults."""
    workflow = request.plan.campaign.workflow
    inputs = changed_inputs(workflow, request.inputs).items()
    return " · ".join([workflow.name, *(f"{k}={v}" for k, v in inputs)])[:MAX_CHARACTERS]


def default_title() -> str:
    """Return the name of a run whose file has not been read yet."""
    return str(deployment.name or Path(str(flow_run.parameters["workflow"])).stem)


def current_title() -> str:
    """Return the name of this flow run; a generated one is replaced by the campaign's.

    A name that was typed in the form is kept, and so is ours when a run resumes.
    """
    name = str(flow_run.name or "")
    return default_title() if not name or is_generated(name) else name


def is_generated(name: str) -> bool:
    """Return whether Prefect or its UI made the name, e.g. "towering-gecko"."""
    words = name.split("-")
    by_ui = len(words) == 2 and words[0] in UI_ADJECTIVES
    return by_ui or (len(words) == 2 and all(word in _words() for word in words))


@cache
def _words() -> frozenset[str]:
    """Return every word and phrase, its words joined, of which names are made."""
    lists: list[dict[str, Any]] = list(cast("Any", config).values())
    words = {word for each in lists for word in each.get("words", ())}
    phrases = {"-".join(p) for each in lists for p in each.get("phrases", ())}
    return frozenset(words | phrases)
