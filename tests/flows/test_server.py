"""The local Prefect server: what other sites and other users may not do with it."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from flows.server import closed, main
from tests.servers import prefect_api

PORT = 4299
OWN = f"http://127.0.0.1:{PORT}"


async def _open(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("open")


@pytest.fixture
def client() -> Iterator[TestClient]:
    async def page(_request: Any) -> PlainTextResponse:
        return PlainTextResponse("the UI")

    app = Starlette(routes=[Route("/", page), WebSocketRoute("/out", _open)])
    with TestClient(closed(app, PORT), base_url=OWN) as client:
        yield client


@pytest.mark.parametrize("host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1.evil"])
def test_a_name_that_is_not_ours_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_what_another_origin_sends_is_refused(client: TestClient, origin: str) -> None:
    assert client.get("/", headers={"Origin": origin}).status_code == 403
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect(f"ws://127.0.0.1:{PORT}/out", headers={"Origin": origin}),
    ):
        pass


@pytest.mark.parametrize("origin", [OWN, f"http://localhost:{PORT}"])
def test_its_own_pages_are_served(client: TestClient, origin: str) -> None:
    answer = client.get("/", headers={"Origin": origin})
    assert answer.text == "the UI"
    assert answer.headers["content-security-policy"] == "frame-ancestors 'none'"
    with client.websocket_connect(
        f"ws://127.0.0.1:{PORT}/out", headers={"Origin": origin}
    ) as socket:
        assert socket.receive_text() == "open"


def test_the_page_that_signs_in_runs_its_own_script_only(client: TestClient) -> None:
    answer = client.get("/sign-in")
    assert "prefect-password" in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'sha256-" in policy
    assert answer.headers["cache-control"] == "no-store"


ASKED = {"include_secrets": True}


@pytest.mark.prefect
def test_a_kept_key_is_readable_with_the_password_only(prefect_server: str) -> None:
    from flows.blocks import keep_key

    keep_key("A_KEY_OF_OURS", "sk-not-for-others")
    path = f"{prefect_server}/block_documents/filter"
    assert httpx.post(path, json=ASKED).status_code == 401
    assert httpx.post(path, json=ASKED, auth=("triptych", "wrong")).status_code == 401
    assert "sk-not-for-others" in prefect_api.post(path, json=ASKED).text


@pytest.mark.prefect
def test_a_foreign_page_gets_no_leave_to_ask(prefect_server: str) -> None:
    leave = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    answer = httpx.options(f"{prefect_server}/block_documents/filter", headers=leave)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    rebound = httpx.get(f"{prefect_server}/health", headers={"Host": "evil.example"})
    assert rebound.status_code == 400


@pytest.mark.prefect
def test_its_database_and_password_are_readable_by_their_owner_only(
    prefect_server: str,
) -> None:
    del prefect_server
    home = Path(os.environ["PREFECT_HOME"])
    files = [path for path in home.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"prefect.db", "password", "server.json"}
    assert [p.name for p in files if p.stat().st_mode & 0o077] == []
    assert home.stat().st_mode & 0o777 == 0o700
    assert json.loads((home / "server.json").read_text())["started"]


def test_only_what_the_server_writes_while_it_serves_is_for_its_owner_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Prefect copies its UI into the installation: another user's server reads it."""
    masks: dict[str, int] = {}

    def note(name: str) -> Any:
        def noted(*_: Any, **__: Any) -> Starlette:
            masks[name] = os.umask(0o022)
            os.umask(masks[name])
            return Starlette()

        return noted

    monkeypatch.setattr("prefect.server.api.server.create_app", note("copying"))
    monkeypatch.setattr("uvicorn.run", note("serving"))
    before = os.umask(0o022)
    try:
        main(PORT)
    finally:
        os.umask(before)
    assert masks == {"copying": 0o022, "serving": 0o077}
