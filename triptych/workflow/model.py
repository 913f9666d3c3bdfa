"""The workflow file as models: what may stand where. Meaning is in docs/workflow.md."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)

from triptych.contracts import Level


def _spelled(pattern: str, says: str) -> tuple[AfterValidator, WithJsonSchema]:
    """Return what refuses a text that is not spelled like `pattern`, in words."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(says)
        return value

    schema = {"type": "string", "pattern": f"^{pattern}$"}
    return AfterValidator(check), WithJsonSchema(schema)


Name = Annotated[
    str,
    *_spelled(
        r"[a-z][a-z0-9_-]{0,59}",
        "should be lower-case letters, digits, _ and -, starting with a letter",
    ),
]
Title = Annotated[
    str,
    *_spelled(
        r"[a-z0-9][a-z0-9._-]{0,79}",
        "should be lower-case letters, digits, dots, _ and -, e.g. autumn-box",
    ),
]
Uses = Annotated[
    str,
    *_spelled(r"[a-z]+/[a-z0-9][a-z0-9_.-]*", "should be kind/name, e.g. copy/phrasebook"),
]
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


def _seconds(value: Any) -> Any:
    """Read `90`, `90s`, `3m`, `1h` or `7d` as seconds."""
    if isinstance(value, str) and (
        found := re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd])", value)
    ):
        return float(found[1]) * _SECONDS[found[2]]
    return value


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _share(value: Any) -> Any:
    """Read `80%` as 0.8."""
    if isinstance(value, str) and (found := re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", value)):
        return float(found[1]) / 100
    return value


def _or_text(number: dict[str, Any], pattern: str, example: str) -> WithJsonSchema:
    """Return the JSON schema of a number that may be written as text, too."""
    text = {"type": "string", "pattern": pattern, "description": f"e.g. {example}"}
    return WithJsonSchema({"anyOf": [{"type": "number", **number}, text]})


def _duration(most: int) -> WithJsonSchema:
    number = {"exclusiveMinimum": 0, "maximum": most}
    return _or_text(number, r"^\d+(\.\d+)?\s*[smhd]$", "90s, 3m, 1h, 7d")


Seconds = Annotated[
    float, BeforeValidator(_seconds), Field(gt=0, le=86_400), _duration(86_400)
]
Long = Annotated[  # a year
    float, BeforeValidator(_seconds), Field(gt=0, le=31_622_400), _duration(31_622_400)
]
Share = Annotated[
    float,
    BeforeValidator(_share),
    Field(ge=0, le=1),
    _or_text({"minimum": 0, "maximum": 1}, r"^\d+(\.\d+)?\s*%$", "80%"),
]
_TEXTS = {"type": "array", "items": {"type": "string"}}
Names = Annotated[
    tuple[str, ...],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, _TEXTS]}),
]
Expression = str


class Definition(BaseModel):
    """Frozen, and strict about keys it does not know."""

    # built when first used: `--help` and other commands need none of them
    model_config = ConfigDict(
        extra="forbid", frozen=True, defer_build=True, allow_inf_nan=False
    )


class Input(Definition):
    """A value from outside: a flag, a form field, a CSV column."""

    type: Literal[
        "text",
        "integer",
        "number",
        "boolean",
        "date",
        "choice",
        "image",
        "file",
        "url",
        "color",
    ] = "text"
    required: bool = False
    default: Any = None
    description: str = ""
    choices: tuple[str, ...] = ()
    min: float | None = None
    max: float | None = None
    max_length: Annotated[int, Field(gt=0)] | None = None
    min_px: Annotated[int, Field(ge=0)] = 0
    credit: str = ""  # who must be named wherever the picture is shown


class RetryRule(Definition):
    """How `Unavailable` is tried again."""

    times: Annotated[int, Field(ge=0, le=20)] = 3
    wait: Literal["exponential", "fixed"] = "exponential"
    first: Seconds = 2.0
    longest: Seconds = 60.0
    on: tuple[Literal["unavailable"], ...] = ("unavailable",)


class Default(Definition):
    """What every step of a connector pattern takes unless it says otherwise."""

    retry: RetryRule | None = None
    timeout: Seconds | None = None
    fallback: Names = ()


class BudgetRule(Definition):
    """What a run may cost."""

    usd: Annotated[float, Field(ge=0)]
    warn_at: Share = 0.8
    on_exceed: Literal["stop", "warn"] = "stop"


