import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from connectors.sdk import download
from connectors.sdk.download import inside_hosts, is_address, readable
from triptych.errors import Rejected, Unavailable

ADDRESS = "https://cdn.example/photo.jpg?signature=secret"


def answering(response: httpx.Response) -> httpx.MockTransport:
    return httpx.MockTransport(lambda _request: response)


def test_a_picture_is_kept_under_the_name_of_its_content(tmp_path: Path) -> None:
    first = readable(ADDRESS, tmp_path, (), answering(httpx.Response(200, content=b"jpeg")))
    again = readable(ADDRESS, tmp_path, (), answering(httpx.Response(200, content=b"jpeg")))
    assert first == again
    assert first.read_bytes() == b"jpeg"
    assert first.suffix == ".jpg"


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, Rejected), (403, Rejected), (429, Unavailable), (502, Unavailable)],
)
def test_statuses_are_sorted_and_signatures_are_never_said(
    status: int, error: type[Exception], tmp_path: Path
) -> None:
    with pytest.raises(error) as caught:
        readable(ADDRESS, tmp_path, (), answering(httpx.Response(status)))
    assert "cdn.example/photo.jpg" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_what_is_too_large_is_refused_before_it_is_all_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "LARGEST", 3)
    with pytest.raises(Rejected, match="larger than"):
        readable(ADDRESS, tmp_path, (), answering(httpx.Response(200, content=b"jpeg")))
    assert not list(tmp_path.iterdir())


def test_a_path_is_no_address() -> None:
    assert is_address("https://a.example/x.png")
    assert not is_address("photos/fig.jpg")


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8000/a.png",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:10.0.0.1]/a.png",
        "https://localhost/a.png",
    ],
)
def test_an_address_inside_a_network_is_not_read(address: str, tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"leads inside a private network.*TRIPTYCH_INSIDE"):
        readable(address, tmp_path)


class Site(BaseHTTPRequestHandler):
    """Answers a picture, and leads from /there to a name that was not allowed."""

    def do_GET(self) -> None:
        """Answer."""
        here = self.path == "/a.png"
        self.send_response(200 if here else 302)
        if not here:
            here_too = self.headers["Host"].replace("127.0.0.1", "localhost")
            self.send_header("Location", f"http://{here_too}/a.png")
        self.end_headers()
        if here:
            self.wfile.write(b"png")

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_host_that_the_team_names_is_read(site: str, tmp_path: Path) -> None:
    inside = inside_hosts(" 127.0.0.1 , assets.example.lan")
    assert readable(f"{site}/a.png", tmp_path, inside).read_bytes() == b"png"


def test_a_redirect_is_held_to_the_same_rule(site: str, tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"//localhost/a\.png leads inside"):
        readable(f"{site}/there", tmp_path, inside_hosts("127.0.0.1"))
    both = inside_hosts("127.0.0.1,localhost")
    assert readable(f"{site}/there", tmp_path, both).read_bytes() == b"png"


def nested_bomb(layers: int) -> bytes:
    """Return 30 MB of zeros, compressed `layers` times: a kilobyte or less for two."""
    data = bytes(30_000_000)
    for _ in range(layers):
        data = gzip.compress(data)
    return data


def test_two_layers_of_compression_are_refused_before_they_are_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "LARGEST", 1_000_000)
    headers = {"content-encoding": "gzip, gzip"}
    bomb = httpx.Response(200, headers=headers, stream=httpx.ByteStream(nested_bomb(2)))
    with pytest.raises(Rejected, match="2 layers of compression"):
        readable(ADDRESS, tmp_path, (), answering(bomb))


def test_one_layer_is_unpacked_up_to_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "LARGEST", 1_000_000)
    headers = {"content-encoding": "gzip"}
    small = httpx.ByteStream(gzip.compress(b"jpeg"))
    fine = httpx.Response(200, headers=headers, stream=small)
    assert readable(ADDRESS, tmp_path, (), answering(fine)).read_bytes() == b"jpeg"
    bomb = httpx.Response(200, headers=headers, stream=httpx.ByteStream(nested_bomb(1)))
    with pytest.raises(Rejected, match="larger than 1 MB"):
        readable(ADDRESS, tmp_path, (), answering(bomb))


def test_a_download_asks_for_no_compression(tmp_path: Path) -> None:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, content=b"jpeg")

    readable(ADDRESS, tmp_path, (), httpx.MockTransport(answer))
    assert requests[0].headers["accept-encoding"] == "identity"
