import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers.ports import LOAD
from triptych.cli import prefork as warm
from triptych.cli.new import copy_example
from triptych.cli.prefork import early, handed_over, is_possible, stamp

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="commands are handed over on Linux"),
    pytest.mark.slow,
]
# a host without Prefect: what is handed over is any command, and the way is the same
HOST = "import sys; from pathlib import Path; from triptych.cli.prefork_host import wait; "
HOST += "wait(Path(sys.argv[1]), lambda: True)"
CALL = "import os, sys; from pathlib import Path; from triptych.cli.prefork import handed_over; "
CALL += "sys.exit(handed_over(Path(sys.argv[1]), sys.argv[2:], os.environ))"
ROOT = Path(__file__).resolve().parents[2]


def until(true: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Return whether `true()` within `seconds` of an unloaded machine."""
    deadline = time.monotonic() + seconds * LOAD
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("TRIPTYCH_WARM", "yes")
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)  # `make` names a home, which has logs and a server
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture
def host(tmp_path: Path, env: dict[str, str]) -> Iterator[Path]:
    path = tmp_path / "warm.sock"
    process = subprocess.Popen([sys.executable, "-c", HOST, str(path)], env=env)
    assert until(path.exists)
    yield path
    process.terminate()
    process.wait()


@pytest.fixture
def call(host: Path, env: dict[str, str]) -> Callable[..., "subprocess.Popen[str]"]:
    def called(
        *words: str, folder: Path | None = None, **more: str
    ) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-c", CALL, str(host), *words],
            env={**env, **more},
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return called


Call = Callable[..., "subprocess.Popen[str]"]


def test_a_command_speaks_through_its_callers_files(call: Call, tmp_path: Path) -> None:
    copy_example("figuera", tmp_path / "camp")
    said, wrong = call("check", "figuera.yaml", folder=tmp_path / "camp").communicate()
    assert "figuera.yaml: good" in said
    assert not wrong


def test_its_exit_code_is_the_callers(call: Call, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("triptych: 1\n")
    process = call("check", "bad.yaml", folder=tmp_path)
    _, wrong = process.communicate()
    assert process.returncode == 2
    assert "bad.yaml:1:1" in wrong


def test_it_has_its_callers_environment_and_not_the_hosts(
    call: Call, tmp_path: Path
) -> None:
    said, _ = call("runs", folder=tmp_path, TRIPTYCH_STORE="/dev/null/no").communicate()
    assert said == ""
    process = call("runs", folder=tmp_path, TRIPTYCH_STORE="ftp://elsewhere")
    _, wrong = process.communicate()
    assert "ftp://elsewhere" in wrong
    assert process.returncode == 2


def test_many_are_served_at_once(call: Call, tmp_path: Path) -> None:
    copy_example("figuera", tmp_path / "camp")
    many = [call("check", "figuera.yaml", folder=tmp_path / "camp") for _ in range(4)]
    assert all("good" in process.communicate()[0] for process in many)
    assert [process.returncode for process in many] == [0] * 4


def children(name: str) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = entry.read_bytes()
        except OSError:
            continue
        if name.encode() in text:
            found.append(int(entry.parent.name))
    return found


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _state(pid: int) -> str:
    return _stat(pid)[0]


def _parent(pid: int) -> int:
    return int(_stat(pid)[1])


Following = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def follow(call: Call, tmp_path: Path) -> Following:
    """Return what calls `logs -f`, which never ends by itself, and hears its first line."""

    def followed() -> "subprocess.Popen[str]":
        logs = tmp_path / "s" / "prefect" / "logs"
        logs.mkdir(parents=True)
        (logs / "server.log").write_text("begun\n")
        process = call("logs", "server", "-f", "--store", str(tmp_path / "s"))
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        return process

    return followed


def test_signals_reach_the_command(follow: Following) -> None:
    process = follow()
    process.send_signal(signal.SIGINT)
    _, wrong = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in wrong


def test_a_paused_caller_pauses_its_command(follow: Following, host: Path) -> None:
    process = follow()
    ours = children(str(host))
    (command,) = (
        pid for pid in ours if _parent(pid) in ours and _parent(_parent(pid)) in ours
    )
    process.send_signal(signal.SIGTSTP)
    assert until(lambda: _state(process.pid) == _state(command) == "T")
    process.send_signal(signal.SIGCONT)
    assert until(lambda: _state(process.pid) == _state(command) == "S")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM


def test_a_killed_caller_takes_its_command_with_it(follow: Following, host: Path) -> None:
    process = follow()
    assert len(children(str(host))) == 4  # the host, its keeper, the command, the caller
    process.kill()
    process.communicate()
    assert until(lambda: len(children(str(host))) == 1)


def test_older_code_refuses_and_ends(
    host: Path, env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm, "stamp", lambda: "newer")
    assert handed_over(host, ["--version"], env) is None
    assert until(lambda: not host.exists())


def test_other_settings_are_refused(host: Path, env: dict[str, str]) -> None:
    assert handed_over(host, ["--version"], {**env, "PREFECT_API_URL": "http://x"}) is None
    assert host.exists()


def test_other_limits_are_refused(
    host: Path, env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    nicer = [os.getpriority(os.PRIO_PROCESS, 0) + 5, *warm.bounds()[1:]]
    monkeypatch.setattr(warm, "bounds", lambda: nicer)
    assert handed_over(host, ["--version"], env) is None
    assert host.exists()


def test_what_is_read_early_must_be_equal_and_the_rest_not() -> None:
    env = {"PREFECT_HOME": "/a", "PYTHONPATH": "/b", "OPENAI_API_KEY": "sk-1", "LANG": "C"}
    assert early(env) == {"PREFECT_HOME": "/a", "PYTHONPATH": "/b"}


def test_a_stranger_on_the_line_ends_nothing(call: Call, host: Path) -> None:
    for said in (b"", b"x", b"f\xff\xff\xff\xff{", b"f\x00\x00\x00\x02[]"):
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(host))
            line.sendall(said)
    process = call("--version")
    assert "triptych" in process.communicate()[0]


def test_nobody_else_may_ask(host: Path) -> None:
    assert host.stat().st_mode & 0o077 == 0


def test_where_nobody_listens_the_command_is_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "warm.sock"
    assert handed_over(path, ["--version"], os.environ) is None
    with socket.socket(socket.AF_UNIX) as line:
        line.bind(str(path))  # left behind by a process that was killed
    assert handed_over(path, ["--version"], os.environ) is None


def test_it_can_be_refused_and_a_path_may_be_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRIPTYCH_WARM")
    assert not is_possible(tmp_path / ("x" * 100) / "warm.sock")
    assert is_possible(Path("/tmp/warm.sock"))
    monkeypatch.setenv("TRIPTYCH_WARM", "no")
    assert not is_possible(Path("/tmp/warm.sock"))


def test_the_stamp_is_of_the_code_as_it_is() -> None:
    assert stamp() == stamp()
