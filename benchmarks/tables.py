"""The tables of docs/quality.md, in Markdown."""

import statistics
from collections.abc import Iterator, Mapping
from typing import Any

Rows = Mapping[str, list[dict[str, Any]]]  # by campaign

GOALS = {
    "Val": ("≥", 1.0),
    "Ove": ("≤", 0.0),
    "Und_s": ("≥", 1.0),
    "Ali": ("≤", 0.0015),
    "Occ": ("≤", 0.10),
    "Occ, residual": ("≤", 0.10),
    "Rea": ("≤", 0.010),
    "contrast": ("≥", 4.5),
}


def measures(rows: Mapping[str, list[dict[str, Any]]]) -> str:
    """Return the measures as Markdown: means, and the worst of what must hold always."""
    heads = [*GOALS, "words read back", "violations", "pictures"]
    lines = ["| campaign | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    every = [row for found in rows.values() for row in found]
    for name, found in [*rows.items(), ("all", every)]:
        cells = []
        for metric in GOALS:
            values = [row[metric] for row in found if row[metric] is not None]
            if not values:
                cells.append("-")
            elif metric in ("Val", "Und_s", "contrast"):
                cells.append(f"{min(values):.2f}")
            else:
                cells.append(f"{statistics.fmean(values):.4f}")
        read = [row["read"] for row in found if row["read"] is not None]
        right, words = sum(r for r, _ in read), sum(n for _, n in read)
        cells.append(f"{right / words:.4f}" if words else "not measured")
        cells.append(str(sum(len(row["broken"]) for row in found)))
        cells.append(str(len(found)))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    goals = [f"{sign} {value:g}" for sign, value in GOALS.values()]
    lines.append("| goal | " + " | ".join([*goals, "≥ 0.99", "0", ""]) + " |")
    return "\n".join(lines)


def scale(rows: Rows) -> str:
    """Return how large headlines are, placement by placement: does hierarchy hold?"""
    lines = [
        "| placement | headline, px | of the shorter side | its lines fill of the height "
        "| times the body |",
        "|---|---|---|---|---|",
    ]
    for size, found in sorted(
        _by_size(rows).items(), key=lambda each: each[0][0] / each[0][1]
    ):
        heads = [row["head"] for row in found]
        px, tall = [head[0] for head in heads], [head[1] / size[1] for head in heads]
        times = [head[0] / head[2] for head in heads if head[2]]
        short = [each / min(size) for each in px]
        cells = [_span(px, "{:.0f}"), _span(short, "{:.0%}"), _span(tall, "{:.0%}")]
        lines.append(
            f"| {size[0]}x{size[1]} | {' | '.join(cells)} | {_span(times, '{:.1f}')} |"
        )
    return "\n".join(lines)


def _by_size(rows: Rows) -> dict[tuple[int, int], list[dict[str, Any]]]:
    found: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for row in _every(rows):
        if row["head"]:
            found.setdefault(row["size"], []).append(row)
    return found


def _every(rows: Rows) -> Iterator[dict[str, Any]]:
    for found in rows.values():
        yield from found


def _span(values: list[float], form: str) -> str:
    """Return the smallest, the median and the largest of `values`."""
    if not values:
        return "-"
    middle = statistics.median(values)
    return " · ".join(form.format(v) for v in (min(values), middle, max(values)))
