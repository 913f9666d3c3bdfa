import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from triptych.engine.concurrency import turn
from triptych.errors import CampaignBusy
from triptych.store.folder import FolderStore
from triptych.workflow.model import Concurrency

WAIT = Concurrency()
REFUSE = Concurrency(on_conflict="refuse")
HOLDER = """
import asyncio, sys
from pathlib import Path
from triptych.engine.concurrency import turn
from triptych.store.folder import FolderStore
from triptych.workflow.model import Concurrency

async def main():
    async with turn(FolderStore(Path(sys.argv[1])), "box", Concurrency(), lambda: None):
        print("held", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


def nothing() -> None:
    pass


async def test_a_second_run_waits_for_the_first_and_is_told_once(tmp_path: Path) -> None:
    order: list[str] = []

    async def run(name: str, seconds: float) -> None:
        async with turn(
            FolderStore(tmp_path), "box", WAIT, lambda: order.append(f"{name} waits")
        ):
            order.append(f"{name} runs")
            await asyncio.sleep(seconds)

    first = asyncio.create_task(run("first", 1.2))
    await asyncio.sleep(0.05)
    await asyncio.gather(first, run("second", 0))
    assert order == ["first runs", "second waits", "second runs"]


async def test_a_second_run_is_refused_where_the_file_says_so(tmp_path: Path) -> None:
    async with turn(FolderStore(tmp_path), "box", REFUSE, nothing):
        with pytest.raises(CampaignBusy, match="as may"):
            async with turn(FolderStore(tmp_path), "box", REFUSE, nothing):
                pass
        async with turn(FolderStore(tmp_path), "another", REFUSE, nothing):
            pass


async def test_as_many_go_on_as_the_limit_says(tmp_path: Path) -> None:
    two = Concurrency(limit=2, on_conflict="refuse")
    async with (
        turn(FolderStore(tmp_path), "box", two, nothing),
        turn(FolderStore(tmp_path), "box", two, nothing),
    ):
        with pytest.raises(CampaignBusy):
            async with turn(FolderStore(tmp_path), "box", two, nothing):
                pass


@pytest.mark.slow
async def test_nobody_waits_for_a_run_that_was_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(CampaignBusy):
            async with turn(FolderStore(tmp_path), "box", REFUSE, nothing):
                pass
        holder.kill()
        holder.wait()
    async with turn(FolderStore(tmp_path), "box", REFUSE, nothing):
        pass