class PickRule(Definition):
    """Who chooses among the candidates, and whether the others are kept."""

    by: str
    keep: Literal["all", "best"] = "all"
    rubric: str = ""


class Step(Definition):
    """One request to one connector."""

    uses: Uses
    with_: Annotated[dict[str, Any], Field(alias="with")] = {}
    when: Expression | bool = True
    needs: tuple[Name, ...] = ()
    once_per: tuple[Name, ...] | None = None
    candidates: Annotated[int, Field(ge=1, le=64)] = 1
    pick: PickRule | None = None
    checks: tuple[str, ...] = ()
    fallback: Names = ()
    retry: RetryRule | None = None
    timeout: Seconds | None = None
    extends: Name | None = None
    description: str = ""


class Deliverable(Step):
    """What the campaign ships: a step with placements and a policy for long text."""

    placements: tuple[str, ...] = ()
    overflow: tuple[Literal["rewrite", "shrink", "fail"], ...] | None = None


class Eval(Definition):
    """One line of the brief's contract, run on every pack."""

    check: str
    on: Names
    level: Level = "block"
    min: float | None = None
    max: float | None = None
    with_: Annotated[dict[str, Any], Field(alias="with")] = {}


class ApprovalRule(Definition):
    """How long a run waits for a person, and how often it reminds them."""

    within: Long = 604_800.0  # a week
    remind: Long = 86_400.0  # every day


class PackRule(Definition):
    """Where packs go, how files are called, and when a zip may leave."""

    name: str = "${{ name }}"
    files: str = "{placement}_{width}x{height}_{locale}_r{revision}.{ext}"
    release: Literal["approved", "evals-pass", "always"] = "evals-pass"
    approval: ApprovalRule = ApprovalRule()


class Schedule(Definition):
    """When deployed flows run by themselves: one of cron, interval, rrule or on."""

    cron: str | None = None  # five fields, or @weekly …
    interval: Long | None = None
    anchor: datetime | None = None  # local time from which intervals are counted
    rrule: str | None = None
    on: str | None = None  # in words: first monday, last working day, every friday
    at: str = "00:00"  # with `on`
    timezone: str = "UTC"
    paused: bool = False
    # which of the runs that were missed while no worker ran are made up for
    catch_up: Literal["latest", "all", "none"] = "latest"


def _as_tuple(value: Any) -> Any:
    return [value] if isinstance(value, Mapping) else value


Schedules = Annotated[tuple[Schedule, ...], BeforeValidator(_as_tuple)]


class Concurrency(Definition):
    """How many runs of this campaign may go on at once, and what one too many does."""

    limit: Annotated[int, Field(ge=1, le=100)] = 1
    on_conflict: Literal["wait", "refuse"] = "wait"


class Notify(Definition):
    """Who is told, and of what."""

    webhook: str = ""
    slack: str = ""
    email: str = ""  # one address or several, divided by commas
    smtp: str = ""  # the mail server; the secret SMTP_URL, if not given
    sender: str = ""  # who the mail comes from; the server's user, if not given
    events: tuple[
        Literal["approval-due", "budget-warning", "pack-ready", "failed"], ...
    ] = ("pack-ready", "failed")


class Workflow(Definition):
    """A workflow file, version 1."""

    triptych: Literal[1]
    name: Title
    description: str = ""
    labels: dict[str, str] = {}
    include: Names = ()
    inputs: dict[Name, Input] = {}
    brief: str
    brand: str
    harness: Name = "house"  # what language models are told: templates/prompts/<name>
    matrix: dict[str, Any] = {}
    defaults: dict[str, Default] = {}
    budget: BudgetRule | None = None
    # a paid call of an earlier run whose end is not known: made again, or not
    on_unknown: Literal["ask", "repeat", "skip"] = "repeat"
    steps: dict[Name, Step] = {}
    deliverables: dict[Name, Deliverable] = {}
    evals: dict[Name, Eval] = {}
    pack: PackRule = PackRule()
    schedule: Schedules = ()
    concurrency: Concurrency = Concurrency()
    notify: Notify | None = None

    @property
    def catch_up(self) -> Literal["latest", "all", "none"]:
        """Return which missed runs are made up for; all schedules say the same."""
        return self.schedule[0].catch_up if self.schedule else "latest"

    def parts(self) -> dict[str, Step]:
        """Return steps and deliverables by name, steps first."""
        return {**self.steps, **self.deliverables}
