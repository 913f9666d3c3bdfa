"""A flow run whose writer stops it: `python -m tests.flows.dying FOLDER HOW`.

HOW is "kill", "interrupt" or "terminate": what happens at the third text, once the two
before it are in the store; "server" kills the Prefect server SERVER then; "late" kills when the server has heard a sign of life; or
"live". Each call that is paid is a line in
FOLDER/payments.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from connectors import about, open_connectors
from connectors.copy.phrasebook import Phrasebook
from flows.campaign import run_flow
from triptych.app.runs import RunRequest
from triptych.cli.launch import end
from triptych.store.folder import FolderStore
from triptych.workflow.load import load_campaign
from triptych.workflow.plan import make_plan

SIGNALS = {
    "kill": signal.SIGKILL,
    "late": signal.SIGKILL,
    "interrupt": signal.SIGINT,
    "terminate": signal.SIGTERM,
}


class Paid(Phrasebook):
    """Writes down that it was paid, and stops the process at its third text."""

    folder = Path()
    how = "live"

    async def write(self, request: Any, watcher: Any) -> Any:
        with (self.folder / "payments").open("a") as ledger:
            ledger.write(f"{request.language}\n")
        if self.how in SIGNALS and request.language == "es-ES":
            while len(list((self.folder / "store/records").rglob("*.json"))) < 2:
                await asyncio.sleep(0.05)
            await asyncio.sleep(4.0 if self.how == "late" else 0.0)
            os.kill(os.getpid(), SIGNALS[self.how])
            await asyncio.sleep(300)
        if self.how == "server" and request.language == "es-ES":
            os.kill(int(os.environ["SERVER"]), signal.SIGKILL)
        return await super().write(request, watcher)


async def main(folder: Path, how: str) -> None:
    plan = make_plan(load_campaign(folder / "words.yaml", about=about), about)
    tools = open_connectors(plan.connectors(), {})
    paid = Paid.from_env({})
    paid.folder, paid.how = folder, how
    tools["copy/phrasebook"] = paid
    store = FolderStore(folder / "store")
    result = await run_flow(
        RunRequest(plan, tools, store, folder / "packs", lambda _: None)
    )
    words = [o.state for unit, o in result.outcomes.items() if unit.startswith("words")]
    sys.stdout.write(" ".join(sorted(words)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
    end(0)
