"""The application against a starter in memory; the last test starts real runs."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from flows.webhook_log import MAX_PER_MINUTE, MessageLog
from flows.webhooks import LARGEST, Hook, NotStarted, WebhookLimiter, application
from tests.campaigns.words import words_campaign
from tests.servers import prefect_api
from tests.servers.ports import free_port, listens, wait_until
from triptych.cli import main
from triptych.webhook_signature import signed, workflow_key
from triptych.workflow.model import Workflow
from triptych.workflow.serialization import run_form

KEY = b"k" * 32
WORKFLOW = Workflow.model_validate(
    {
        "triptych": 1,
        "name": "box",
        "brief": "b.md",
        "brand": "b/",
        "inputs": {
            "offer": {"type": "text", "required": True, "max_length": 20},
            "boxes": {"type": "integer", "min": 1, "max": 9},
            "photo": {"type": "image", "default": "fig.jpg"},
        },
    }
)


class Desk:
    """A starter that remembers what it was asked."""

    def __init__(self) -> None:
        self.started: dict[str, Mapping[str, Any]] = {}
        self.broken = False

    async def hook(self, workflow: str) -> Hook | None:
        if self.broken:
            raise NotStarted("Prefect did not start the run (ConnectError); try again")
        hook = Hook("id-1", run_form(WORKFLOW), {"photo": "fig.jpg"})
        return hook if workflow in ("box", "crate") else None

    async def start(self, hook: Hook, inputs: Mapping[str, Any], key: str) -> str:
        self.started.setdefault(key, inputs)
        return f"run-{list(self.started).index(key)}"


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def post(desk: Desk, body: object, **how: Any) -> httpx.Response:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    path = how.get("path", "/hooks/box")
    key = how.get("key") or workflow_key(KEY, how.get("name", path.rpartition("/")[2]))
    seconds = int(time.time()) - how.get("age", 0)
    headers = signed(data, key, message_id=how.get("id", "msg_1"), seconds=seconds)
    headers["Content-Type"] = how.get("kind", "application/json")
    transport = httpx.ASGITransport(application(KEY, desk, how.get("gate"), how.get("log")))
    async with httpx.AsyncClient(transport=transport, base_url="http://hooks") as client:
        return await client.post(path, content=data, headers=headers)


async def test_a_signed_message_starts_a_run_with_its_inputs(desk: Desk) -> None:
    answer = await post(desk, {"inputs": {"offer": "Free box", "boxes": 2}})
    assert answer.status_code == 202
    assert answer.json() == {"workflow": "box", "run": "run-0"}
    assert desk.started == {
        "webhook:box:msg_1": {"photo": "fig.jpg", "offer": "Free box", "boxes": 2}
    }


async def test_the_same_message_twice_starts_one_run(desk: Desk) -> None:
    body = {"inputs": {"offer": "Free box"}}
    first, second = await post(desk, body), await post(desk, body)
    assert first.json() == second.json()
    assert len(desk.started) == 1


async def test_one_id_sent_to_two_workflows_starts_both(desk: Desk) -> None:
    body = {"inputs": {"offer": "Free box"}}
    answers = [await post(desk, body, path=f"/hooks/{n}") for n in ("box", "crate")]
    assert answers[0].json()["run"] != answers[1].json()["run"]
    assert set(desk.started) == {"webhook:box:msg_1", "webhook:crate:msg_1"}


async def test_a_message_that_was_signed_for_one_workflow_starts_no_other(
    desk: Desk,
) -> None:
    body = {"inputs": {"offer": "Free box"}}
    assert (await post(desk, body, path="/hooks/crate", name="box")).status_code == 401
    assert (await post(desk, body, path="/hooks/box", key=KEY)).status_code == 401
    assert desk.started == {}


async def test_each_message_leaves_a_line_and_refused_ones_say_why(desk: Desk) -> None:
    lines: list[str] = []
    log = MessageLog(lines.append, lambda: 1_800_000_000.0)
    await post(desk, {"inputs": {"offer": "Free box"}}, log=log)
    await post(desk, {"inputs": {"offer": "Free box"}}, log=log, key=b"x" * 32)
    await post(desk, {}, log=log, path="/hooks/a%0a2027 202 forged")
    assert lines[0] == '2027-01-15 08:00:00 202 "box" "msg_1" "run-0"'
    assert lines[1].startswith('2027-01-15 08:00:00 401 "box" "msg_1" "webhook-signature')
    assert len(lines) == 3
    assert "\n" not in lines[2]
    assert "Free box" not in "".join(lines)


def test_a_flood_does_not_fill_the_log() -> None:
    lines: list[str] = []
    log = MessageLog(lines.append, lambda: 0.0)
    for _ in range(1000):
        log.add(401, "box", "m" * 5000, "no")
    assert len(lines) == MAX_PER_MINUTE + 1
    assert max(map(len, lines)) < 300


@pytest.mark.parametrize("how", [{"key": b"x" * 32}, {"age": 301}, {"age": -301}])
async def test_a_wrong_signature_or_time_starts_nothing(
    desk: Desk, how: dict[str, Any]
) -> None:
    answer = await post(desk, {"inputs": {"offer": "Free box"}}, **how)
    assert answer.status_code == 401
    assert desk.started == {}


async def test_who_cannot_sign_learns_no_names(desk: Desk) -> None:
    known = await post(desk, {}, key=b"x" * 32)
    unknown = await post(desk, {}, key=b"x" * 32, path="/hooks/nothing")
    assert known.status_code == unknown.status_code == 401
    assert known.json() == unknown.json()


async def test_every_wrong_input_is_told_at_once(desk: Desk) -> None:
    inputs = {"offer": "x" * 21, "boxes": 10, "ofer": "y", "photo": "/etc/passwd"}
    answer = await post(desk, {"inputs": inputs})
    assert answer.status_code == 422
    said = "\n".join(answer.json()["problems"])
    for part in ("offer: ", "boxes: 10 is greater", "'ofer'", "photo: should be https"):
        assert part in said
    assert desk.started == {}


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../../x",
        "a/../../x",
        "~/x",
        "file:///x",
        "http://10.0.0.1/x",
        "C:\\x",
    ],
)
async def test_a_sender_cannot_name_files_of_the_machine(desk: Desk, path: str) -> None:
    answer = await post(desk, {"inputs": {"offer": "Free box", "photo": path}})
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["photos/fig.jpg", "https://cdn.test/fig.jpg"])
async def test_a_sender_may_name_the_campaigns_files_and_addresses(
    desk: Desk, path: str
) -> None:
    answer = await post(desk, {"inputs": {"offer": "Free box", "photo": path}})
    assert answer.status_code == 202


@pytest.mark.parametrize(
    ("body", "how", "status"),
    [
        ({}, {"path": "/hooks/nothing"}, 404),
        (b"<xml/>", {}, 400),
        (b"[" * 60_000, {}, 400),
        ({"inputs": [], "more": 1}, {}, 422),
        ([], {}, 422),
        (b"{}", {"kind": "text/plain"}, 415),
        (b'"' + b"x" * LARGEST + b'"', {}, 413),
    ],
)
async def test_what_is_no_message_is_refused(
    desk: Desk, body: object, how: dict[str, Any], status: int
) -> None:
    answer = await post(desk, body, **how)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert desk.started == {}


async def test_a_flood_is_stopped_and_told_when_to_come_back(desk: Desk) -> None:
    gate = WebhookLimiter(2)
    body = {"inputs": {"offer": "Free box"}}
    answers = [await post(desk, body, gate=gate, id=f"msg_{n}") for n in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert answers[-1].headers["Retry-After"] == "30"


async def test_without_prefect_the_sender_may_try_again(desk: Desk) -> None:
    desk.broken = True
    answer = await post(desk, {"inputs": {"offer": "Free box"}})
    assert answer.status_code == 503
    assert "try again" in answer.json()["error"]


@pytest.fixture
def served(
    prefect_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Deploy the campaign of words, serve webhooks on a port, yield the address."""
    import uvicorn

    from flows.webhook_targets import Deployed

    monkeypatch.setenv("PREFECT_API_URL", prefect_server)
    monkeypatch.setenv("TRIPTYCH_WEBHOOK_SECRET", "whsec_" + "a2tra2tr" * 4)
    where = ["--store", str(tmp_path / "store"), "--packs", str(tmp_path / "packs")]
    file = words_campaign(tmp_path)
    said = CliRunner().invoke(main, ["deploy", str(file), *where])
    assert said.exit_code == 0, said.output
    port = free_port()
    app = application(b"kkk" * 8, Deployed())
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: listens(port), "the webhooks are not served", 20)
    yield f"http://127.0.0.1:{port}/hooks"
    server.should_exit = True
    thread.join(20)


@pytest.mark.prefect
def test_a_message_from_the_command_starts_a_deployed_workflow(
    served: str, prefect_server: str
) -> None:
    send = ["webhooks", "send", f"{served}/words-only", "--set", "offer=Free box"]
    said = CliRunner().invoke(main, send)
    assert said.exit_code == 0, said.output
    run = prefect_api.get(
        f"{prefect_server}/flow_runs/{json.loads(said.output)['run']}"
    ).json()
    assert run["parameters"]["inputs"] == {"boxes": 1, "offer": "Free box"}
    assert run["state_type"] in ("SCHEDULED", "PENDING", "RUNNING")
    assert "webhook" in run["tags"]
    wrong = CliRunner().invoke(main, [*send, "--set", f"offer={'x' * 40}"])
    assert wrong.exit_code == 1
    assert "answered 422" in wrong.output
