import json
import os
import socket
import sqlite3
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from triptych.cli import server, server_probe
from triptych.cli.password import password_of, sign_in_page
from triptych.cli.processes import ServiceProcess
from triptych.cli.server import Booting, home_of, settings_for, shed_of
from triptych.cli.server_probe import AUTH, check_version
from triptych.errors import ServerError
from triptych.process_identity import start_of


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
    booting = Booting(tmp_path, ServiceProcess(999_999_999, "http://127.0.0.1:9/api"))
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
    monkeypatch.setattr(server_probe, "versions", lambda *_: (theirs, "3.8.8"))
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


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_the_password_is_random_kept_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first = password_of(tmp_path / "one/prefect")
    assert password_of(tmp_path / "one/prefect") == first
    assert password_of(tmp_path / "two/prefect") != first
    assert len(first.partition(":")[2]) >= 40
    assert mode(tmp_path / "one/prefect") == 0o700
    assert mode(tmp_path / "one/prefect/password") == 0o600


def test_the_page_that_signs_in_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    password_of(tmp_path)
    page = sign_in_page(tmp_path, "http://127.0.0.1:4200")
    assert mode(page) == 0o600
    assert "http://127.0.0.1:4200/sign-in#" in page.read_text()


def test_an_earlier_versions_open_home_is_closed_before_a_server_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "prefect"
    (home / "logs").mkdir(parents=True)
    for name in ("prefect.db", "prefect.db-wal", "logs/server.log", "server.json"):
        (home / name).write_text("")
        (home / name).chmod(0o644)
    monkeypatch.setattr(server, "free_port", lambda: None)
    Booting.start(tmp_path)
    assert mode(home) == 0o700
    assert {mode(path) for path in home.rglob("*") if path.is_file()} == {0o600}


def running_server(store: Path) -> str:
    """Record this test's process as the server of `store`; return its address."""
    home = shed_of(store).folder
    home.mkdir(parents=True)
    me = ServiceProcess(os.getpid(), "http://127.0.0.1:9/api", start_of(os.getpid()))
    (home / "server.json").write_text(json.dumps(asdict(me)))
    return me.address


def test_the_password_goes_to_the_stores_own_server_and_to_no_other(tmp_path: Path) -> None:
    address = running_server(tmp_path)
    assert settings_for(address, {}, tmp_path)[AUTH] == password_of(tmp_path / "prefect")
    assert AUTH not in settings_for("https://team.example/api", {}, tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc says who has a file open")
def test_no_second_server_starts_on_a_database_that_is_open(tmp_path: Path) -> None:
    home = tmp_path / "prefect"
    home.mkdir()
    with sqlite3.connect(home / "prefect.db") as database:
        database.execute("create table a (b)")
        with pytest.raises(
            ServerError, match=f"process {os.getpid()} has .*prefect.db open"
        ):
            Booting.start(tmp_path)
