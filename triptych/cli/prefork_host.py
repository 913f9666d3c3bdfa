"""A process that is ready to become any command: a prefork worker.

Start it with `python -m triptych.cli.prefork_host SOCKET STORE`.

It imports what a run needs, checks a campaign once so that every model is built, and
waits. For each command that is handed over (see triptych/cli/prefork.py) it forks a keeper,
and the keeper the child that becomes the command. It starts no thread and no event loop,
and it never touches libvips: only so is a fork safe.
"""

import array
import contextlib
import gc
import io
import os
import signal
import socket
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TextIO

from triptych.cli.prefork import bounds, early, received, send, stamp

LOOK = 20.0  # seconds between two looks at whether the server still runs
IDLE = 6 * 3600.0  # seconds without a command until it ends by itself
PATIENCE = 5.0  # seconds until a caller that says nothing is left alone


def prepare() -> None:
    """Import what a run needs, and build what is built once.

    Raises:
        TriptychError: the example that ships cannot be checked.
    """
    import fastapi  # noqa: F401 - Prefect imports it for a flow's parameters
    import PIL.JpegImagePlugin  # noqa: F401

    import flows.blocks
    import flows.campaign  # noqa: F401
    import triptych.cli.display
    import triptych.engine.campaign  # noqa: F401
    from connectors import about
    from triptych.cli.new import copy_example
    from triptych.workflow.load import load_campaign
    from triptych.workflow.plan import make_plan

    with tempfile.TemporaryDirectory() as folder:
        copy_example("figuera", Path(folder))
        make_plan(load_campaign(Path(folder) / "figuera.yaml", about=about), about)
    if threading.active_count() > 1:
        raise RuntimeError("a thread was started: a fork would lose it")
    gc.collect()
    gc.freeze()  # children share what is here already


def serve(path: Path, goes_on: Callable[[], bool]) -> None:
    """Fork a command for each request at `path`, while `goes_on` returns True."""
    made = stamp()
    last = time.monotonic()
    with _listening(path) as door:
        while goes_on() and time.monotonic() - last < IDLE:
            try:
                line, _ = door.accept()
            except TimeoutError:
                continue
            if not goes_on():
                break
            last = time.monotonic()
            with line:
                if not _admitted(line, made):
                    break


def _listening(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    door = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)  # nobody else may ask
    try:
        door.bind(os.fspath(path))
    finally:
        os.umask(before)
    door.listen(8)
    door.settimeout(LOOK)
    return door


def _admitted(line: socket.socket, made: str) -> bool:
    """Fork what is asked for; return False where this process is of older code."""
    line.settimeout(PATIENCE)
    try:
        if _user(line) != os.getuid():
            return True
        files = _files(line)
        asked = received(line)
    except (OSError, ValueError):
        return True
    try:
        if not isinstance(asked, dict) or len(files) != 3:
            return True
        if asked.get("stamp") != made:
            send(line, {"refused": "the code has changed"})
            return False
        if asked.get("early") != early(os.environ) or asked.get("bounds") != bounds():
            send(line, {"refused": "other settings"})
            return True
        sys.stdout.write(f"{time.strftime('%F %T')} {' '.join(asked['words'])}\n")
        sys.stdout.flush()  # what a child would find in the buffer, it would say, too
        if os.fork() == 0:
            _keep(line, asked, files)
    finally:
        for each in files:
            os.close(each)
    return True


def _user(line: socket.socket) -> int:
    """Return who asks, by the system's word."""
    said = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    user: int = struct.unpack("3i", said)[1]
    return user


def _files(line: socket.socket) -> list[int]:
    files = array.array("i")
    room = socket.CMSG_LEN(3 * files.itemsize)
    _, extra, _, _ = line.recvmsg(1, room)
    for level, kind, data in extra:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            files.frombytes(data[: len(data) - len(data) % files.itemsize])
    return list(files)


def _keep(line: socket.socket, asked: dict[str, Any], files: list[int]) -> NoReturn:
    """Fork the command, tell its caller how it ends, and end it if the caller is gone."""
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.setpgid(0, 0)  # `triptych down` ends who waits here, not what runs
    child = os.fork()
    if child == 0:
        line.close()
        _become(asked, files)
    line.settimeout(None)
    try:
        with contextlib.suppress(OSError):  # gone already: the watch sees it, too
            send(line, {"pid": child})
        ended = threading.Event()
        watched = threading.Thread(target=_watch, args=(line, child, ended), daemon=True)
        watched.start()
        _, status = os.waitpid(child, 0)
        ended.set()
        code = os.waitstatus_to_exitcode(status)
        with contextlib.suppress(OSError):
            send(line, {"code": code if code >= 0 else 128 - code})
    finally:
        os._exit(0)


def _watch(line: socket.socket, child: int, ended: threading.Event) -> None:
    """Kill the command when its caller was killed."""
    with contextlib.suppress(OSError):
        line.recv(1)  # nothing comes any more: it returns when the other side is gone
    if not ended.is_set():
        os.kill(child, signal.SIGKILL)


class Became(Exception):
    """This process is a command now: `words` are its arguments."""

    def __init__(self, words: list[str]) -> None:
        super().__init__(words)
        self.words = words


def _become(asked: dict[str, Any], files: list[int]) -> NoReturn:
    """Take over the caller's files, folder, environment and mask.

    Raises:
        Became: always; the process unwinds, becomes the command, and ends as any does.
    """
    for number, each in enumerate(files):
        os.dup2(each, number)
    os.chdir(asked["folder"])
    os.umask(asked["umask"])
    os.environ.clear()
    os.environ.update(asked["env"])
    time.tzset()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
        signal.signal(number, usual)
    for number, name, errors in (
        (1, "stdout", "strict"),
        (2, "stderr", "backslashreplace"),
    ):
        stream = _stream(number, errors)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    raise Became(asked["words"])


def _stream(number: int, errors: str) -> TextIO:
    """Return a file's text as Python opens it when it starts."""
    file = os.fdopen(number, "wb", closefd=False)
    return io.TextIOWrapper(file, _encoding(), errors, line_buffering=True)


def _encoding() -> str:
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    said = next((name for name in names if name), "C.UTF-8")
    return said.partition(".")[2] or "utf-8"


def wait(path: Path, goes_on: Callable[[], bool]) -> None:
    """Fork commands for requests at `path`; return in the child to run the command.

    Raises:
        SystemExit: a command ended.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are nobody's to wait for
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # and the socket is removed
    me, words = os.getpid(), None
    try:
        serve(path, goes_on)
    except Became as became:
        words = became.words
    finally:
        if os.getpid() == me:
            path.unlink(missing_ok=True)
    if words is not None:
        from triptych.cli import main as command

        sys.argv = ["triptych", *words]
        command(args=words, prog_name="triptych")


def main() -> None:
    """Prepare, and wait for commands as long as the store's server runs."""
    from triptych.cli.server import known_server

    path, store = Path(sys.argv[1]), Path(sys.argv[2])

    def same_server() -> bool:
        server = known_server(store)
        return server is not None and server.address == os.environ["PREFECT_API_URL"]

    prepare()
    wait(path, same_server)


if __name__ == "__main__":
    main()
