"""Map an HTTP status and the error of a provider to a `ConnectorError`."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from connectors.sdk.transport.provider import Provider
from connectors.sdk.transport.redaction import redacted
from triptych.errors import ConnectorError, Malformed, Rejected, Unauthorized, Unavailable

# sorted by who can fix it; a status that is not here goes by its hundred
STATUSES: Mapping[int, type[ConnectorError]] = {
    401: Unauthorized,
    402: Unauthorized,  # out of money: the account, not the prompt
    403: Unauthorized,
    407: Unauthorized,
    408: Unavailable,
    409: Unavailable,  # OpenAI, Anthropic: a conflict that time resolves
    425: Unavailable,
    429: Unavailable,
}
HUNDREDS: Mapping[int, type[ConnectorError]] = {
    3: Malformed,
    4: Rejected,
    5: Unavailable,
}
UNSURE = frozenset({504, 524})  # a gateway gave up; whoever is behind it may go on

REQUEST_ID_HEADERS = (
    "x-request-id",
    "request-id",
    "x-fal-request-id",
    "apim-request-id",
    "cf-ray",
)
HTML = "answered an HTML page, not the provider's own words"
_LONGEST = 400  # characters of a provider's message that are passed on


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The content of an error body: its message, its codes, and the requested wait."""

    message: str = ""
    codes: frozenset[str] = frozenset()
    retry_after: float | None = None  # seconds


