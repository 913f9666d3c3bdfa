"""Signed webhooks that start deployed workflows: a small web application.

    POST /hooks/<workflow>   {"inputs": {"offer": "Free delivery"}}

Only workflows that were deployed, only inputs that they declare, only small bodies, only
messages signed with the workflow's own secret and not older than five minutes. A message
that comes twice starts one run: the workflow and the id are the run's idempotency key,
also after a restart and on several machines. One id sent to two workflows starts both.
"""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from jsonschema import Draft202012Validator, FormatChecker
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from flows.webhook_log import MessageLog
from triptych.errors import TriptychError
from triptych.webhook_signature import ID, BadSignature, check, workflow_key
from triptych.workflow.serialization import FILE

LARGEST = 64_000  # bytes of a body
PER_MINUTE = 60  # messages that are accepted


@dataclass(frozen=True, slots=True)
class Hook:
    """A deployed workflow and its inputs."""

    deployment: str  # its id
    form: Mapping[str, Any]  # JSON Schema of {"inputs": …}
    inputs: Mapping[str, Any]  # defaults


class Starter(Protocol):
    """Finds deployed workflows and starts them."""

    async def hook(self, workflow: str) -> Hook | None:
        """Return the deployed `workflow`, None if there is none of that name."""
        ...

    async def start(self, hook: Hook, inputs: Mapping[str, Any], key: str) -> str:
        """Start a run, or find the one that `key` started, and return its id.

        Raises:
            NotStarted: Prefect cannot be reached, or refuses.
        """
        ...


class NotStarted(TriptychError):
    """The run could not be started; the sender may try again."""


class Refused(Exception):
    """A message is not accepted: the status, the reason and every problem."""

    def __init__(self, status: int, reason: str, *problems: str) -> None:
        super().__init__(reason)
        self.status, self.problems = status, problems


class WebhookLimiter:
    """Accepts `PER_MINUTE` messages in any minute."""

    def __init__(self, most: int = PER_MINUTE) -> None:
        self.most = most
        self.passed: list[float] = []

    def lets(self, now: float) -> bool:
        """Return whether a message that came at `now` is accepted, and count it."""
        self.passed = [then for then in self.passed if now - then < 60.0]
        if len(self.passed) >= self.most:
            return False
        self.passed.append(now)
        return True


def application(
    key: bytes,
    starter: Starter,
    gate: WebhookLimiter | None = None,
    log: MessageLog | None = None,
) -> Starlette:
    """Return the application; each workflow's own key is derived from `key`."""
    limiter = gate or WebhookLimiter()
    messages = log or MessageLog(lambda _line: None)

    async def receive(request: Request) -> Response:
        name, message_id = request.path_params["workflow"], request.headers.get(ID, "")
        try:
            run = await _started(request, key, starter, limiter)
        except Refused as refused:
            messages.add(refused.status, name, message_id, str(refused))
            return _answer(refused)
        messages.add(202, name, message_id, run)
        return JSONResponse({"workflow": name, "run": run}, 202)

    async def health(_request: Request) -> Response:
        return JSONResponse({"ok": True})

    hooks = Route("/hooks/{workflow}", receive, methods=["POST"])
    return Starlette(routes=[hooks, Route("/health", health)])


def _answer(refused: Refused) -> Response:
    body = {"error": str(refused), "problems": list(refused.problems)}
    headers = {"Retry-After": "30"} if refused.status in (429, 503) else {}
    return JSONResponse(body, refused.status, headers=headers)


async def _started(
    request: Request, key: bytes, starter: Starter, gate: WebhookLimiter
) -> str:
    """Return the id of the run that the message starts, or has started before.

    Raises:
        Refused: the message is not accepted.
    """
    name = request.path_params["workflow"]
    body = await _body(request)
    try:
        message = check(request.headers, body, workflow_key(key, name), time.time())
    except BadSignature as error:
        raise Refused(401, str(error)) from None
    if not gate.lets(time.monotonic()):
        raise Refused(429, f"more than {gate.most} messages came within a minute")
    try:
        hook = await starter.hook(name)
        if hook is None:
            raise Refused(404, f"no workflow called {name!r} is deployed")
        inputs = _inputs(body, hook)
        # Prefect's keys are per flow, and all deployments are one flow
        idempotency = f"webhook:{name}:{message}"
        return await starter.start(hook, {**hook.inputs, **inputs}, idempotency)
    except NotStarted as error:
        raise Refused(503, str(error)) from None


async def _body(request: Request) -> bytes:
    """Return the body, never reading more than is allowed."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refused(415, "send JSON (Content-Type: application/json)")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise Refused(413, f"the body is larger than {LARGEST} bytes")
    return body


def _inputs(body: bytes, hook: Hook) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, "the body is not JSON") from None
    if not isinstance(data, dict) or set(data) - {"inputs"}:
        raise Refused(422, 'the body should be {"inputs": {…}} and nothing else')
    inputs = data.get("inputs", {})
    if not isinstance(inputs, dict):
        raise Refused(422, "`inputs` should be an object")
    if problems := list(_problems(inputs, hook)):
        raise Refused(422, "the inputs do not fit the workflow", *problems)
    return inputs


def _problems(inputs: dict[str, Any], hook: Hook) -> Iterator[str]:
    """Yield what is wrong with `inputs`, by the form that people fill in, and stricter."""
    form = {"properties": {}, "required": [], **hook.form}
    if "inputs" not in form["properties"]:
        yield from (f"{name}: there is no such input" for name in inputs)
        return
    validator = Draft202012Validator(form, format_checker=FormatChecker())
    for error in validator.iter_errors({"inputs": {**hook.inputs, **inputs}}):
        place = ".".join(map(str, list(error.absolute_path)[1:])) or "inputs"
        yield f"{place}: {error.message}"
    for name, rule in form["properties"]["inputs"].get("properties", {}).items():
        value = inputs.get(name)
        if value and rule.get("$comment") == FILE and not _is_open(str(value)):
            yield f"{name}: should be https://… or a path inside the workflow's folder"


def _is_open(value: str) -> bool:
    """Return whether a sender may name this file, and not any file of the worker."""
    if value.startswith("https://"):
        return True
    parts = value.replace("\\", "/").split("/")
    return ":" not in value and not value.startswith(("/", "\\", "~")) and ".." not in parts
