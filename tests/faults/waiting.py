"""A unit that waits for a provider's job: `python -m tests.faults.waiting STORE USES URL`.

Prints the unit's state. The key and address of the provider are in the environment.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from connectors import open_connectors
from tests.engine.fakes import Desk, a_unit, an_image_request
from triptych.geometry import Size


async def main(store: Path, uses: str) -> str:
    (connector,) = open_connectors([uses], os.environ).values()
    desk: Any = Desk(store, connector)
    request = an_image_request(size=Size(96, 64))
    outcome = await desk.make(a_unit("hero", uses), request)
    return str(outcome.state)


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(main(Path(sys.argv[1]), sys.argv[2])))
