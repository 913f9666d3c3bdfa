import dataclasses
import hashlib
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from triptych.cli import pack_server
from triptych.cli.pack_files import PackFiles
from triptych.cli.pack_server import MAX_CONNECTIONS, PackHTTPServer
from triptych.store.contract import Run
from triptych.store.folder import FolderStore

RUN = "20261125T060000-abcdef"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    pack = tmp_path / "packs/autumn/en-GB"
    pack.mkdir(parents=True)
    (pack / "index.html").write_text("<h1>Figs</h1>")
    (tmp_path / "packs/autumn/en-GB.zip").write_bytes(b"zip")
    (tmp_path / "packs/secret.txt").write_text("no")
    store = FolderStore(tmp_path / "store")
    packs = {"autumn/en-GB": hashlib.sha256(b"zip").hexdigest()}
    folder = str(tmp_path / "packs")
    store.start(Run(RUN, "autumn", "a.yaml", "d", packs=packs, folder=folder))
    return store.root


@pytest.fixture
def address(store: Path) -> Iterator[str]:
    with PackHTTPServer(("127.0.0.1", 0), PackFiles(store)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_packs_page_and_its_zip_open(address: str) -> None:
    page = httpx.get(f"{address}/{RUN}/autumn/en-GB/index.html")
    assert page.text == "<h1>Figs</h1>"
    assert page.headers["content-type"] == "text/html"
    assert httpx.get(f"{address}/{RUN}/autumn/en-GB.zip").content == b"zip"
    assert httpx.get(f"{address}/{RUN}/autumn/en-GB/").text == "<h1>Figs</h1>"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        f"/{RUN}/",
        f"/{RUN}/secret.txt",
        f"/{RUN}/autumn/en-GB/..%2f..%2fsecret.txt",
        f"/{RUN}/%2e%2e/store/runs/{RUN}.json",
        "/nobody/autumn/en-GB/index.html",
    ],
)
def test_nothing_else_does(address: str, path: str) -> None:
    assert httpx.get(f"{address}{path}").status_code == 404


def test_a_page_elsewhere_cannot_read_packs_through_a_name_of_its_own(address: str) -> None:
    answer = httpx.get(
        f"{address}/{RUN}/autumn/en-GB/index.html", headers={"Host": "evil.example:80"}
    )
    assert answer.status_code == 421
    assert "Figs" not in answer.text


def test_no_page_of_a_pack_runs_scripts_or_is_framed(address: str) -> None:
    for path in (f"/{RUN}/autumn/en-GB/index.html", "/nothing"):
        headers = httpx.get(f"{address}{path}").headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def raw(address: str, request: bytes) -> bytes:
    """Return all that is answered to the bytes of a request."""
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    "target", [f"/{RUN}/autumn/%00", f"/{RUN}/{'a' * 60_000}", "http://[/x", "/%", "/..%2f"]
)
def test_a_path_that_is_none_is_answered(
    address: str, target: str, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = raw(address, f"GET {target} HTTP/1.0\r\nHost: 127.0.0.1:1\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.0 404 ")
    assert capfd.readouterr().err == ""


def test_who_says_nothing_is_hung_up_on(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack_server, "MAX_REQUEST_S", 0.1)
    assert raw(address, b"GET / HTTP/1.0\r\nX-Slow: ") == b""


def test_idle_connections_have_a_limit_and_their_places_come_back(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack_server, "MAX_REQUEST_S", 1.0)
    port = int(address.rpartition(":")[2])
    before = threading.active_count()
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(100)]
    try:
        refused = raw(address, b"GET / HTTP/1.0\r\nHost: localhost:1\r\n\r\n")
        answering = threading.active_count() - before
    finally:
        for each in idle:
            each.close()
    assert refused == b""
    assert answering <= 2 * MAX_CONNECTIONS  # a timer for each thread
    patient = httpx.HTTPTransport(retries=50)
    with httpx.Client(transport=patient) as client:
        assert until_answered(client, f"{address}/") == 404


def until_answered(client: httpx.Client, address: str) -> int:
    for _ in range(100):
        try:
            return client.get(address).status_code
        except httpx.TransportError:
            threading.Event().wait(0.05)
    return 0


def test_what_a_newer_run_wrote_is_not_shown_as_an_older_runs(
    address: str, store: Path
) -> None:
    later = "20261126T060000-abcdef"
    older = next(FolderStore(store).runs())
    packs = {"autumn/en-GB": hashlib.sha256(b"newer").hexdigest()}
    FolderStore(store).start(dataclasses.replace(older, id=later, packs=packs))
    (Path(older.folder) / "autumn/en-GB.zip").write_bytes(b"newer")
    answer = httpx.get(f"{address}/{RUN}/autumn/en-GB/index.html")
    assert answer.status_code == 410
    assert re.search(f"run {later} changed this pack after run {RUN}", answer.text)
    assert "Figs" not in answer.text
    assert httpx.get(f"{address}/{later}/autumn/en-GB/index.html").status_code == 200


def test_a_decision_changes_what_a_runs_pack_is(address: str, store: Path) -> None:
    page = f"{address}/{RUN}/autumn/en-GB/index.html"
    assert httpx.get(page).status_code == 200
    kept = FolderStore(store)
    run = next(kept.runs())
    kept.update(dataclasses.replace(run, packs={"autumn/en-GB": "another digest"}))
    assert httpx.get(page).status_code == 410
