"""Where a browser can open a run's packs: the local shelf, if `up` started one."""

import os
from urllib.parse import quote

from triptych.pack.build import Pack

SHELF = "TRIPTYCH_SHELF"  # address of the small server that shows packs


def page_link(run: str, pack: Pack) -> str:
    """Return the address of the pack's page; empty where no shelf is known."""
    shelf = os.environ.get(SHELF, "").rstrip("/")
    return f"{shelf}/{run}/{quote(pack.name)}/index.html" if shelf else ""
