"""A message as JSON to any address; what is signed when a secret stands beside it.

{"event": "pack-ready", "workflow": …, "run": …, "title": …, "lines": […],
 "links": [{"name": …, "url": …}]}
"""

from typing import Any
from urllib.parse import urlsplit

import httpx

from connectors.notify import NotSent
from triptych.engine.notices import Notice

TIMES = httpx.Timeout(10.0)


class Webhook:
    """Posts to `address`, which must answer 2xx."""

    kind = "webhook"

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise NotSent(f"the {self.kind}'s address is no web address")
        self.address, self.host = address, parts.hostname
        self.name = f"{self.kind} ({self.host})"

    def body(self, notice: Notice) -> dict[str, Any]:
        return {
            "event": notice.occasion,
            "workflow": notice.workflow,
            "run": notice.run,
            "title": notice.title,
            "lines": list(notice.lines),
            "links": [{"name": name, "url": url} for name, url in notice.links],
        }

    def send(self, notice: Notice) -> None:
        try:
            answer = httpx.post(
                self.address,
                json=self.body(notice),
                timeout=TIMES,
                headers={"User-Agent": "triptych"},
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # its text may hold the address, and the address is the secret
            said = f"{self.name} does not answer ({type(error).__name__})"
            raise NotSent(said) from None
        if not answer.is_success:
            raise NotSent(f"{self.name} answered {answer.status_code}")
