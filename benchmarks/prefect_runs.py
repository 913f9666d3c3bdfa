"""What Prefect costs, as a table: `python benchmarks/prefect_runs.py`.

A server of its own, in a temporary folder. Measured: `triptych run` of a campaign that
is all in the store; 1,000 placements in 101 units (server CPU, and how long after the
run's end the UI knows every unit); and a run that waits for approval. CPU is user plus
system time. A bound that does not hold is marked, and the exit code is 1.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
TRIPTYCH = [sys.executable, "-m", "triptych"]
PLACEMENTS = [
    "google.display.300x250",
    "google.display.336x280",
    "google.display.728x90",
    "google.display.160x600",
    "google.display.300x600",
    "google.display.970x250",
    "google.display.320x100",
    "meta.feed.1x1",
    "meta.feed.4x5",
    "meta.story.9x16",
]
CELLS = 100
WORKFLOW = f"""\
triptych: 1
name: thousand
brief: brief.md
brand: brand/
matrix: {{shop: [{", ".join(f"shop-{number:03}" for number in range(CELLS))}]}}
steps:
  hero:
    uses: image/procedural
    with: {{prompt: "Still life, room for type on the left", size: 1024x1024}}
deliverables:
  ads:
    uses: compose/images
    placements: [{", ".join(PLACEMENTS)}]
    with:
      background: ${{{{ steps.hero }}}}
      headline: Figs at ${{{{ matrix.shop }}}}
      cta: Order
pack: {{name: "${{{{ name }}}}/${{{{ matrix.shop }}}}", release: always}}
"""


class Bench:
    """A folder with campaigns, and a server that is measured from outside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {**os.environ, "PYTHONPATH": str(HERE), "PYTHONWARNINGS": "ignore"}
        self.env.pop("PREFECT_API_URL", None)
        self.env["PREFECT_HOME"] = str(folder / "prefect")
        self.env["TRIPTYCH_WARM"] = "no"  # the work is done in the process that is measured
        self.rows: list[tuple[str, float, float | None, str]] = []

    def triptych(self, *words: str) -> tuple[float, float]:
        """Run a command; return wall and CPU seconds."""
        before, started = os.times(), time.monotonic()
        done = subprocess.run(
            [*TRIPTYCH, *words],
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        after = os.times()
        if done.returncode not in (0, 3):
            sys.exit(f"{' '.join(words)}:\n{done.stdout}{done.stderr}")
        used = after.children_user + after.children_system
        used -= before.children_user + before.children_system
        return time.monotonic() - started, used

    def server(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(
            (self.folder / "prefect/server.json").read_text()
        )
        return state

    def post(self, path: str, **asked: Any) -> Any:
        request = urllib.request.Request(
            f"{self.server()['address']}{path}",
            json.dumps(asked).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.load(reply)

    def server_cpu(self) -> float:
        """Return the CPU seconds that the server has used so far (Linux)."""
        fields = (
            Path(f"/proc/{self.server()['pid']}/stat")
            .read_text()
            .rpartition(")")[2]
            .split()
        )
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")

    def row(self, what: str, value: float, bound: float | None, unit: str) -> None:
        self.rows.append((what, value, bound, unit))
        mark = "" if bound is None or value <= bound else "  MISSED"
        limit = "" if bound is None else f"(bound {bound:g})"
        print(f"{what:<62} {value:8.2f} {unit:<3} {limit}{mark}", flush=True)


def reused(bench: Bench) -> None:
    """Measure a run that makes nothing."""
    bench.triptych("new", "tidal", "--into", "tidal", "--quiet")
    bench.triptych("run", "tidal/tidal.yaml")
    walls, used = _again(bench)
    bench.row("Tidal again, nothing waiting: wall, median of 5", walls, None, "s")
    bench.row("Tidal again, nothing waiting: CPU of the command", used, None, "s")
    bench.env["TRIPTYCH_WARM"] = "yes"
    bench.triptych("run", "tidal/tidal.yaml")
    while not (bench.folder / "prefect/warm.sock").exists():
        time.sleep(0.1)
    walls, used = _again(bench)
    bench.row("Tidal again, all reused, warm server: wall, median of 5", walls, 2.0, "s")
    bench.env["TRIPTYCH_WARM"] = "no"


def _again(bench: Bench) -> tuple[float, float]:
    runs = [bench.triptych("run", "tidal/tidal.yaml") for _ in range(5)]
    walls, used = zip(*runs, strict=True)
    return statistics.median(walls), statistics.median(used)


def thousand(bench: Bench) -> None:
    """Measure 1,000 placements: the store is filled first, so that only Prefect is new."""
    (bench.folder / "tidal/thousand.yaml").write_text(WORKFLOW)
    wall, used = bench.triptych("run", "tidal/thousand.yaml", "--direct")
    bench.row("1,000 placements without Prefect: wall", wall, None, "s")
    bench.row("1,000 placements without Prefect: CPU", used, None, "s")
    before = bench.server_cpu()
    wall, used = bench.triptych("run", "tidal/thousand.yaml")
    ended = time.monotonic()
    flow = bench.post("/flow_runs/filter", sort="START_TIME_DESC", limit=1)[0]["id"]
    terminal = {"state": {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED"]}}}
    asked = {"flow_runs": {"id": {"any_": [flow]}}, "task_runs": terminal}
    while bench.post("/task_runs/count", **asked) < CELLS + 1:
        time.sleep(0.1)
    bench.row("1,000 placements, reused, with Prefect: wall", wall, None, "s")
    bench.row(
        "1,000 placements: the UI is complete after its end by",
        time.monotonic() - ended,
        5.0,
        "s",
    )
    time.sleep(3)
    bench.row("1,000 placements: CPU of the server", bench.server_cpu() - before, 10.0, "s")


def waiting(bench: Bench) -> None:
    """Measure a run that waits for a person."""
    file = bench.folder / "tidal/tidal.yaml"
    text = file.read_text()
    file.write_text(text.replace("release: evals-pass", "release: approved"))
    command = [*TRIPTYCH, "run", "tidal/tidal.yaml", "--plain"]
    with subprocess.Popen(
        command,
        cwd=bench.folder,
        env=bench.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as run:
        assert run.stdout is not None
        while "for approval" not in (line := run.stdout.readline()):
            if not line:
                sys.exit("the run ended instead of waiting")
        time.sleep(5)  # until the dialog is there
        before = _cpu(run.pid)
        time.sleep(20)
        bench.row(
            "A run that waits for approval: CPU in 20 s", _cpu(run.pid) - before, 0.4, "s"
        )
        run.terminate()


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure everything and say what does not hold."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        bench.triptych("up")
        try:
            for part in (reused, waiting, thousand):
                part(bench)
        finally:
            bench.triptych("down")
    sys.exit(any(bound is not None and value > bound for _, value, bound, _ in bench.rows))


if __name__ == "__main__":
    main()
