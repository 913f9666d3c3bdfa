"""A Prefect server that ends in mid-run: the run ends without it."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows import lost_server
from flows.lost_server import MESSAGE, refused, until_done_or_lost
from tests.engine.test_campaign import WORKFLOW
from tests.servers.ports import free_port
from triptych.cli.server import Booting, settings_for, shed_of
from triptych.resources import templates


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lost_server, "LOOK_S", 0.01)
    monkeypatch.setattr(lost_server, "declare_lost", lambda: None)
    monkeypatch.setattr(lost_server, "stop_retries", lambda: None)


async def test_a_server_that_answers_slowly_or_not_at_all_is_not_lost() -> None:
    async def silent(_reader: object, _writer: object) -> None:
        await asyncio.sleep(0)

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(refused(f"http://127.0.0.1:{port}/api"), 0.3)
    server.close()


async def test_a_server_that_refuses_connections_is_lost() -> None:
    await asyncio.wait_for(refused(f"http://127.0.0.1:{free_port()}/api"), 5)


async def test_the_flow_is_left_alone_until_the_engine_is_done() -> None:
    made: list[int] = []

    async def flow() -> None:
        await asyncio.sleep(0.3)
        made.append(1)
        await asyncio.sleep(300)  # Prefect's client tries again and again

    running = asyncio.ensure_future(flow())
    address = f"http://127.0.0.1:{free_port()}/api"
    assert not await until_done_or_lost(running, address, lambda: bool(made))
    assert made == [1]
    assert running.cancelled()


async def test_who_is_cancelled_cancels_the_flow_and_waits_for_its_end() -> None:
    ended: list[int] = []

    async def flow() -> str:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(300)
        ended.append(1)
        return "cancelled"

    running = asyncio.ensure_future(flow())
    waiting = asyncio.ensure_future(
        until_done_or_lost(running, "http://h:1", lambda: False)
    )
    await asyncio.sleep(0)
    waiting.cancel()
    assert await waiting
    assert (ended, running.result()) == ([1], "cancelled")


@pytest.mark.prefect
@pytest.mark.servers
@pytest.mark.slow
def test_a_run_ends_well_after_its_server_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    shutil.copytree(templates() / "brands" / "figuera", tmp_path / "brand")
    shutil.copy(templates() / "briefs" / "figuera" / "brief.md", tmp_path / "brief.md")
    (tmp_path / "words.yaml").write_text(WORKFLOW)
    store = tmp_path / "store"
    address = Booting.start(store).address()
    server = shed_of(store).find("server")
    assert server is not None
    env = {**os.environ, **settings_for(address, {}, store), "SERVER": str(server.pid)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.flows.dying", str(tmp_path), "server"],
        env={**env, "PREFECT_HOME": str(store / "prefect")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.waitpid(server.pid, 0)  # it was killed
    # 5 s on an idle machine; with the client's retries it took 68 s
    out, err = process.communicate(timeout=40)
    assert (process.returncode, out) == (0, "made made made"), err
    assert err.count(MESSAGE) == 1, err
    assert "Traceback" not in err
    assert "Error logging to API" not in err
