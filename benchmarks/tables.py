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

READ = {
    "words": "words read back",
    "figures": "figures",
    "brand": "brand",
    "calls": "calls",
}


def measures(rows: Mapping[str, list[dict[str, Any]]]) -> str:
    """Return the measures as Markdown: means, and the worst of what must hold always."""
    heads = [*GOALS, *READ.values(), "violations", "pictures"]
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
        cells += [_share(read, kind) for kind in READ]
        cells.append(str(sum(len(row["broken"]) for row in found)))
        cells.append(str(len(found)))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    goals = [f"{sign} {value:g}" for sign, value in GOALS.values()]
    read_goals = ["≥ 0.99", "1", "1", "1"]
    lines.append("| goal | " + " | ".join([*goals, *read_goals, "0", ""]) + " |")
    return "\n".join(lines)


def _share(read: list[Any], kind: str) -> str:
    """Return the share of a kind of words that was read back."""
    every = sum(each.every[kind] for each in read)
    right = sum(each.right[kind] for each in read)
    if not read:
        return "not measured"
    return f"{right / every:.4f}" if every else "-"


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
