import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from triptych.cli.pack_server import PackServer, handler
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
    packs = {"autumn/en-GB": "digest"}
    folder = str(tmp_path / "packs")
    store.start(Run(RUN, "autumn", "a.yaml", "d", packs=packs, folder=folder))
    return store.root


@pytest.fixture
def address(store: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(PackServer(store))) as server:
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
    assert answer.status_code == 404
