"""Addresses that a browser opens: packs on the local pack server or in the store, runs."""

import os
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from prefect.utilities.urls import url_for

from triptych.engine.notifications import CONTACT_SHEET, Link
from triptych.engine.result import Result
from triptych.store.contract import Store

SHELF = "TRIPTYCH_SHELF"  # address of the small server that shows packs
PUBLIC = "TRIPTYCH_PACKS_URL"  # the same as people elsewhere reach it, behind a proxy


def links_of(result: Result, store: Store) -> Mapping[str, str]:
    """Return the address that opens each pack, by its name, where there is one. Blocking.

    In a folder that is its page, on the pack server that `up` started; in an object store
    its zip, once it was released, for seven days.
    """
    if store.ships:
        shipped = store.links(result.run.id)
        return {name.removesuffix(".zip"): link for name, link in shipped.items()}
    pages = {pack.name: page_of(result.run.id, pack.name) for pack in result.packs}
    return {name: page for name, page in pages.items() if page}


def page_of(run: str, pack: str, file: str = "index.html") -> str:
    """Return the address of a pack's page; empty if no server shows packs."""
    server = (os.environ.get(PUBLIC) or os.environ.get(SHELF, "")).rstrip("/")
    return f"{server}/{run}/{quote(pack)}/{file}" if server else ""


def flow_run_page(flow_run: str) -> str:
    """Return the address of a flow run in Prefect's UI (PREFECT_UI_URL, if it is set)."""
    return url_for("flow-run", obj_id=flow_run) or ""


def message_links(
    flow_run: str, run: str, packs: Sequence[str], *, shown: bool = True
) -> list[Link]:
    """Return the links of a message: the packs' pages, a picture, the run in Prefect.

    `shown` says whether the packs lie in a folder that the pack server shows.
    """
    links = [(pack, page_of(run, pack)) for pack in packs] if shown else []
    if shown and packs:
        links.append(("contact sheet", page_of(run, packs[0], CONTACT_SHEET)))
    links.append(("the run in Prefect", flow_run_page(flow_run)))
    return [(name, address) for name, address in links if address]
