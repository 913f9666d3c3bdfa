"""Requests to the tests' Prefect server, with its password."""

import os
from pathlib import Path
from typing import Any

import httpx


def auth_of(home: Path) -> tuple[str, str]:
    """Return user and password of the server whose home is `home`."""
    return _pair((home / "password").read_text().strip())


def _pair(text: str) -> tuple[str, str]:
    user, _, password = text.partition(":")
    return user, password


def session_auth() -> tuple[str, str]:
    """Return user and password of the server that `prefect_server` started."""
    return _pair(os.environ["PREFECT_API_AUTH_STRING"])


def _with_auth(more: dict[str, Any]) -> dict[str, Any]:
    return more if "auth" in more else {**more, "auth": session_auth()}


def get(address: str, **more: Any) -> httpx.Response:
    """Return the answer to GET."""
    return httpx.get(address, **_with_auth(more))


def post(address: str, **more: Any) -> httpx.Response:
    """Return the answer to POST."""
    return httpx.post(address, **_with_auth(more))


def delete(address: str, **more: Any) -> httpx.Response:
    """Return the answer to DELETE."""
    return httpx.delete(address, **_with_auth(more))
