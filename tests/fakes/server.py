"""What every fake provider is made of: a strict app on loopback that can be told to fail.

    class FakeAcme(Fake):
        provider, key = ACME, "acme-0123456789abcdef"

        def routes(self) -> list[Route]:
            return [Route("/v1/images", self.images, methods=["POST"])]

    def test_waits(loopback: Loopback) -> None:  # one server for all tests of a process
        fake = loopback.show(FakeAcme())  # fake.url is the provider's base URL
        fake.fault = Fault.status(429, {"Retry-After": "7"})
        ...
        assert fake.calls == ["POST /v1/images"]

A fake refuses what the provider refuses, in its words: `refuse(status, body)` does it
from anywhere inside a route. Prove it with the provider's own SDK before the connector.
"""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from connectors.sdk.transport import Provider

Send = Callable[[Any], Awaitable[None]]
Receive = Callable[[], Awaitable[Any]]
F = TypeVar("F", bound="Fake")
MEGABYTE = b"\0" * 1_000_000


class Refused(Exception):
    """Raised inside a route: becomes the answer."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


@dataclass(frozen=True, slots=True)
class Fault:
    """How the next calls go wrong. `times` is how many of them; None: all."""

    kind: str
    code: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    times: int | None = None
    on: Callable[[str, str], bool] = lambda _method, _path: True

    @classmethod
    def status(
        cls, code: int, headers: Mapping[str, str] | None = None, **more: Any
    ) -> Self:
        """Return a fault that answers `code`; without `body` in the provider's words."""
        return cls("status", code, headers or {}, **more)


