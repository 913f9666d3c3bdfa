"""A message as JSON to any address; signed, if TRIPTYCH_WEBHOOK_SECRET is set.

The signing key is derived for the workflow: `triptych webhooks secret NAME --notify`.

{"event": "pack-ready", "workflow": …, "run": …, "title": …, "lines": […],
 "inputs": {name: value}, "deadline": …, "command": "triptych approve …",
 "links": [{"name": …, "url": …}]}
"""

import json
import time
from typing import Any
from urllib.parse import urlsplit

import httpx

from connectors.notify import NotSent
from triptych.engine.notifications import Notice
from triptych.webhook_signature import signed

TIMES = httpx.Timeout(10.0)


class Webhook:
    """Posts to `address`, which must answer 2xx."""

    kind = "webhook"

    def __init__(self, address: str, key: bytes | None = None) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise NotSent(f"the {self.kind}'s address is no web address")
        self.address, self.host, self.key = address, parts.hostname, key
        self.name = f"{self.kind} ({self.host})"

    def body(self, notice: Notice) -> dict[str, Any]:
        return {
            "event": notice.occasion,
            "workflow": notice.workflow,
            "run": notice.run,
            "title": notice.title,
            "lines": list(notice.lines),
            "inputs": dict(notice.inputs),
            "deadline": notice.deadline,
            "command": notice.command,
            "links": [{"name": name, "url": url} for name, url in notice.links],
        }

    def headers(self, notice: Notice, body: bytes) -> dict[str, str]:
        """Return the headers; a message that is sent twice has the same id both times."""
        plain = {"User-Agent": "triptych", "Content-Type": "application/json"}
        if self.key is None:
            return plain
        count = f".{notice.again}" if notice.again else ""  # a reminder is no replay
        name = f"{notice.run}.{notice.occasion}{count}"
        return plain | signed(body, self.key, message_id=name, seconds=int(time.time()))

    def send(self, notice: Notice) -> None:
        body = json.dumps(self.body(notice), ensure_ascii=False).encode()
        headers = self.headers(notice, body)
        try:
            answer = httpx.post(self.address, content=body, headers=headers, timeout=TIMES)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # its text may hold the address, and the address is the secret
            said = f"{self.name} does not answer ({type(error).__name__})"
            raise NotSent(said) from None
        if not answer.is_success:
            raise NotSent(f"{self.name} answered {answer.status_code}")
