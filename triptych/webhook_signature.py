"""Signed messages, as https://www.standardwebhooks.com describes them.

Three headers: `webhook-id` (unique), `webhook-timestamp` (Unix seconds) and
`webhook-signature` ("v1," and the Base64 of HMAC-SHA-256 over "id.timestamp.body"; several
may stand there, divided by spaces, while a secret is being exchanged).

The path is not signed. Each workflow therefore has a secret of its own, derived from the
one that the receiver keeps: a message for one workflow starts no other. What a workflow's
`notify:` sends is signed with another derived key: its receiver can start nothing.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping

from triptych.errors import TriptychError

ID, TIME, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE = 300.0  # seconds that a message may be old, or ahead of our clock
_PREFIX = "whsec_"


class BadSignature(TriptychError):
    """A message is not signed with the workflow's secret, or is too old."""


class BadSecret(TriptychError):
    """The secret is missing, or cannot be one."""

    exit_code = 4


def key_of(secret: str) -> bytes:
    """Return the key in `secret` ("whsec_" and Base64 of at least 24 bytes).

    Raises:
        BadSecret: it is none; names the command that makes one.
    """
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not secret.startswith(_PREFIX) or len(key) < 24:
        raise BadSecret(
            "the webhooks' secret should be whsec_ and 24 bytes or more in Base64; "
            "`triptych webhooks secret` makes one"
        )
    return key


def workflow_key(master: bytes, workflow: str) -> bytes:
    """Return the key that messages which start `workflow` are signed with."""
    return _derived(master, f"triptych webhook {workflow}")


def notify_key(master: bytes, workflow: str) -> bytes:
    """Return the key that the messages of `notify:` in `workflow` are signed with."""
    return _derived(master, f"triptych notify {workflow}")


def secret_of(key: bytes) -> str:
    """Return `key` as senders are given it: "whsec_" and Base64."""
    return f"{_PREFIX}{base64.b64encode(key).decode()}"


def signed(body: bytes, key: bytes, *, message_id: str, seconds: int) -> dict[str, str]:
    """Return the three headers that sign `body`."""
    mark = _mark(body, key, message_id, str(seconds))
    return {ID: message_id, TIME: str(seconds), SIGNATURE: f"v1,{mark}"}


def check(headers: Mapping[str, str], body: bytes, key: bytes, now: float) -> str:
    """Return the message's id if it is signed with `key` and not old.

    Raises:
        BadSignature: it is not; names the header that is wrong.
    """
    message_id, seconds = headers.get(ID, ""), headers.get(TIME, "")
    given = headers.get(SIGNATURE, "")
    if not re.fullmatch(r"[\w.:-]{1,128}", message_id, re.ASCII):
        raise BadSignature(f"{ID} is missing, or not letters, digits, '.', ':', '-', '_'")
    if not re.fullmatch(r"[0-9]{1,12}", seconds):
        raise BadSignature(f"{TIME} is missing, or not a number of seconds")
    wanted = _mark(body, key, message_id, seconds)
    marks = [part[3:] for part in given.split(" ")[:8] if part.startswith("v1,")]
    if not any(hmac.compare_digest(mark.encode(), wanted.encode()) for mark in marks):
        raise BadSignature(
            f"{SIGNATURE} does not fit the message and the workflow's secret"
        )
    if abs(now - int(seconds)) > TOLERANCE:
        raise BadSignature(f"{TIME} is more than {TOLERANCE:.0f} s away from our clock")
    return message_id


def _derived(master: bytes, label: str) -> bytes:
    """Return the key of `label`: HKDF-SHA-256 (RFC 5869) of the receiver's key."""
    pseudorandom = hmac.digest(b"\0" * 32, master, "sha256")
    info = label.encode("utf-8", "surrogateescape")
    return hmac.digest(pseudorandom, info + b"\x01", "sha256")


def _mark(body: bytes, key: bytes, message_id: str, seconds: str) -> str:
    text = f"{message_id}.{seconds}.".encode() + body
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
