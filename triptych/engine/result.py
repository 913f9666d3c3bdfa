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

    @property
    def failed(self) -> bool:
        """Say whether anything failed or a blocking eval keeps a pack back."""
        bad = any(o.state in ("failed", "blocked") for o in self.outcomes.values())
        return bad or any(pack.blocked and not pack.waits for pack in self.packs)

    @property
    def waiting(self) -> tuple[Pack, ...]:
        """The packs that nothing but a person's word keeps here."""
        return tuple(pack for pack in self.packs if pack.waits)
