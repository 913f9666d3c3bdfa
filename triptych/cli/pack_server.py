"""A small server that shows packs: `python -m triptych.cli.pack_server STORE PORT`.

The Prefect UI opens links only to web addresses. This server answers on this machine
only, reads only, and only inside folders of packs that runs in the store name:
/<run>/<pack>/index.html. It shows a pack only while the folder holds what that run made.
"""

import html
import sys
import threading
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from typing import Any
from urllib.parse import unquote, urlsplit

from triptych.cli.pack_files import NewerRun, PackFiles

HOST = "127.0.0.1"
NAMES = ("127.0.0.1", "localhost")  # another name is a page elsewhere (DNS rebinding)
MAX_CONNECTIONS = 32
MAX_IDLE_S = 10.0  # between two bytes of a request or an answer
MAX_REQUEST_S = 15.0  # until the head of a request is complete
NOT_THERE = "there is no such pack, or no such file in it"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self' data:; "
    "media-src 'self'; font-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


class PackHTTPServer(ThreadingHTTPServer):
    """A thread for each of at most `MAX_CONNECTIONS`; more are closed at once."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], files: PackFiles) -> None:
        super().__init__(address, PackHandler)
        self.files = files
        self.places = threading.BoundedSemaphore(MAX_CONNECTIONS)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Begin to answer if there is a place."""
        if self.places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer in this thread, then give the place back."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore that the other side hung up; anything else is a fault and is logged."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class PackHandler(SimpleHTTPRequestHandler):
    """Answers GET and HEAD."""

    server: PackHTTPServer  # pyright: ignore[reportIncompatibleVariableOverride]
    timeout = MAX_IDLE_S
    server_version, sys_version = "triptych", ""

    def handle_one_request(self) -> None:
        """Answer one request, whose head must come within `MAX_REQUEST_S`."""
        self.deadline = threading.Timer(MAX_REQUEST_S, _hang_up, [self.connection])
        self.deadline.start()
        try:
            super().handle_one_request()
        finally:
            self.deadline.cancel()

    def send_head(self) -> None:
        """Send the file that the path names, or a sentence that says why not."""
        self.deadline.cancel()
        host = (self.headers.get("Host") or "").rpartition(":")[0]
        if host not in NAMES:
            self._say(HTTPStatus.MISDIRECTED_REQUEST, "this server has another name")
            return
        try:
            file = self.server.files.find(unquote(urlsplit(self.path).path))
            data = file.read_bytes() if file is not None else None
        except NewerRun as error:
            self._say(HTTPStatus.GONE, str(error))
            return
        except (OSError, ValueError):  # no path of this system, or it went away
            file = data = None
        if file is None or data is None:
            self._say(HTTPStatus.NOT_FOUND, NOT_THERE)
        else:
            self._send(HTTPStatus.OK, self.guess_type(str(file)), data)

    def _say(self, status: HTTPStatus, sentence: str) -> None:
        page = f"<!doctype html><meta charset=utf-8><p>{html.escape(sentence)}</p>\n"
        self._send(status, "text/html; charset=utf-8", page.encode())

    def _send(self, status: HTTPStatus, media_type: str, data: bytes) -> None:
        self.send_response(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log nothing."""
        del format, args


def _hang_up(connection: socket) -> None:
    try:
        connection.shutdown(2)
    except OSError:
        return  # it ended meanwhile


def main(store: str, port: str) -> None:
    """Serve until stopped."""
    with PackHTTPServer((HOST, int(port)), PackFiles(Path(store))) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
