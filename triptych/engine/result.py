"""How a run ended: its outcomes, packs, cost and duration."""

from collections.abc import Mapping
from dataclasses import dataclass

from triptych.pack.build import Pack
from triptych.store.contract import Outcome, Run


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended."""

    run: Run
    outcomes: Mapping[str, Outcome]
    packs: tuple[Pack, ...]
    usd: float | None
    seconds: float
    unusable: int = 0  # calls that were, or may have been, charged for nothing

    @property
    def failed(self) -> bool:
        """Say whether anything failed or a blocking eval keeps a pack back."""
        bad = any(o.state in ("failed", "blocked") for o in self.outcomes.values())
        return bad or any(pack.blocked and not pack.waits for pack in self.packs)

    @property
    def exit_code(self) -> int:
        """The exit code of the run: that of its failures, if one cure serves them all.

        A connector that cannot be used (4) and a person's decision (5) go before 1, so
        that a script knows that running again would not help.
        """
        if self.run.state in ("done", "waiting"):
            return 0 if self.run.state == "done" else 3
        codes = {outcome.exit_code for outcome in self.outcomes.values()}
        return next((code for code in (4, 5) if code in codes), 1)

    @property
    def waiting(self) -> tuple[Pack, ...]:
        """The packs that nothing but a person's word keeps here."""
        return tuple(pack for pack in self.packs if pack.waits)
