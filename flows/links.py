"""Where a browser opens a run's packs: on the local shelf, or in the store they are in."""

import os
from collections.abc import Mapping
from urllib.parse import quote

from triptych.engine.result import Result
from triptych.store.contract import Store

SHELF = "TRIPTYCH_SHELF"  # address of the small server that shows packs


def links_of(result: Result, store: Store) -> Mapping[str, str]:
    """Return the address that opens each pack, by its name, where there is one. Blocking.

    In a folder that is its page, on the shelf that `up` started; in an object store its
    zip, once it was released, for seven days.
    """
    if store.ships:
        shipped = store.links(result.run.id)
        return {name.removesuffix(".zip"): link for name, link in shipped.items()}
    shelf = os.environ.get(SHELF, "").rstrip("/")
    if not shelf:
        return {}
    names = [pack.name for pack in result.packs]
    return {n: f"{shelf}/{result.run.id}/{quote(n)}/index.html" for n in names}
