import socket
from pathlib import Path

import pytest

from triptych.cli import server
from triptych.cli.processes import Process
from triptych.cli.server import Booting, check_version, home_of, shed_of
from triptych.errors import ServerError


@pytest.fixture(autouse=True)
def _no_prefect_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.delenv("PREFECT_HOME", raising=False)


def test_a_port_that_is_taken_is_said_to_be(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServerError, match=f"port {port} is taken"):
            Booting.start(tmp_path, port)


def test_a_server_that_is_named_but_away_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    with pytest.raises(ServerError, match="PREFECT_API_URL"):
        Booting.start(tmp_path).address()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("sqlite3.DatabaseError: file is not a database", "prefect.db away"),
        ("alembic: Can't locate revision identified by 'ab12'", "newer Prefect"),
        ("[Errno 98] address already in use", "--port"),
        ("sqlite3.OperationalError: attempt to write a readonly database", "may not write"),
    ],
)
def test_why_it_did_not_start_is_read_from_its_log(
    tmp_path: Path, line: str, says: str
) -> None:
    log = shed_of(tmp_path).log("server")
    log.parent.mkdir(parents=True)
    log.write_text(f"starting\n{line}\n")
    booting = Booting(tmp_path, Process(999_999_999, "http://127.0.0.1:9/api"))
    with pytest.raises(ServerError, match=says):
        booting.address()


@pytest.mark.parametrize(
    ("theirs", "fails"), [("3.6.1", True), ("3.8.2", False), ("3.9.0", False), ("", False)]
)
def test_an_older_server_is_refused_and_a_newer_one_is_not(
    monkeypatch: pytest.MonkeyPatch,
    theirs: str,
    fails: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setattr(server, "_versions", lambda _address: (theirs, "3.8.8"))
    if fails:
        with pytest.raises(ServerError, match=r"Prefect 3\.6\.1, here is 3\.8\.8"):
            check_version("http://there/api")
    else:
        check_version("http://there/api")


def test_its_home_is_the_stores_unless_another_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert home_of(tmp_path) == tmp_path / "prefect"
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "else"))
    assert home_of(tmp_path) == tmp_path / "else"
