"""Composing over a Dask cluster: real worker processes, a real Prefect server."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from connectors import about, open_connectors
from flows.dask.compositor import VARIABLE, NotSpread, composed, spreading
from flows.dask.pickling import pack, unpack
from tests.campaigns.small import a_folder
from tests.servers.ports import free_port
from triptych.compose.connector import ComposeImages
from triptych.engine.campaign import make_campaign
from triptych.engine.events import Event
from triptych.engine.result import Result
from triptych.engine.units import Watching
from triptych.store.folder import FolderStore
from triptych.workflow.load import load_campaign
from triptych.workflow.plan import Plan, make_plan

PLACES = "[meta.feed.1x1, meta.feed.4x5, google.display.300x250, google.display.320x50]"


def a_plan(folder: Path) -> Plan:
    made = a_folder(folder)
    made.edit("name: small", "name: spread")  # others look for theirs on the same server
    made.edit("placements: [meta.feed.1x1]", f"placements: {PLACES}")
    return make_plan(load_campaign(made.file, about=about), about)


def files(packs: Path) -> dict[str, bytes]:
    found = (path for path in packs.rglob("*") if path.is_file())
    return {str(path.relative_to(packs)): path.read_bytes() for path in found}


async def spread_run(plan: Plan, root: Path, tell: Any) -> Result:
    from flows.campaign import run_flow
    from triptych.app.runs import RunRequest

    tools = open_connectors(plan.connectors(), {})
    store = FolderStore(root / "spread-store")
    return await run_flow(RunRequest(plan, tools, store, root / "spread", tell))


@pytest.mark.prefect
@pytest.mark.slow
async def test_the_packs_are_the_same_byte_for_byte(
    prefect_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del prefect_server
    plan = a_plan(tmp_path / "campaign")
    tools = open_connectors(plan.connectors(), {})
    here = FolderStore(tmp_path / "store")
    await make_campaign(plan, tools, here, tmp_path / "packs", lambda _: None)
    monkeypatch.setenv(VARIABLE, "local:2")
    events: list[Event] = []
    result = await spread_run(plan, tmp_path, events.append)
    assert result.run.state == "done", [o.error for o in result.outcomes.values()]
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    mine = FlowRunFilter(id=FlowRunFilterId(any_=[UUID(result.run.flow)]))
    async with get_client() as client:
        tasks = await client.read_task_runs(flow_run_filter=mine, limit=200)
    assert any(task.name.startswith("composing · ") for task in tasks)
    assert files(tmp_path / "spread") == files(tmp_path / "packs")


def test_a_worker_of_another_version_is_refused() -> None:
    (said,) = unpack(composed.fn("0.0.0", pack([])))
    assert isinstance(said, NotSpread)
    assert "the run has 0.0.0; install the same" in str(said)


@pytest.mark.slow
async def test_a_scheduler_that_is_not_there_is_named(tmp_path: Path) -> None:
    import dask

    request = SimpleNamespace(placement="meta.feed.1x1")
    nowhere = f"tcp://127.0.0.1:{free_port()}"
    with dask.config.set({"distributed.comm.timeouts.connect": "1s"}):
        async with spreading(
            {"compose/images": ComposeImages()}, {VARIABLE: nowhere}
        ) as tools:
            watcher = Watching("social", print, FolderStore(tmp_path))
            with pytest.raises(NotSpread, match=f"no Dask scheduler answers at {nowhere}"):
                await tools["compose/images"].compose(request, watcher)


async def test_without_the_extra_the_cure_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prefect_dask.task_runners", None)
    tools = {"compose/images": object()}
    with pytest.raises(NotSpread, match=r"install triptych\[dask\], or unset it"):
        async with spreading(tools, {VARIABLE: "local"}):
            pass


@pytest.mark.parametrize("asked", ["local:0", "local:many"])
async def test_what_is_no_cluster_is_refused(asked: str) -> None:
    with pytest.raises(NotSpread, match="should be local, local:4 or tcp"):
        async with spreading({"compose/images": object()}, {VARIABLE: asked}):
            pass


async def test_nothing_is_spread_unless_it_is_asked_for() -> None:
    tools = {"compose/images": object()}
    async with spreading(tools, {}) as same:
        assert same is tools
    words: dict[str, Any] = {"copy/phrasebook": object()}
    async with spreading(words, {VARIABLE: "local"}) as same:
        assert same is words
