"""A run that dies between an answer and its record: `python -m tests.faults.answered …`.

Arguments: STORE USES, and "kill" where it dies. Prints the unit's state. The key and
address of the provider are in the environment.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from connectors import open_connectors
from tests.engine.fakes import Desk, a_copy_request, a_unit, an_image_request
from triptych.geometry import Size
from triptych.store.folder import FolderStore


class DyingStore(FolderStore):
    """Kills its process when a record should be written."""

    def put_record(self, record: Any) -> None:
        del record
        os.kill(os.getpid(), signal.SIGKILL)


async def main(store: Path, uses: str, *, dies: bool) -> str:
    (connector,) = open_connectors([uses], os.environ).values()
    desk: Any = Desk(store, connector)
    if dies:
        desk.store = DyingStore(store)
    copy = uses.startswith("copy/")
    request = a_copy_request() if copy else an_image_request(size=Size(96, 64))
    outcome = await desk.make(a_unit("hero", uses), request)
    return str(outcome.state)


if __name__ == "__main__":
    how = sys.argv[3:] == ["kill"]
    sys.stdout.write(asyncio.run(main(Path(sys.argv[1]), sys.argv[2], dies=how)))
