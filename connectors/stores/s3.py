"""S3 and what speaks its language, through obstore; see docs/decisions for why.

Environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION,
AWS_ENDPOINT_URL. Without keys, the machine's role is asked (EC2, ECS, EKS).
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, TypeVar

from triptych.errors import StoreUnreachable
from triptych.store.bucket import StoreEntry

if TYPE_CHECKING:
    from obstore.store import S3Store

    from connectors.stores.listing import Listing

log = logging.getLogger("triptych.stores")

REGION = "us-east-1"
RETRIES = {"max_retries": 4, "retry_timeout": timedelta(seconds=20)}
TIMES = {"connect_timeout": "5s", "timeout": "60s"}
# obstore gives up on a listing with such a name: "//", "..", control characters
_ODD_NAME = re.compile(r'object with invalid path: .*?Path "([^"]*)"')
_CODE = re.compile(r"<Code>(\w+)</Code>")
_SAID = {
    "NoSuchBucket": "there is no such bucket; create it, or correct the address",
    "InvalidAccessKeyId": "the key is not known there; check AWS_ACCESS_KEY_ID",
    "SignatureDoesNotMatch": "the secret is wrong; check AWS_SECRET_ACCESS_KEY",
    "AccessDenied": "this key may not do that; its policy needs Get, Put, Delete and List",
    "ExpiredToken": "the session token has expired; sign in again",
    "InvalidToken": "the session token is wrong; check AWS_SESSION_TOKEN",
    "PermanentRedirect": "the bucket is in another region; set AWS_REGION",
    "SlowDown": "it asks to slow down; run again later, what was made is kept",
}
T = TypeVar("T")


class S3Bucket:
    """See `triptych.store.bucket.Bucket`, whose promises this keeps."""

    def __init__(
        self, store: "S3Store", address: str, endpoint: str, listing: "Listing | None"
    ) -> None:
        self.store, self.address, self.endpoint = store, address, endpoint
        self.listing = listing  # None: the machine's role signs, whose key only obstore has

    @classmethod
    def from_env(cls, bucket: str, prefix: str, env: Mapping[str, str]) -> Self:
        """Return the bucket with keys, region and endpoint from `env`.

        Raises:
            StoreUnreachable: obstore is not installed, or cannot use what `env` says.
        """
        address = f"s3://{bucket}/{prefix}".rstrip("/")
        try:
            from obstore.exceptions import BaseError
            from obstore.store import S3Store
        except ModuleNotFoundError:
            message = f"{address}: needs obstore; install triptych[s3]"
            raise StoreUnreachable(message) from None
        endpoint = env.get("AWS_ENDPOINT_URL_S3") or env.get("AWS_ENDPOINT_URL", "")
        plain: Any = {**TIMES, "allow_http": endpoint.startswith("http://")}
        keys: Any = {
            "endpoint": endpoint or None,
            "region": env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or REGION,
            "access_key_id": env.get("AWS_ACCESS_KEY_ID"),
            "secret_access_key": env.get("AWS_SECRET_ACCESS_KEY"),
            "session_token": env.get("AWS_SESSION_TOKEN"),
        }
        given = {name: value for name, value in keys.items() if value}
        retries: Any = RETRIES
        try:
            store = S3Store(
                bucket,
                prefix=prefix or None,
                client_options=plain,
                retry_config=retries,
                **given,
            )
        except (BaseError, ValueError) as error:
            raise StoreUnreachable(f"{address}: {reason(str(error))}") from None
        return cls(store, address, endpoint, _listing(bucket, given, endpoint))

    def get(self, name: str) -> bytes | None:
        def read() -> bytes:
            return bytes(self.store.get(name).bytes())

        return self._unless_missing(read)

    def put(self, name: str, data: bytes, media_type: str) -> None:
        attributes: Any = {"Content-Type": media_type}
        self._asked(lambda: self.store.put(name, data, attributes=attributes))

    def create(self, name: str, data: bytes, media_type: str) -> bool:
        from obstore.exceptions import AlreadyExistsError

        attributes: Any = {"Content-Type": media_type}

        def write() -> bool:
            try:
                self.store.put(name, data, attributes=attributes, mode="create")
            except AlreadyExistsError:
                return False
            return True

        return self._asked(write)

    def find(self, name: str) -> StoreEntry | None:
        # a missing bucket looks like a missing object here; the next write tells
        return self._unless_missing(lambda: _entry(self.store.head(name)))

    def entries(self, prefix: str) -> Iterator[StoreEntry]:
        def listed() -> list[StoreEntry]:
            pages = self.store.list(prefix=f"{prefix}/")
            try:
                return [_entry(meta) for page in pages for meta in page]
            except BaseError as error:
                if self.listing is None or not _ODD_NAME.search(str(error)):
                    raise
                return list(self._readable(self.listing, f"{prefix}/"))

        from obstore.exceptions import BaseError

        yield from sorted(self._asked(listed), key=lambda entry: entry.name)

    def _readable(self, listing: "Listing", prefix: str) -> Iterator[StoreEntry]:
        """Yield the entries whose names can be read; the others are not ours.

        Raises:
            StoreUnreachable: the server does not list.
        """
        import httpx

        from connectors.stores.listing import NotListed

        above = self.address.removeprefix("s3://").partition("/")[2]
        root = f"{above}/" if above else ""
        try:
            for entry in listing.entries(root + prefix):
                name = entry.name.removeprefix(root)
                if is_readable(name):
                    yield replace(entry, name=name)
                else:
                    log.warning("%s: %r is skipped: not a name of ours", self.address, name)
        except (NotListed, httpx.HTTPError) as error:
            raise self._unreachable(error) from None

    def delete(self, name: str) -> None:
        self._unless_missing(lambda: self.store.delete(name))

    def link(self, name: str, seconds: int) -> str:
        from obstore import sign

        lasts = timedelta(seconds=seconds)
        return self._asked(lambda: str(sign(self.store, "GET", name, lasts)))

    def _unless_missing(self, call: Callable[[], T]) -> T | None:
        try:
            return self._asked(call)
        except FileNotFoundError:
            return None

    def _asked(self, call: Callable[[], T]) -> T:
        """Return what `call` returns; what goes wrong becomes a sentence.

        Raises:
            FileNotFoundError: there is no such object.
            StoreUnreachable: everything else.
        """
        from obstore.exceptions import BaseError

        try:
            return call()
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error):
                raise self._unreachable(error) from None
            raise
        except (BaseError, OSError) as error:
            raise self._unreachable(error) from None

    def _unreachable(self, error: Exception) -> StoreUnreachable:
        where = f" at {self.endpoint}" if self.endpoint else ""
        return StoreUnreachable(f"{self.address}{where}: {reason(str(error))}")


def is_readable(name: str) -> bool:
    """Say whether a name is a path: no empty, `.` or `..` part, nothing unprintable."""
    return name.isprintable() and not {"", ".", ".."} & set(name.split("/"))


def _listing(bucket: str, keys: Mapping[str, str], endpoint: str) -> "Listing | None":
    """Return how the bucket is listed without obstore; None without a key to sign with."""
    from connectors.stores.listing import Listing

    if not (keys.get("access_key_id") and keys.get("secret_access_key")):
        return None
    return Listing(
        bucket,
        keys["region"],
        keys["access_key_id"],
        keys["secret_access_key"],
        keys.get("session_token", ""),
        endpoint,
    )


def _entry(meta: Any) -> StoreEntry:
    age = (datetime.now(UTC) - meta["last_modified"]).total_seconds()
    return StoreEntry(str(meta["path"]), int(meta["size"]), age)


def reason(said: str) -> str:
    """Return what went wrong and the cure; never the whole answer, which names keys."""
    if odd := _ODD_NAME.search(said):
        return (
            f"it holds an object whose name cannot be read, {odd[1]!r}: no listing works "
            "until it is removed, e.g. with `aws s3 rm`"
        )
    found = _CODE.search(said)
    code = found[1] if found else ""
    if code:
        return _SAID.get(code, f"it answers {code}")
    if "169.254.169.254" in said or "Missing SecretAccessKey" in said:
        return "no key; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    if re.search(r"status code: 40[13]", said):
        return "it refuses this key; check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    if "error sending request" in said or "timed out" in said:
        return "no server answers there; check AWS_ENDPOINT_URL and the network"
    return said.partition("\n")[0][:200]
