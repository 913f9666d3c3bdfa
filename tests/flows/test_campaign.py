"""The campaign as a Prefect flow, on a real server: what its users see in the UI."""

from pathlib import Path
from typing import Any

import pytest

from connectors import open_connectors
from connectors.copy.phrasebook import Phrasebook
from tests.campaigns.small import Folder, a_folder
from tests.servers import prefect_api
from triptych.contracts import Copy, CopyRequest, Watcher
from triptych.engine.result import Result
from triptych.errors import Rejected
from triptych.store.folder import FolderStore

pytestmark = pytest.mark.prefect


class Shown:
    """What the server knows about the newest runs."""

    def __init__(self, address: str) -> None:
        self.address = address

    def find(self, what: str, **asked: Any) -> list[dict[str, Any]]:
        reply = prefect_api.post(f"{self.address}/{what}/filter", json=asked)
        reply.raise_for_status()
        found: list[dict[str, Any]] = reply.json()
        return found

    def flow_run(self) -> dict[str, Any]:
        started = {"start_time": {"is_null_": False}}  # not what a schedule will start
        asked: dict[str, Any] = {"flow_runs": started, "sort": "START_TIME_DESC"}
        return self.find("flow_runs", **asked, limit=1)[0]

    def tasks(self, run: str, wanted: int) -> dict[str, str]:
        """Return the state of each task by its name; the server records them late."""
        import time

        asked = {"flow_runs": {"id": {"any_": [run]}}}
        for _ in range(100):
            found = self.find("task_runs", **asked)
            ended = [each for each in found if each["state_type"] == "COMPLETED"]
            if len(ended) == wanted:
                return {each["name"]: each["state_name"] for each in ended}
            time.sleep(0.2)
        raise AssertionError(
            f"{len(found)} task runs were recorded, {wanted} wanted: {found}"
        )


@pytest.fixture
def small(tmp_path: Path) -> Folder:
    folder = a_folder(tmp_path)
    folder.edit(
        "    uses: image/procedural",
        "    uses: image/procedural\n    when: ${{ name == 'small' }}",
    )
    folder.edit(
        "deliverables:\n",
        "  extra:\n    uses: copy/phrasebook\n    when: false\n"
        "    with: {task: More., fields: {headline: 30}}\ndeliverables:\n"
        '  sheet: {uses: compose/sheet, with: {copy: "${{ steps.extra }}"}}\n',
    )
    return folder


async def run(small: Folder) -> Result:
    from flows.campaign import run_flow
    from triptych.app.runs import RunRequest

    plan = small.plan()
    tools = open_connectors({unit.uses for unit in plan.units}, {})
    store, packs = FolderStore(small.path / "s"), small.path / "packs"
    return await run_flow(RunRequest(plan, tools, store, packs, lambda _event: None))


async def test_a_run_is_shown_with_its_name_states_and_result(
    prefect_server: str, small: Folder
) -> None:
    shown = Shown(prefect_server)
    first = await run(small)
    flow = shown.flow_run()
    assert (flow["name"], flow["state_name"]) == ("small", "Completed")
    tasks = shown.tasks(flow["id"], wanted=7)
    assert tasks["words · en-GB (copy/phrasebook)"] == "Completed"
    assert tasks["words · de-DE (copy/phrasebook)"] == "CompletedWithWarnings"
    assert tasks["hero (image/procedural)"] == "Completed"
    assert tasks["extra (copy/phrasebook)"] == "Skipped"
    assert tasks["sheet (compose/sheet)"] == "Skipped"
    assert [pack.name for pack in first.packs] == ["small/en-GB", "small/de-DE"]
    (artifact,) = shown.find(
        "artifacts", artifacts={"key": {"any_": ["contact-sheet-small"]}}
    )
    assert "### small/de-DE" in artifact["data"]
    assert "data:image/jpeg;base64," in artifact["data"]

    again = await run(small)
    flow = shown.flow_run()
    states = shown.tasks(flow["id"], wanted=7)
    assert set(states.values()) == {"Reused", "Skipped"}
    assert [pack.digest for pack in again.packs] == [pack.digest for pack in first.packs]


async def test_a_run_that_fails_in_part_says_so_and_packs_the_rest(
    prefect_server: str, small: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Phrasebook.write

    async def refuse(self: Phrasebook, request: CopyRequest, watcher: Watcher, /) -> Copy:
        if request.language == "de-DE":
            raise Rejected("nothing to say", connector="copy/phrasebook")
        return await write(self, request, watcher)

    monkeypatch.setattr(Phrasebook, "write", refuse)
    small.edit("name: small", "name: smaller")
    result = await run(small)
    flow = Shown(prefect_server).flow_run()
    assert (flow["state_type"], flow["state_name"]) == ("FAILED", "PartiallyFailed")
    assert "nothing to say" in flow["state"]["message"]
    assert [pack.name for pack in result.packs] == ["smaller/en-GB"]


def test_no_secret_and_no_picture_is_a_parameter() -> None:
    import inspect

    from flows.campaign import campaign

    parameters = inspect.signature(campaign.fn).parameters
    assert list(parameters) == ["workflow", "inputs", "store", "packs", "version"]
