"""The flow on a real server: names, edges, states, artifacts, approval, cancelling."""

import asyncio
import json
import re
import shutil
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors import about, open_connectors
from connectors.stores.s3 import S3Bucket
from tests.engine.test_campaign import WORKFLOW
from tests.servers import prefect_api
from tests.servers.s3 import s3_server
from triptych.engine.events import ApprovalDue, Event
from triptych.engine.result import Result
from triptych.errors import RunStopped
from triptych.resources import templates
from triptych.store.folder import FolderStore
from triptych.store.objects import ObjectStore
from triptych.workflow.load import load_campaign
from triptych.workflow.plan import make_plan

pytestmark = [pytest.mark.prefect, pytest.mark.slow]


class Api:
    """The server's API, read as its UI reads it."""

    def __init__(self, address: str) -> None:
        self.address = address

    def flow_run(self, flow_run: str) -> dict[str, Any]:
        return dict(prefect_api.get(f"{self.address}/flow_runs/{flow_run}").json())

    def artifacts(self, flow_run: str) -> dict[str, Any]:
        asked = {"artifacts": {"flow_run_id": {"any_": [flow_run]}}}
        found = prefect_api.post(f"{self.address}/artifacts/filter", json=asked).json()
        return {each["key"]: each for each in found}

    def graph(self, flow_run: str) -> dict[str, Any]:
        return dict(prefect_api.get(f"{self.address}/flow_runs/{flow_run}/graph-v2").json())

    def tasks(self, flow_run: str) -> list[dict[str, Any]]:
        asked = {"flow_runs": {"id": {"any_": [flow_run]}}}
        found = prefect_api.post(f"{self.address}/task_runs/filter", json=asked).json()
        return list(found)

    def settled(self, flow_run: str, count: int) -> list[dict[str, Any]]:
        """Return the task runs once all have ended: the server hears of them later."""
        for _ in range(300):
            found = self.tasks(flow_run)
            ended = [t for t in found if t["state_type"] not in ("RUNNING", "PENDING")]
            # a row names its state a moment before the state can be read
            if len(ended) == count and all(task["state"] for task in ended):
                return ended
            time.sleep(0.1)
        raise AssertionError(f"{len(self.tasks(flow_run))} of {count} task runs")


