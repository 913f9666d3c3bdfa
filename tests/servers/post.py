"""Real servers that take messages: one for HTTP, one for mail; both keep what came."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class PostBox:
    """What came in, and where to send it. `status` is what the server answers."""

    address: str = ""
    status: int = 200
    came: list[dict[str, Any]] = field(default_factory=list)
    raw: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextlib.contextmanager
def http_box(status: int = 200) -> Iterator[PostBox]:
    """Run an HTTP server on loopback that keeps the JSON bodies posted to it."""
    box = PostBox(status=status)

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            box.came.append(json.loads(body))
            box.raw.append((dict(self.headers.items()), body))
            self.send_response(box.status)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    box.address = f"http://127.0.0.1:{server.server_port}/services/hush-hush"
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class MailBox:
    """Letters that came in, and the port that takes them."""

    port: int = 0
    letters: list[Any] = field(default_factory=list)


@contextlib.contextmanager
def mail_box(refuse: str = "") -> Iterator[MailBox]:
    """Run an SMTP server on loopback; `refuse` is what it answers to every letter."""
    import email
    import email.policy

    from aiosmtpd.controller import Controller

    from tests.servers.ports import free_port

    box = MailBox(free_port())

    class Take:
        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
            policy = email.policy.default
            box.letters.append(email.message_from_bytes(envelope.content, policy=policy))
            return refuse or "250 OK"

    controller = Controller(Take(), hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
