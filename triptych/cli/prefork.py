"""Hand a run to a process that has Prefect imported already (Linux).

Importing Prefect takes longer than a run whose units are all in the store.
`triptych/cli/prefork_host.py` is a process that has done it: it takes the words,
folder, environment and the three files of a command over a Unix socket, and forks one
child that is that command. Nothing changes
for whoever typed it: output, signals and exit code are the child's. Where no such process
answers, is of other code or of other settings, the command does the work itself.
"""

import array
import contextlib
import json
import os
import signal
import socket
import struct
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

VARIABLE = "TRIPTYCH_WARM"  # "no": every command works for itself
OURS = ("triptych", "connectors", "flows", "templates")
LENGTH = struct.Struct("!I")
LONGEST = 100  # bytes of a socket's path; the system's limit is 108
PATIENCE = 3.0  # seconds until a process that says nothing is given up
FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
# what a process reads once, when it starts or imports: a child cannot change it any more
EARLY = ("PREFECT_", "PYTHON")


def is_possible(path: Path) -> bool:
    """Return whether this system supports prefork workers."""
    wanted = os.environ.get(VARIABLE, "").lower() not in ("no", "0", "false")
    return wanted and sys.platform == "linux" and len(os.fsencode(path)) <= LONGEST


def early(env: Mapping[str, str]) -> dict[str, str]:
    """Return the part of an environment that is read too early for a child."""
    return {name: value for name, value in env.items() if name.startswith(EARLY)}


def bounds() -> list[Any]:
    """Return what the system holds this process to (`nice`, `taskset`, `ulimit`): a
    command inherits it from who forks it, not from who called it."""
    import resource

    kinds = (
        resource.RLIMIT_AS,
        resource.RLIMIT_CPU,
        resource.RLIMIT_DATA,
        resource.RLIMIT_FSIZE,
        resource.RLIMIT_NOFILE,
    )
    limits = [list(resource.getrlimit(kind)) for kind in kinds]
    return [os.getpriority(os.PRIO_PROCESS, 0), sorted(os.sched_getaffinity(0)), limits]


def stamp() -> str:
    """Return what changes when the code does: the newest file of each folder of ours."""
    import triptych

    root = Path(triptych.__file__).parent.parent
    packages = Path(click.__file__).parent.parent  # changes as packages come and go
    newest = [_newest(root / name) for name in OURS]
    return " ".join(map(str, [sys.prefix, packages.stat().st_mtime_ns, *newest]))


def _newest(folder: Path) -> int:
    newest = 0
    for where, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in files:
            with contextlib.suppress(OSError):
                newest = max(newest, Path(where, name).stat().st_mtime_ns)
    return newest


def handed_over(path: Path, words: list[str], env: Mapping[str, str]) -> int | None:
    """Return the exit code of the command `words` (without `triptych`), run by the
    process that listens at `path`; None where nobody takes it.

    `env` is the environment that this process would import Prefect in.
    """
    if not is_possible(path) or not path.exists():
        return None
    with socket.socket(socket.AF_UNIX) as line:
        try:
            pid = _taken(line, path, words, env)
        except OSError:
            return None
        if pid is None:
            return None
        with _forwarding(pid):
            return _ended(line)


def _taken(
    line: socket.socket, path: Path, words: list[str], env: Mapping[str, str]
) -> int | None:
    """Return the process that took the command; None where it was refused."""
    line.settimeout(PATIENCE)
    line.connect(os.fspath(path))
    asked = {
        "stamp": stamp(),
        "words": words,
        "folder": os.fspath(Path.cwd()),
        "env": dict(os.environ),
        "early": early(env),
        "bounds": bounds(),
        "umask": _umask(),
    }
    files = array.array("i", [0, 1, 2])
    line.sendmsg([b"f"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
    send(line, asked)
    answer = received(line)
    return None if answer is None else answer.get("pid")


def _umask() -> int:
    now = os.umask(0o077)
    os.umask(now)
    return now


def _ended(line: socket.socket) -> int:
    """Return the exit code, once the child has ended."""
    line.settimeout(None)
    answer = None
    with contextlib.suppress(OSError):
        answer = received(line)
    # the process went away under its child: as if this command had been killed
    return int(answer["code"]) if answer is not None else 128 + signal.SIGKILL


@contextlib.contextmanager
def _forwarding(pid: int) -> Iterator[None]:
    """Hand signals to the child instead of acting on them."""

    def forward(number: int, _frame: Any) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)

    def pause(_number: int, _frame: Any) -> None:
        forward(signal.SIGSTOP, None)
        os.kill(os.getpid(), signal.SIGSTOP)  # Ctrl-Z; goes on here with `fg`
        forward(signal.SIGCONT, None)

    before = {number: signal.signal(number, forward) for number in FORWARDED}
    before[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, pause)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def send(line: socket.socket, value: Any) -> None:
    """Send `value` as JSON behind its length."""
    data = json.dumps(value).encode("utf-8", "surrogateescape")
    line.sendall(LENGTH.pack(len(data)) + data)


def received(line: socket.socket) -> dict[str, Any] | None:
    """Return what `send` sent; None where the other side hung up."""
    head = _exactly(line, LENGTH.size)
    if head is None:
        return None
    data = _exactly(line, LENGTH.unpack(head)[0])
    if data is None:
        return None
    value: dict[str, Any] = json.loads(data.decode("utf-8", "surrogateescape"))
    return value


def _exactly(line: socket.socket, length: int) -> bytes | None:
    data = b""
    while len(data) < length:
        part = line.recv(length - len(data))
        if not part:
            return None
        data += part
    return data
