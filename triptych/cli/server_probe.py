"""Requests to a Prefect server and questions about ports, without importing Prefect."""

import contextlib
import json
import os
import re
import socket
from importlib.metadata import version

from triptych.cli.password import basic
from triptych.errors import ServerError

AUTH = "PREFECT_API_AUTH_STRING"  # "user:password" that a Prefect client sends


def get(address: str, timeout_s: float, auth: str = "") -> bytes | None:
    """Return the body at `address`; None if nothing answers 200 within `timeout_s`."""
    import urllib.error
    import urllib.request

    headers = {"Authorization": f"Basic {basic(auth)}"} if auth else {}
    try:
        request = urllib.request.Request(address, headers=headers)
        with urllib.request.urlopen(request, timeout=timeout_s) as reply:
            data: bytes = reply.read()
            return data if reply.status == 200 else None
    except (urllib.error.URLError, OSError, ValueError):
        return None


def answering_at(address: str) -> bool:
    """Return whether a web server of ours answers at `address` now."""
    return get(address, 0.5) is not None


def answers(address: str, timeout_s: float = 0.5) -> bool:
    """Return whether a Prefect API answers at `address` within `timeout_s`.

    Its health needs no password.
    """
    return get(f"{address}/health", timeout_s) is not None


def versions(address: str, auth: str) -> tuple[str, str]:
    """Return the server's version of Prefect (empty: it does not say), and ours."""
    reply = get(f"{address}/admin/version", 5.0, auth)
    with contextlib.suppress(ValueError):
        return str(json.loads(reply or b'""')), version("prefect")
    return "", version("prefect")


def check_version(address: str, auth: str = "") -> None:
    """Refuse a server that is older than the Prefect that is installed here.

    Raises:
        ServerError: it is older; names both versions and the cure.
    """
    theirs, ours = versions(address, auth or os.environ.get(AUTH, ""))
    if theirs and _minor(theirs) < _minor(ours):
        series = ".".join(theirs.split(".")[:2])
        raise ServerError(
            f"the server at {address} is Prefect {theirs}, here is {ours}: an older "
            f"server refuses newer clients. Upgrade it, or install 'prefect=={series}.*'"
        )


def _minor(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text)[:2]))


def is_free(port: int) -> bool:
    """Return whether a server could listen on `port` of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int | None:
    """Return a free port; None where there is no loopback network."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", 0))
            probe.listen()
            port: int = probe.getsockname()[1]
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return port
        except OSError:
            return None
