"""What a check is: one opinion about a pack or a unit, measured, with evidence.

    class Limits:
        about: ClassVar[CheckAbout] = CheckAbout(name="limits", version="1", summary="…")

        def measure(self, view: "View", rule: Rule, /) -> CheckResult: ...

A check declares itself as a connector does, and is listed in `triptych.evals.registry`;
`checks:`, `evals:` and `pick: {by: check/…}` name it. It reads pixels, words and XML
through the view, never what a connector wrote about its own quality. A check is
blocking and pure: equal views and rules give equal results, which are kept as records.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from pydantic import BaseModel

from triptych.artifact import Artifact
from triptych.contracts import About, Finding, Kind

if TYPE_CHECKING:
    from triptych.evals.view import View

State = Literal["passed", "failed", "not measured"]


class NoParams(BaseModel, extra="forbid", frozen=True):
    """A check that takes nothing under `with:`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAbout(About):
    """What a check declares about itself.

    `version` is part of the key of its results: raise it when equal packs get other
    results.
    """

    kind: Kind = "check"
    bounds: str = ""  # what `min:` and `max:` bound, e.g. "contrast, 1 to 21"; "": nothing
    params: type[BaseModel] = NoParams  # the schema of `with:`


@dataclass(frozen=True, slots=True)
class Rule:
    """How a check is asked for: the bounds and parameters of one line of the file."""

    min: float | None = None
    max: float | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check measured.

    `measure` is the worst value of what the check's `bounds` names. `score`, 0 to 1,
    ranks candidates; None: it ranks nothing. `evidence` are kept pictures of what is
    wrong.
    """

    state: State
    findings: tuple[Finding, ...] = ()
    measure: float | None = None
    score: float | None = None
    why: str = ""  # why it was not measured
    evidence: tuple[Artifact, ...] = ()
    record: str = ""  # key of the record that keeps this; the dispatcher fills it


class Check(Protocol):
    """One check. `measure` runs in the pool of blocking work."""

    about: ClassVar[CheckAbout]

    def measure(self, view: "View", rule: Rule, /) -> CheckResult:
        """Return what this check finds in `view`."""
        ...


def concluded(
    findings: Iterable[Finding], looked_at: int, measure: float | None = None
) -> CheckResult:
    """Return the result of `looked_at` things of which `findings` are wrong.

    The score is the share of things without a finding. Nothing to look at is not
    measured, never passed.
    """
    wrong = tuple(findings)
    if not looked_at:
        return not_measured("there is nothing of its kind to look at")
    score = max(0.0, 1.0 - len(wrong) / looked_at)
    return CheckResult("failed" if wrong else "passed", wrong, measure, score)


def not_measured(why: str) -> CheckResult:
    """Return the result of a check that could not measure, with the reason."""
    return CheckResult("not measured", why=why)
