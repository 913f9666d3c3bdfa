"""The result of a run: its outcomes, packs, cost and duration."""

from collections.abc import Mapping
from dataclasses import dataclass

from triptych.pack.build import Pack
from triptych.store.contract import Outcome, Run


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a run."""

    run: Run
    outcomes: Mapping[str, Outcome]
    packs: tuple[Pack, ...]
    usd: float | None
    seconds: float
    unusable: int = 0  # calls that were, or may have been, charged without a result

    @property
    def failed(self) -> bool:
        """Return whether a unit failed or a blocking eval prevents a release."""
        bad = any(o.state in ("failed", "blocked") for o in self.outcomes.values())
        return bad or any(pack.blocked and not pack.waits for pack in self.packs)

    @property
    def exit_code(self) -> int:
        """The exit code of the run, by its state and the errors of its units.

        A connector that cannot be used (4) and a person's decision (5) take precedence
        over 1, so that a script knows that another run would not help.
        """
        if self.run.state in ("done", "waiting"):
            return 0 if self.run.state == "done" else 3
        codes = {outcome.exit_code for outcome in self.outcomes.values()}
        return next((code for code in (4, 5) if code in codes), 1)

    @property
    def waiting(self) -> tuple[Pack, ...]:
        """The packs that wait for approval only."""
        return tuple(pack for pack in self.packs if pack.waits)
