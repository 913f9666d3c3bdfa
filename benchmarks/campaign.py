"""Speed and memory of the Figuera campaign, as a table: `make bench`.

Everything is measured in processes of their own, in a temporary folder, from nothing.
CPU is user plus system time of the process and its children; peak memory is the
largest of them. With Prefect the local server is started first and not measured: it
stays up between runs. A bound that does not hold is marked, and the exit code is 1.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
TRIPTYCH = [sys.executable, "-m", "triptych"]


@dataclass(frozen=True)
class Bounds:
    """What must hold; None: no bound. Seconds and megabytes."""

    cpu: float | None = None
    wall: float | None = None
    peak: float | None = None


@dataclass(frozen=True)
class Measured:
    """One process: what it took and what it said. Seconds and megabytes."""

    what: str
    wall: float
    cpu: float
    peak: float
    said: str
    bounds: Bounds
    note: str = ""

    def misses(self) -> list[str]:
        """Return which bounds do not hold."""
        found = []
        for name in ("cpu", "wall", "peak"):
            bound = getattr(self.bounds, name)
            if bound is not None and getattr(self, name) > bound:
                found.append(name)
        return found


def measure(what: str, command: list[str], folder: Path, bounds: Bounds) -> Measured:
    """Run `command` in `folder` and return what it took.

    Raises:
        SystemExit: it failed; what it said is shown.
    """
    said = folder / "said"
    started = time.monotonic()
    with said.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=folder, env=environment(), stdout=file, stderr=file
        )
        _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    text = said.read_text(errors="replace")
    if process.returncode:
        raise SystemExit(f"{what} failed ({process.returncode}):\n{text}")
    scale = 1e6 if sys.platform == "darwin" else 1e3  # bytes there, kilobytes elsewhere
    return Measured(
        what, wall, used.ru_utime + used.ru_stime, used.ru_maxrss / scale, text, bounds
    )


def environment() -> dict[str, str]:
    """Return the environment of every process: this checkout first, nobody's server."""
    known = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
    path = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")]))
    return {**known, "PYTHONPATH": path, "DO_NOT_TRACK": "1"}


def short(folder: Path) -> Iterator[Measured]:
    """Yield the commands that people wait for while they type; the best of five."""
    for what, arguments in (
        ("--help", ["--help"]),
        ("check", ["check", "fig/figuera.yaml"]),
    ):
        found = [
            measure(f"triptych {what}", [*TRIPTYCH, *arguments], folder, Bounds(cpu=0.3))
            for _ in range(5)
        ]
        yield min(found, key=lambda each: each.cpu)


def runs(folder: Path, how: str) -> Iterator[Measured]:
    """Yield the run from nothing and a second, identical one."""
    more = ["--direct"] if how == "direct" else []
    line = [*TRIPTYCH, "run", "fig/figuera.yaml", "--json", "--store", f"s-{how}"]
    line += ["--packs", f"p-{how}", *more]
    first = measure(
        f"Figuera from nothing, {how}", line, folder, Bounds(wall=60, peak=1000)
    )
    yield with_note(first)
    second = measure(f"the same again, {how}", line, folder, Bounds(wall=10, peak=1000))
    yield with_note(second, all_reused=True)


def with_note(run: Measured, *, all_reused: bool = False) -> Measured:
    """Return the run with what its last event says.

    Raises:
        SystemExit: everything should have been reused, and was not.
    """
    lines = [line for line in run.said.splitlines() if line.startswith("{")]
    end = json.loads(lines[-1])
    if all_reused and end["made"]:
        raise SystemExit(f"{run.what}: {end['made']} units were made again")
    note = f"{end['made']} made, {end['reused']} reused"
    return Measured(run.what, run.wall, run.cpu, run.peak, run.said, run.bounds, note)


def table(rows: list[Measured]) -> str:
    """Return the table in Markdown; a bound that does not hold is marked."""
    lines = [
        "| what | CPU, s | wall, s | peak memory, MB | result |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        cells = [
            f"{row.cpu:.2f}{_bound(row.bounds.cpu, row.cpu)}",
            f"{row.wall:.1f}{_bound(row.bounds.wall, row.wall)}",
            f"{row.peak:.0f}{_bound(row.bounds.peak, row.peak)}",
        ]
        lines.append(f"| {row.what} | {' | '.join(cells)} | {row.note} |")
    return "\n".join(lines)


def _bound(bound: float | None, value: float) -> str:
    if bound is None:
        return ""
    return f" (< {bound:g})" if value <= bound else f" (**not < {bound:g}**)"


def machine() -> str:
    """Return what it was measured on."""
    load = os.getloadavg()[0]
    return (
        f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"load {load:.1f} at the start"
    )


def main() -> int:
    """Measure, print the table, and return 1 if a bound does not hold."""
    print(machine(), end="\n\n", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="triptych-bench-"))
    try:
        measure("new", [*TRIPTYCH, "new", "figuera", "--into", "fig"], folder, Bounds())
        rows = [*short(folder), *runs(folder, "direct")]
        server = ["--store", "s-Prefect"]
        measure("up", [*TRIPTYCH, "up", *server], folder, Bounds())
        try:
            rows += runs(folder, "Prefect")
        finally:
            measure("down", [*TRIPTYCH, "down", *server], folder, Bounds())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(table(rows))
    return int(any(row.misses() for row in rows))


if __name__ == "__main__":
    sys.exit(main())
