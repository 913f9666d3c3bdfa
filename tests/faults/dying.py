"""A run of three pictures that kills itself: `python -m tests.faults.dying STORE HOW`.

HOW is "kill" or "interrupt" (at the second picture's call), "job" (killed while a
submitted job is awaited), or "live". Each payment is a line in STORE/payments.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from tests.engine.fakes import Desk, Fake, Submitting, a_unit, an_image_request
from triptych.engine.schedule import run_plan

NAMES = ("one", "two", "three")


def _pay(store: Path, name: str) -> None:
    with (store / "payments").open("a") as ledger:
        ledger.write(f"{name}\n")


class Dying(Fake):
    """Pays, then dies at the second picture."""

    def __init__(self, store: Path, how: str) -> None:
        super().__init__("image/painter", usd=1.0)
        self.store, self.how = store, how

    async def draw(self, request: Any, watcher: Any) -> Any:
        _pay(self.store, request.prompt)
        if request.prompt == "two" and self.how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if request.prompt == "two" and self.how == "interrupt":
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(300)
        return await super().draw(request, watcher)


class DyingJob(Submitting):
    """Pays when submitted, dies while the second picture's job is awaited."""

    def __init__(self, store: Path, how: str) -> None:
        super().__init__("image/painter")
        self.store, self.how = store, how

    async def submit(self, request: Any) -> Any:
        _pay(self.store, request.prompt)
        return {"id": f"job-{request.prompt}"}

    async def collect(self, job: Any, request: Any, watcher: Any) -> Any:
        assert job["id"] == f"job-{request.prompt}"
        if request.prompt == "two" and self.how == "job":
            os.kill(os.getpid(), signal.SIGKILL)
        return await super().collect(job, request, watcher)


async def main(store: Path, how: str, *, jobs: bool) -> None:
    store.mkdir(exist_ok=True)
    connector = DyingJob(store, how) if jobs else Dying(store, how)
    before: tuple[str, ...] = ()
    units = []
    for name in NAMES:
        units.append(a_unit(name, "image/painter", needs=before))
        before = (name,)
    requests = {name: lambda _, __, n=name: an_image_request(prompt=n) for name in NAMES}
    engine = Desk(store, connector).engine(tuple(units), requests)
    outcomes = await run_plan(engine.plan, engine.run_unit, lambda _: None)
    sys.stdout.write(" ".join(outcome.state for outcome in outcomes.values()))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], jobs=sys.argv[3:] == ["jobs"]))
