"""List a bucket over HTTP where obstore cannot: one odd name fails its whole listing.

Sources: Amazon S3 API Reference, ListObjectsV2; "Signature Version 4".
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, unquote_plus, urlsplit
from xml.etree import ElementTree as ET

import httpx

from triptych.store.bucket import StoreEntry

TIMES = httpx.Timeout(60.0, connect=5.0)
EMPTY = hashlib.sha256(b"").hexdigest()


class NotListed(Exception):
    """The server refuses, or answers something else than a listing."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Where a bucket is, and the key that reads it."""

    bucket: str
    region: str
    key_id: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)
    endpoint: str = ""  # of what speaks S3's language elsewhere; the path names the bucket
    page: int = 1000  # entries of one answer
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def entries(self, prefix: str) -> Iterator[StoreEntry]:
        """Yield every object under `prefix` by its whole name, however odd that is.

        Raises:
            NotListed: the answer is no listing.
            httpx.HTTPError: the server does not answer.
        """
        query = {"encoding-type": "url", "list-type": "2", "max-keys": str(self.page)}
        query["prefix"] = prefix
        with httpx.Client(timeout=TIMES) as client:
            while True:
                page = self._page(client, query)
                yield from map(self._entry, page.iterfind("{*}Contents"))
                following = page.findtext("{*}NextContinuationToken")
                if page.findtext("{*}IsTruncated") != "true" or not following:
                    return
                query["continuation-token"] = following

    def _entry(self, item: ET.Element) -> StoreEntry:
        written = item.findtext("{*}LastModified", "")
        try:
            age = self.now() - datetime.fromisoformat(written)
            size = int(item.findtext("{*}Size", ""))
        except (ValueError, TypeError):
            raise NotListed("an entry without size or time") from None
        name = unquote_plus(item.findtext("{*}Key", ""))
        return StoreEntry(name, size, age.total_seconds())

    def _page(self, client: httpx.Client, query: dict[str, str]) -> ET.Element:
        base = self.endpoint.rstrip("/") or f"https://s3.{self.region}.amazonaws.com"
        asked = "&".join(f"{name}={quote(query[name], '')}" for name in sorted(query))
        url = f"{base}/{quote(self.bucket)}?{asked}"
        answer = client.get(url, headers=self.headers(url))
        try:
            page = ET.fromstring(answer.content)  # expat bounds what entities may grow to
        except ET.ParseError:
            raise NotListed(f"it answers {answer.status_code}") from None
        if not page.tag.endswith("ListBucketResult"):
            raise NotListed(answer.text[:2000])
        return page

    def headers(self, url: str) -> dict[str, str]:
        """Return the headers that sign a GET of `url`, whose query is in order."""
        parts, time = urlsplit(url), self.now().strftime("%Y%m%dT%H%M%SZ")
        headers = {
            "host": parts.netloc,
            "x-amz-content-sha256": EMPTY,
            "x-amz-date": time,
        }
        if self.token:
            headers["x-amz-security-token"] = self.token
        names = ";".join(headers)
        lines = [f"{name}:{value}" for name, value in headers.items()]
        canonical = ["GET", parts.path, parts.query, *lines, "", names, EMPTY]
        digest = hashlib.sha256("\n".join(canonical).encode()).hexdigest()
        scope = f"{time[:8]}/{self.region}/s3/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{digest}"
        signature = hmac.new(self._key(scope), text.encode(), "sha256").hexdigest()
        credential = f"AWS4-HMAC-SHA256 Credential={self.key_id}/{scope}"
        signed = f"{credential}, SignedHeaders={names}, Signature={signature}"
        return {**headers, "Authorization": signed}

    def _key(self, scope: str) -> bytes:
        key = f"AWS4{self.secret}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        return key
