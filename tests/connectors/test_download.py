from pathlib import Path

import httpx
import pytest

from connectors import download
from connectors.download import is_address, readable
from triptych.errors import Rejected, Unavailable

ADDRESS = "https://cdn.example/photo.jpg?signature=secret"


def answering(response: httpx.Response) -> httpx.MockTransport:
    return httpx.MockTransport(lambda _request: response)


def test_a_picture_is_kept_under_the_name_of_its_content(tmp_path: Path) -> None:
    first = readable(ADDRESS, tmp_path, answering(httpx.Response(200, content=b"jpeg")))
    again = readable(ADDRESS, tmp_path, answering(httpx.Response(200, content=b"jpeg")))
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
        readable(ADDRESS, tmp_path, answering(httpx.Response(status)))
    assert "cdn.example/photo.jpg" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_what_is_too_large_is_refused_before_it_is_all_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "LARGEST", 3)
    with pytest.raises(Rejected, match="larger than"):
        readable(ADDRESS, tmp_path, answering(httpx.Response(200, content=b"jpeg")))
    assert not list(tmp_path.iterdir())


def test_a_path_is_no_address() -> None:
    assert is_address("https://a.example/x.png")
    assert not is_address("photos/fig.jpg")
