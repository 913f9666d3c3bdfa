"""The compositor beside plain Pillow, on the same cards in one run, as a table.

    python benchmarks/against.py [--rounds 3] [--campaigns 4] [--keep DIR]

Makes its own assets. The two take turns, round after round, so that a slow spell of the
machine hits both; ratios are of the medians. With --keep the pictures stay, to be looked
at side by side.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
RUNNERS = {"plain Pillow": "pillow_plain.py", "triptych": "cards.py"}
GOALS = {"jpeg": 8.5, "png": 17.0}


class Bench:
    """Both runners, over one set of cards."""

    def __init__(self, folder: Path, campaigns: int) -> None:
        self.folder, self.campaigns = folder, campaigns
        self.env = {**os.environ, "PYTHONPATH": str(HERE.parent)}
        self._python("card_assets.py", str(folder / "assets"), "--campaigns", campaigns)

    def _python(self, script: str, *words: str | int) -> float:
        """Run a script; return its CPU seconds."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, str(HERE / script), *map(str, words)]
        subprocess.run(command, check=True, env=self.env, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def _words(self, who: str, encoding: str) -> list[str | int]:
        out = self.folder / who.replace(" ", "-") / encoding
        assets = str(self.folder / "assets")
        return ["--assets", assets, "--out", str(out), "--encoding", encoding]

    def card(self, who: str, encoding: str, *more: str) -> tuple[float, float]:
        """Return the CPU and the wall milliseconds of a card, over all of them."""
        result = self.folder / "result.json"
        words = [*self._words(who, encoding), "--campaigns", self.campaigns]
        self._python(RUNNERS[who], *words, "--result", str(result), *more)
        found = json.loads(result.read_text())
        (took,) = found["rounds"]
        return took["cpu"] / found["n"] * 1e3, took["wall"] / found["n"] * 1e3

    def cold(self, who: str, encoding: str) -> float:
        """Return the CPU milliseconds of a process that draws one card."""
        words = self._words(who, encoding)
        return self._python(RUNNERS[who], *words, "--one", "c01_1080x1080") * 1e3

    def bytes_of(self, who: str, encoding: str) -> int:
        """Return what the cards weigh."""
        out = self.folder / who.replace(" ", "-") / encoding
        return sum(file.stat().st_size for file in out.iterdir())


def measured(bench: Bench, rounds: int) -> list[str]:
    """Return the rows of the table."""
    rows = ["| | plain Pillow | triptych | ratio | wanted |", "|---|---:|---:|---:|---:|"]
    for encoding, goal in GOALS.items():
        taken: dict[str, list[tuple[float, float]]] = {who: [] for who in RUNNERS}
        both, cold = list[float](), {who: list[float]() for who in RUNNERS}
        for _ in range(rounds):
            for who in RUNNERS:
                taken[who].append(bench.card(who, encoding))
                cold[who].append(bench.cold(who, encoding))
            both.append(bench.card("triptych", encoding, "--jobs", "2")[1])
        cpu, wall = (
            {who: statistics.median(each[part] for each in taken[who]) for who in RUNNERS}
            for part in (0, 1)
        )
        cold_ = {who: statistics.median(each) for who, each in cold.items()}
        wall["triptych"] = statistics.median(both)
        name = encoding.upper()
        rows.append(_row(f"{name}, CPU ms a card", cpu, f"≥ {goal:g} x"))
        rows.append(_row(f"{name}, wall ms, ours in two threads", wall, "≥ 15, 30 x"))
        rows.append(_row(f"{name}, one cold card, CPU ms", cold_, "≥ 1.33 x"))
        weighs = {who: bench.bytes_of(who, encoding) / 1e6 for who in RUNNERS}
        rows.append(_row(f"{name}, MB in all", weighs, "≤ 1.08 x", more=True))
    return rows


def _row(name: str, found: dict[str, float], wanted: str, *, more: bool = False) -> str:
    """Return a row; its ratio says how much less ours takes, or how much more it weighs."""
    plain, ours = found["plain Pillow"], found["triptych"]
    ratio = ours / plain if more else plain / ours
    return f"| {name} | {plain:.1f} | {ours:.1f} | {ratio:.2f} x | {wanted} |"


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--campaigns", type=int, default=4)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        bench = Bench(folder, options.campaigns)
        sys.stdout.write("\n".join(measured(bench, options.rounds)) + "\n")


if __name__ == "__main__":
    main()
