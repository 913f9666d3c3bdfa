"""A browser's request that the database is too busy for: repeated, with its body."""

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from flows.server_retries import MAX_RETRIES, RetriesBusy

PAGE = {"Origin": "http://127.0.0.1:4200"}


async def _unavailable(_request: Request, _error: Exception) -> PlainTextResponse:
    return PlainTextResponse("Service Unavailable", 503)


class Server:
    """Answers 503 `busy` times, then what it was sent."""

    def __init__(self, busy: int) -> None:
        self.busy, self.bodies = busy, list[bytes]()
        self.waits: list[float] = []
        app = Starlette(
            routes=[Route("/resume", self._resume, methods=["GET", "POST"])],
            exception_handlers={Exception: _unavailable},  # as Prefect has it
        )
        retrying = RetriesBusy(app, self._wait)
        self.client = TestClient(retrying, raise_server_exceptions=False)

    async def _wait(self, seconds: float) -> None:
        self.waits.append(seconds)

    async def _resume(self, request: Request) -> PlainTextResponse:
        self.bodies.append(await request.body())
        if len(self.bodies) <= self.busy:
            raise OSError("database is locked")
        return PlainTextResponse(self.bodies[-1], 201)


def test_a_click_in_the_ui_is_repeated_until_the_database_is_free() -> None:
    server = Server(busy=2)
    answer = server.client.post("/resume", headers=PAGE, content=b"approve")
    assert (answer.status_code, answer.content) == (201, b"approve")
    assert server.bodies == [b"approve"] * 3
    assert server.waits == [0.1, 0.2]


def test_a_database_that_stays_busy_is_told() -> None:
    server = Server(busy=99)
    assert server.client.post("/resume", headers=PAGE).status_code == 503
    assert len(server.bodies) == MAX_RETRIES + 1


@pytest.mark.parametrize("request_of", [("POST", {}), ("GET", PAGE)])
def test_programs_and_reads_are_answered_as_they_are(request_of: Any) -> None:
    method, headers = request_of
    server = Server(busy=1)
    assert server.client.request(method, "/resume", headers=headers).status_code == 503
    assert len(server.bodies) == 1