def error_of(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    provider: Provider,
    connector: str,
) -> ConnectorError:
    """Return the error of an answer with `status`. `headers` ignore case."""
    said = said_in(body)
    kind = STATUSES.get(status) or HUNDREDS.get(status // 100, Malformed)
    for code in sorted(said.codes & provider.codes.keys()):
        kind = provider.codes[code]
    message = redacted(said.message) or f"answered {status} without a reason"
    if said.message == HTML:
        message = f"{HTML}: {_html_cure(status, provider)}"
    request_id = request_id_of(headers)
    if kind is Unavailable and headers.get("x-should-retry") == "false":
        kind = Rejected  # its own word that asking again is no use
    if kind is Unavailable:
        wait = retry_after(headers)
        return Unavailable(
            message,
            connector=connector,
            status=status,
            request_id=request_id,
            retry_after=said.retry_after if wait is None else wait,
            maybe_charged=status in UNSURE,
        )
    return kind(message, connector=connector, status=status, request_id=request_id)


def name_key(error: ConnectorError, provider: Provider) -> ConnectorError:
    """Add the variables that hold the key to an error about it, and return it."""
    if isinstance(error, Unauthorized) and provider.key_variables:
        first, *others = provider.key_variables
        more = f" (or {', '.join(others)})" if others else ""
        error.add(f"check {first}{more} and the account that it belongs to")
    return error


# words of providers that a moment's trouble has, where neither status nor code says so
_BUSY = re.compile(
    r"overload|capacity|temporar|try again|too many requests|rate.?limit|timed? ?out|busy",
    re.IGNORECASE,
)


def error_in_success(
    body: Mapping[str, Any], provider: Provider, connector: str, request_id: str
) -> ConnectorError:
    """Return the error in a body with a status of success.

    The class depends on the provider's codes, then on a status given as a code (OpenRouter,
    LiteLLM), then on the words of the message; otherwise it is `Rejected`.
    """
    said = said_in(json.dumps(body).encode())
    inner = body["error"]
    code = inner.get("code") if isinstance(inner, Mapping) else None
    status = code if isinstance(code, int) and 400 <= code < 600 else None
    busy = _BUSY.search(" ".join([said.message, *said.codes]))
    kind: type[ConnectorError] = Unavailable if busy else Rejected
    if status is not None:
        kind = STATUSES.get(status) or HUNDREDS[status // 100]
    for name in sorted(said.codes & provider.codes.keys()):
        kind = provider.codes[name]
    message = redacted(said.message) or "answered an error without a reason"
    error = kind(message, connector=connector, status=status, request_id=request_id)
    return name_key(error, provider)


def _html_cure(status: int, provider: Provider) -> str:
    variable = provider.variable("BASE_URL")
    if status >= 500:
        cure = "a gateway in front of it answered; try again later"
        return f"{cure}, and check {variable} if that is set"
    return f"check the address ({variable}) and the proxy of this network"


def request_id_of(headers: Mapping[str, str]) -> str:
    """Return the provider's id of a call, for its support; empty if there is none."""
    found = next((headers[name] for name in REQUEST_ID_HEADERS if name in headers), "")
    return redacted(found)[:100]


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the wait that the headers request, in seconds, or None.

    Reads `retry-after-ms`, `Retry-After` (seconds or an HTTP date), and if the quota is
    used up `x-ratelimit-reset-*` ("6m0s") or `anthropic-ratelimit-*-reset`.
    """
    now = now or datetime.now(UTC)
    if (milliseconds := _seconds(headers.get("retry-after-ms", ""))) is not None:
        return milliseconds / 1000
    asked = headers.get("retry-after", "").strip()
    if (seconds := _seconds(asked)) is not None:
        return seconds
    if asked:
        return _until(asked, now)
    waits = [_until(headers.get(reset, ""), now) for reset in _exhausted(headers)]
    return max((wait for wait in waits if wait is not None), default=None)


def _exhausted(headers: Mapping[str, str]) -> list[str]:
    """Return the reset headers of the quotas that have nothing left."""
    found = []
    for name, value in headers.items():
        lower = name.lower()
        if "ratelimit" in lower and "remaining" in lower and value.strip() == "0":
            found.append(lower.replace("remaining", "reset"))
    return found


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds < 1e7 else None  # nan and inf are no waits


_PARTS = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")


def duration(text: str) -> float | None:
    """Return "6m0s", "17s" or "250ms" in seconds, or None."""
    text = text.strip()
    if not text or _PARTS.sub("", text):
        return None
    units = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
    return sum(float(number) * units[unit] for number, unit in _PARTS.findall(text))


def _until(text: str, now: datetime) -> float | None:
    """Return the seconds until a duration is over or a date comes, never negative."""
    if (seconds := duration(text)) is not None:
        return seconds
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(text)
        except (ValueError, TypeError):
            continue
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - now).total_seconds())
    return None


def said_in(body: bytes) -> ErrorBody:
    """Return the content of an error body in any of the usual shapes.

    `{"error": {"message", "code", "type"}}` (OpenAI, Anthropic, Gemini), `{"detail"}`
    (fal, Replicate, FastAPI), `{"message"}`, `{"name", "errors": []}` (Stability).
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        text = body[:2000].decode("utf-8", "replace").strip()
        if text[:1] == "<":
            text = HTML
        return ErrorBody(_short(text))
    if not isinstance(data, dict):
        return ErrorBody(_short(str(data)))
    inner = data.get("error")
    told = inner if isinstance(inner, dict) else data
    codes = {*_codes(data), *_codes(told)}
    message = "; ".join(filter(None, [_message(told) or _message(data), *_nodes(data)]))
    return ErrorBody(_short(message), frozenset(codes), _asked_wait(data, told))


def _nodes(data: Mapping[str, Any]) -> list[str]:
    """Return the errors of ComfyUI by node: "node 4: Value not in list: ckpt_name"."""
    nodes = data.get("node_errors")
    found = []
    for name, node in nodes.items() if isinstance(nodes, dict) else ():
        errors = node.get("errors", []) if isinstance(node, dict) else []
        for error in errors if isinstance(errors, list) else []:
            if isinstance(error, dict):
                said = (str(error.get("message", "")), str(error.get("details", "")))
                found.append(f"node {name}: {': '.join(filter(None, said))}")
    return found


def _message(told: Mapping[str, Any]) -> str:
    for name in ("message", "detail", "details", "error", "errors", "title", "msg"):
        value = told.get(name)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, list) and (lines := [_line(item) for item in value]):
            return "; ".join(line for line in lines if line)
    return ""


def _line(item: Any) -> str:
    """Return one of several complaints: "prompt: field required"."""
    if not isinstance(item, dict):
        return str(item) if isinstance(item, str) else ""
    said = item.get("msg") or item.get("message") or item.get("description") or ""
    place = item.get("loc") or item.get("field") or ()
    parts = place if isinstance(place, list) else [place] if place else []
    where = ".".join(str(part) for part in parts if part != "body")
    return f"{where}: {said}" if where else str(said)


def _codes(told: Mapping[str, Any]) -> set[str]:
    """Return every code of the error, from all its usual places."""
    found = [told.get(name) for name in ("code", "type", "status", "name", "error_code")]
    for name in ("details", "detail"):
        value = told.get(name)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                found += [item.get(key) for key in ("type", "reason", "error_code", "code")]
    return {code for code in found if isinstance(code, str)}


def _asked_wait(*told: Mapping[str, Any]) -> float | None:
    """Return the wait in the body: Replicate's `retry_after`, Gemini's `retryDelay`."""
    for data in told:
        wait = data.get("retry_after")
        if isinstance(wait, (int, float)) and 0 <= wait < 1e7:
            return float(wait)
        details = data.get("details")
        for item in details if isinstance(details, list) else []:
            if isinstance(item, dict) and isinstance(item.get("retryDelay"), str):
                return duration(item["retryDelay"])
    return None


def _short(text: str) -> str:
    text = " ".join(text.encode(errors="replace").decode().split())
    return text if len(text) <= _LONGEST else text[:_LONGEST].rstrip() + " …"
