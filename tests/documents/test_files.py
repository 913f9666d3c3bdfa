"""Files that people name: regular ones only, at most so many bytes, a sentence for the rest."""

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.documents.files import exists, is_inside, read_limited
from triptych.errors import UnreadableFile


def reason(path: Path, limit: int = 10, what: str = "picture") -> str:
    """Return why `path` is refused."""
    with pytest.raises(UnreadableFile) as caught:
        read_limited(path, limit, what)
    assert str(caught.value) == f"{path}: {caught.value.reason}"
    assert caught.value.exit_code == 2
    return caught.value.reason


@given(data=st.binary(max_size=40), limit=st.integers(40, 50))
def test_it_returns_all_bytes(
    data: bytes, limit: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "some.bin"
    file.write_bytes(data)
    assert read_limited(file, limit) == data


def test_it_reads_a_file_of_exactly_the_limit(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 10)
    assert len(read_limited(tmp_path / "a", 10)) == 10


def test_it_refuses_one_byte_more(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 11)
    assert reason(tmp_path / "a") == "is 11 bytes; at most 10 are read"


def test_it_refuses_a_pipe_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a")
    assert reason(tmp_path / "a") == "is a named pipe, not a picture"


def test_it_refuses_a_device() -> None:
    assert reason(Path("/dev/zero")) == "is a device, not a picture"


def test_it_refuses_a_link_to_a_device(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("/dev/zero")
    assert reason(tmp_path / "a") == "is a device, not a picture"


def test_it_refuses_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's address is short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("a")
        assert reason(Path("a")) == "is a socket, not a picture"


def test_it_reads_a_regular_file_without_a_size() -> None:
    assert b"Linux" in read_limited(Path("/proc/version"), 10_000)


def test_it_stops_at_the_limit_of_a_file_without_a_size() -> None:
    assert reason(Path("/proc/version")) == "is larger; at most 10 are read"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nothing", "there is no such file; check the path"),
        ("a\0b", "cannot be read: its name holds a NUL character"),
        ("x" * 5000, "cannot be read: File name too long"),
        ("\ud800", "cannot be read: its name is not valid UTF-8"),
        ("folder", "is a folder, not a picture"),
        ("loop", "cannot be read: Too many levels of symbolic links"),
    ],
)
def test_it_refuses_a_path_in_a_sentence(tmp_path: Path, name: str, expected: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    assert reason(tmp_path / name) == expected


@pytest.mark.parametrize("name", ["a\0b", "loop", "../b", "/etc/passwd"])
def test_a_path_that_cannot_be_resolved_is_not_inside(tmp_path: Path, name: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    assert not is_inside(tmp_path / name, tmp_path)


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "loop", "nothing"])
def test_a_path_that_cannot_exist_does_not(tmp_path: Path, name: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    assert not exists(tmp_path / name)


def test_what_is_there_exists_and_is_inside(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert exists(tmp_path / "a")
    assert is_inside(tmp_path / "a", tmp_path)
