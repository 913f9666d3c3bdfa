"""The budget: money is reserved before a call, so concurrent units cannot overshoot."""

from triptych.contracts import Usage
from triptych.errors import BudgetExceeded


class Budget:
    """The money that a run has spent and reserved, in USD. Used from one event loop."""

    def __init__(self, limit: float | None = None, *, stop: bool = True) -> None:
        self.limit = limit
        self.stop = stop
        self.spent = 0.0
        self.reserved = 0.0
        self.unknown = False  # the cost of some call is not known
        self.unusable = 0  # calls that were, or may have been, charged without a result

    def reserve(self, usd: float | None, unit: str) -> float:
        """Reserve `usd` for a call (unknown counts as 0) and return the amount.

        Raises:
            BudgetExceeded: the call would pass the limit, and `on_exceed` is "stop".
        """
        wanted = usd or 0.0
        after = self.spent + self.reserved + wanted
        if self.limit is not None and self.stop and wanted and after > self.limit + 1e-9:
            raise BudgetExceeded(
                f"{unit}: the next call costs about ${wanted:.2f}, but ${self.spent:.2f} "
                f"of ${self.limit:.2f} are spent and ${self.reserved:.2f} are under way; "
                "raise `budget: {usd: …}` to go on, what is made is kept"
            )
        self.reserved += wanted
        return wanted

    def settle(self, reserved: float, usage: Usage | None) -> None:
        """Replace a reservation by the cost of the call; None: it was not charged."""
        self.reserved -= reserved
        if usage is None:
            return
        if usage.usd is None:
            self.unknown = True
            self.spent += reserved
        else:
            self.spent += usage.usd

    def waste(self, usage: Usage | None) -> None:
        """Count a call without a usable answer; its cost is in `spent` already."""
        self.unusable += usage is not None and usage.usd != 0

    def total(self) -> float | None:
        """Return the spent USD, or None if a part is unknown."""
        return None if self.unknown else self.spent