class Loopback:
    """Serves fakes in a thread, one after the other, on a free port of loopback."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._app: Any = None

    def show(self, fake: F) -> F:
        """Serve `fake` from now on, and return it."""
        fake.port, self._app = self.port, fake.app()
        return fake

    @contextmanager
    def serving(self) -> Iterator[Self]:
        """Serve until the context is left."""
        config = uvicorn.Config(
            self._answer,
            log_level="critical",
            lifespan="off",
            ws="websockets-sansio",
            interface="asgi3",
        )
        server = uvicorn.Server(config)
        sockets = {"sockets": [self._listening]}
        thread = threading.Thread(target=server.run, kwargs=sockets, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.002)
        try:
            yield self
        finally:
            server.should_exit = server.force_exit = True
            thread.join(10)
            self._listening.close()

    async def _answer(self, scope: Any, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


class Fake:
    """One provider on loopback. Count its calls, make it fail, look at what it was sent."""

    provider: ClassVar[Provider]
    key: ClassVar[str] = "key-0123456789abcdef0123456789"
    path: ClassVar[str] = ""  # of the base URL: "/v1"

    def __init__(self) -> None:
        self.calls: list[str] = []  # "POST /v1/images"
        self.sent: list[Any] = []  # what routes noted of each request, by `note`
        self._fault: Fault | None = None
        self._used = 0  # how often the fault was shown
        self.left = threading.Event()  # a caller hung up before its answer
        self.sent_bytes = 0
        self.delay = 0.0  # seconds before each answer
        self.port = 0

    def routes(self) -> list[BaseRoute]:
        """Return what the provider offers."""
        raise NotImplementedError

    def error(self, status: int) -> Any:
        """Return the JSON of an error of `status` in the provider's own shape."""
        return {"error": {"message": f"failed with {status}", "type": "x", "code": None}}

    @property
    def fault(self) -> Fault | None:
        """How the next calls go wrong; None: they do not."""
        return self._fault

    @fault.setter
    def fault(self, fault: Fault | None) -> None:
        self._fault, self._used = fault, 0

    @property
    def origin(self) -> str:
        """Where files and websockets are: no path."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """What TRIPTYCH_<NAME>_BASE_URL is set to."""
        return self.origin + self.path

    def env(self, **more: str) -> dict[str, str]:
        """Return the environment of a connector that talks to this fake."""
        env = {self.provider.variable("BASE_URL"): self.url, **more}
        return env | dict.fromkeys(self.provider.key_variables[:1], self.key)

    def refuse(
        self, status: int, body: Any, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Answer the running request with an error."""
        raise Refused(JSONResponse(body, status, dict(headers or {})))

    def app(self) -> Any:
        """Return the ASGI app: faults first, then the routes."""
        inner = Starlette(
            routes=self.routes(),
            exception_handlers={
                Refused: lambda _request, error: error.response,
                404: self._nowhere,
                405: self._nowhere,
            },
        )

        async def outer(scope: Any, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await inner(scope, receive, send)
                return
            self.calls.append(f"{scope['method']} {scope['path']}")
            fault = self._fault_for(scope)
            if fault is not None:
                await self._fail(fault, receive, send)
                return
            await self.pause(scope["path"])
            await inner(scope, receive, send)

        return outer

    async def pause(self, path: str) -> None:
        """Take as long as the provider takes to answer at `path`."""
        del path
        if self.delay:
            await asyncio.sleep(self.delay)

    def _nowhere(self, request: Request, error: Exception) -> Response:
        del error
        return JSONResponse({"detail": f"nothing is at {request.url.path}"}, 404)

    def _fault_for(self, scope: Any) -> Fault | None:
        fault = self.fault
        if fault is None or not fault.on(scope["method"], scope["path"]):
            return None
        if fault.times is not None:
            self._used += 1
            if self._used > fault.times:
                return None
        return fault

    async def _fail(self, fault: Fault, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass  # a real server has read the request when it fails
        failing: Callable[..., Awaitable[None]] = getattr(self, f"_{fault.kind}")
        await failing(fault, receive, send)

    async def _start(self, send: Send, status: int, headers: Mapping[str, str]) -> None:
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})

    async def _body(self, send: Send, body: bytes, *, more: bool = False) -> None:
        self.sent_bytes += len(body)
        await send({"type": "http.response.body", "body": body, "more_body": more})

    async def _status(self, fault: Fault, receive: Receive, send: Send) -> None:
        del receive
        body = fault.body
        if body is None:
            body = json.dumps(self.error(fault.code)).encode()
        headers = {"content-type": "application/json", **fault.headers}
        await self._start(send, fault.code, headers)
        await self._body(send, body)

    async def _hang(self, fault: Fault, receive: Receive, send: Send) -> None:
        del fault, send
        await self._gone(receive)

    async def _drip(self, fault: Fault, receive: Receive, send: Send) -> None:
        """Send one byte of white space now and then, for ever."""
        del fault
        await self._start(send, 200, {"content-type": "application/json"})
        gone = asyncio.ensure_future(self._gone(receive))
        while not gone.done():
            await self._body(send, b" ", more=True)
            await asyncio.wait([gone], timeout=0.05)

    async def _truncated(self, fault: Fault, receive: Receive, send: Send) -> None:
        del fault, receive
        headers = {"content-type": "application/json", "content-length": "100000"}
        await self._start(send, 200, headers)
        await self._body(send, b'{"data": [', more=True)

    async def _declared_gigabyte(self, fault: Fault, receive: Receive, send: Send) -> None:
        headers = {"content-type": "application/json", "content-length": "1000000000"}
        await self._start(send, 200, headers)
        await self._pour(fault, receive, send)

    async def _gigabyte(self, fault: Fault, receive: Receive, send: Send) -> None:
        await self._start(send, 200, {"content-type": "application/json"})
        await self._pour(fault, receive, send)

    async def _pour(self, fault: Fault, receive: Receive, send: Send) -> None:
        del fault
        gone = asyncio.ensure_future(self._gone(receive))
        for _ in range(1000):
            await self._body(send, MEGABYTE, more=True)
            await asyncio.sleep(0)
            if gone.done():
                return
        gone.cancel()
        await self._body(send, b"")

    async def _gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.left.set()


def authorized(request: Request, header: str, wanted: str) -> bool:
    """Say whether a request carries the header that the provider wants."""
    return request.headers.get(header) == wanted
