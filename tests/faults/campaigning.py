"""A campaign in a process of its own: `python -m tests.faults.campaigning FOLDER`.

FOLDER holds campaign.yaml, brief.md and brand/; keys come from the environment. Prints
how each unit ended.
"""

import asyncio
import os
import sys
from pathlib import Path

from connectors import about, open_connectors
from triptych.engine.campaign import make_campaign
from triptych.store.folder import FolderStore
from triptych.workflow.load import load_campaign
from triptych.workflow.plan import make_plan


async def main(folder: Path) -> str:
    """Return "hero made, sheet reused"."""
    plan = make_plan(load_campaign(folder / "campaign.yaml", about=about), about)
    opened = open_connectors({unit.uses for unit in plan.units}, os.environ)
    store = FolderStore(folder / "store")
    result = await make_campaign(plan, opened, store, folder / "packs", lambda _: None)
    return ", ".join(f"{name} {o.state}" for name, o in result.outcomes.items())


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(main(Path(sys.argv[1]))))
