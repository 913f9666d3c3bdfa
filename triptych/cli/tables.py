"""Plans and costs in words and columns."""

from pathlib import Path
from typing import Any

DONE = ("in store", "skipped")


def dollars(usd: float | None) -> str:
    """Return an amount as people read it; unknown is never zero."""
    if usd is not None and 0 < usd < 0.005:
        return "<$0.01"
    return "unknown" if usd is None else f"${usd:.2f}"


def counted(count: int, noun: str) -> str:
    """Return a count and its noun: "1 pack", "2 packs"."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def good(workflow: Path, plan: Any) -> str:
    """Return what a valid file would make, in numbers that its author knows."""
    ships = sorted({unit.name for unit in plan.units if unit.part == "deliverable"})
    uses = sorted({unit.uses for unit in plan.units})
    packs = counted(len(plan.cells), "pack")
    return (
        f"{workflow}: good\n"
        f"  {_matrix(plan)}{packs}, each with {', '.join(ships)}\n"
        f"  {counted(len(plan.units), 'unit')}, made by {', '.join(uses)}"
    )


def _matrix(plan: Any) -> str:
    """Return the matrix as a sum: "locale (3) × audience (2) = "."""
    from triptych.workflow.matrix import label

    axes = list(plan.cells[0].scope)
    counts = [len({label(cell.scope[axis]) for cell in plan.cells}) for axis in axes]
    factors = [f"{axis} ({count})" for axis, count in zip(axes, counts, strict=True)]
    return f"{' × '.join(factors)} = " if factors else ""


def table(rows: list[Any]) -> list[str]:
    """Return a line per unit, in columns, below a heading."""
    cells = [("unit", "connector", "state", "cost", "time")]
    for row in rows:
        todo = row.state not in DONE
        cost, took = (dollars(row.usd), f"{row.seconds:.1f} s") if todo else ("", "")
        cells.append((row.unit, row.uses, row.state, cost, took))
    first, second = (max(len(cell[i]) for cell in cells) for i in (0, 1))
    return [
        f"{unit:<{first}}  {uses:<{second}}  {state:<8}  {cost:>8}  {took:>8}".rstrip()
        for unit, uses, state, cost, took in cells
    ]


def total(rows: list[Any], packs: int) -> str:
    """Return the plan in a sentence; units that follow others are looked up in the run."""
    from triptych.contracts import sum_usd

    todo = [row for row in rows if row.state not in DONE]
    if not todo:
        ships = counted(packs, "pack")
        return f"nothing to make: all {len(rows)} units of {ships} are in the store"
    usd = dollars(sum_usd(row.usd for row in todo))
    seconds = sum(row.seconds for row in todo)
    units, ships = counted(len(rows), "unit"), counted(packs, "pack")
    sentence = (
        f"{len(todo)} of {units} to make for {ships}; "
        f"cost at most {usd}, about {seconds:.0f} s of work"
    )
    if follows := sum(row.state == "follows" for row in todo):
        sentence += (
            f"\n{follows} depend on another unit, and are reused if it turns out equal"
        )
    return sentence