class Desk:
    """A campaign and its store, run as flows."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.store = FolderStore(root / "store")
        self.events: list[Event] = []
        shutil.copytree(templates() / "brands" / "figuera", root / "brand")
        shutil.copy(templates() / "briefs" / "figuera" / "brief.md", root / "brief.md")
        (root / "words.yaml").write_text(WORKFLOW)

    def edit(self, old: str, new: str) -> None:
        file = self.root / "words.yaml"
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))

    async def run(self, tell: Any = None, **more: Any) -> Result:
        from flows.campaign import run_flow
        from triptych.app.runs import RunRequest

        loaded = load_campaign(self.root / "words.yaml", about=about)
        plan = make_plan(loaded, about)
        tools = open_connectors(plan.connectors(), {})
        tell = tell or self.events.append
        packs = self.root / "packs"
        store = more.pop("store", self.store)
        return await run_flow(RunRequest(plan, tools, store, packs, tell, **more))


@pytest.fixture
def api(prefect_server: str) -> Api:
    return Api(prefect_server)


@pytest.fixture
def desk(tmp_path: Path, prefect_server: str) -> Desk:
    del prefect_server
    return Desk(tmp_path)


async def test_a_run_reads_like_the_campaign(desk: Desk, api: Api) -> None:
    result = await desk.run()
    shown = api.flow_run(result.run.flow)
    assert shown["name"] == "words-only"
    assert "triptych" in shown["tags"]
    assert shown["state"]["message"].startswith(f"{len(result.packs)} packs")
    tasks = api.settled(result.run.flow, len(result.outcomes))
    names = {task["name"] for task in tasks}
    assert "words · de-DE (copy/phrasebook)" in names
    assert "copy_sheet · de-DE (compose/sheet)" in names
    tags = {task["name"].split(" ")[0]: set(task["tags"]) for task in tasks}
    assert tags["words"] == {"copy", "step", *shown["tags"]}
    assert tags["copy_sheet"] == {"compose", "deliverable", *shown["tags"]}
    nodes = {n["label"]: n for _, n in api.graph(result.run.flow)["nodes"]}
    words, sheet = (
        nodes[f"{name}"]
        for name in (
            "words · de-DE (copy/phrasebook)",
            "copy_sheet · de-DE (compose/sheet)",
        )
    )
    assert {parent["id"] for parent in sheet["parents"]} == {words["id"]}


async def test_reused_and_skipped_units_say_so(desk: Desk, api: Api) -> None:
    await desk.run()
    desk.edit('{copy: "${{ steps.words }}"}}', '{copy: "${{ steps.words }}"}, when: false}')
    result = await desk.run()
    tasks = api.settled(result.run.flow, len(result.outcomes))
    states = {task["name"].split(" ")[0]: task["state"]["name"] for task in tasks}
    assert states == {"words": "Reused", "copy_sheet": "Skipped"}


async def test_the_plan_is_shown_before_and_findings_and_proofs_after(
    desk: Desk, api: Api
) -> None:
    result = await desk.run()
    shown = api.artifacts(result.run.flow)
    plan = shown["plan-words-only"]["data"]
    assert "estimated cost **$0.00**" in plan
    assert "| words[de-DE] | copy/phrasebook | to make | $0.00 |" in plan
    assert "words-only/de-DE" in shown["contact-sheet-words-only"]["data"]
    assert float(shown["progress-words-only"]["data"]) == 100.0


async def test_a_pack_in_an_object_store_is_linked_by_an_address_that_opens(
    desk: Desk, api: Api, tmp_path: Path
) -> None:
    with s3_server(tmp_path) as server:
        server.make_bucket("team")
        bucket = S3Bucket.from_env("team", "campaigns", server.env)
        result = await desk.run(store=ObjectStore(bucket))
        shown = api.artifacts(result.run.flow)["contact-sheet-words-only"]["data"]
        found = re.search(r"\[words-only/de-DE\]\((http\S+)\)", shown)
        assert found is not None, shown
        (pack,) = [each for each in result.packs if each.name == "words-only/de-DE"]
        assert pack.zip is not None
        assert httpx.get(found[1]).content == pack.zip.read_bytes()
        assert [e.size for e in bucket.entries("turns")] == [0]  # its turn was left


async def test_a_failed_unit_fails_its_node_with_a_sentence_and_no_other(
    desk: Desk, api: Api
) -> None:
    desk.edit("headline: 40", "headline: 3")
    result = await desk.run()
    shown = api.flow_run(result.run.flow)
    assert shown["state"]["type"] == "FAILED"
    tried = sum(outcome.state != "blocked" for outcome in result.outcomes.values())
    ended = api.settled(result.run.flow, tried)
    failed = [task for task in ended if task["state_type"] == "FAILED"]
    assert failed
    assert not any("Traceback" in str(task["state"]["message"]) for task in failed)


async def test_the_dialog_shows_the_proofs_and_its_answer_lets_packs_leave(
    desk: Desk, api: Api
) -> None:
    from flows.approval_input import answer
    from triptych.engine.approval import Decision

    desk.edit("release: evals-pass", "release: approved")
    answers: list[Any] = []

    def tell(event: Event) -> None:
        if isinstance(event, ApprovalDue):
            answers.append(asyncio.create_task(say()))

    async def say() -> bool:
        (run,) = desk.store.runs()
        decision = Decision(approved=True, by="Ada", at="", comment="Lovely")
        while not await answer(run.flow, decision):
            await asyncio.sleep(0.2)
        key = f"{api.address}/flow_runs/{run.flow}/input"
        form = json.loads(prefect_api.get(f"{key}/paused-approval-schema").text)
        assert form["properties"]["decision"]["enum"] == ["approve", "reject"]
        assert set(form["required"]) == {"decision", "by"}
        wish = form["definitions"]["Wish"]["properties"]["unit"]["enum"]
        assert "words[de-DE]" in wish
        proofs = prefect_api.get(f"{key}/paused-approval-description").text
        assert "packs to approve" in proofs
        return True

    result = await desk.run(tell)
    assert result.run.state == "done"
    assert await answers[0]
    manifest = json.loads((result.packs[0].folder / "manifest.json").read_bytes())
    assert manifest["approved"]["by"] == "Ada"


async def test_nobody_waits_where_nobody_is_to_be_waited_for(desk: Desk, api: Api) -> None:
    desk.edit("release: evals-pass", "release: approved")
    result = await desk.run(wait=False)
    assert result.run.state == "waiting"
    shown = api.flow_run(result.run.flow)["state"]
    assert shown["name"] == "WaitingForApproval"
    assert re.search(r"triptych approve 2\d+T", shown["message"])


async def test_cancelling_in_the_ui_stops_a_run_at_a_terminal(desk: Desk, api: Api) -> None:
    desk.edit("release: evals-pass", "release: approved")
    asked: list[float] = []

    def cancel(flow_run: str) -> None:
        state = {"state": {"type": "CANCELLING"}, "force": False}
        prefect_api.post(f"{api.address}/flow_runs/{flow_run}/set_state", json=state)
        asked.append(time.time())

    def tell(event: Event) -> None:
        if isinstance(event, ApprovalDue):
            (run,) = desk.store.runs()
            asyncio.get_running_loop().call_later(0.5, cancel, run.flow)

    with pytest.raises(RunStopped, match="in the Prefect UI"):
        await desk.run(tell)
    assert time.time() - asked[0] < 6
    (run,) = desk.store.runs()
    assert api.flow_run(run.flow)["state"]["type"] == "CANCELLED"
