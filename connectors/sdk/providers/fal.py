"""fal: a queue in front of every model. One job is submitted, watched and collected.

Source: fal-client 1.0.3 (PyPI) `client.py`, docs.fal.ai "queue", "errors", "webhooks".
"""

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import quote

from connectors.sdk.callbacks import CallbackAddress, Keys, door_at
from connectors.sdk.prices import billed
from connectors.sdk.transport import (
    Answer,
    Data,
    Pace,
    Provider,
    ProviderClient,
    Waiting,
    poll,
)
from triptych.artifact import Picture
from triptych.contracts import Usage, Watcher
from triptych.errors import Malformed, Rejected, Unauthorized, Unavailable

MAX_INLINE = 2_000_000  # bytes that travel inside the request; larger ones are uploaded
PACE = Pace(first=0.5, grows=1.3, longest=5.0)
NOW_AND_THEN = Pace(first=10.0, grows=1.5, longest=60.0)  # where fal rings when it is done
PATH = "/fal"  # of the door for fal's webhooks


def _key(key: str) -> Mapping[str, str]:
    return {"Authorization": f"Key {key}"}


FAL = Provider(
    name="fal",
    url="https://queue.fal.run",
    key_variables=("FAL_KEY",),
    auth=_key,
    hosts=frozenset(
        {"fal.run", "falrun.com", "queue.falrun.com", "rest.fal.ai", "fal.media"}
        | {"v3.fal.media", "v3b.fal.media"}
    ),
    file_hosts=frozenset({"*.fal.media"}),
    codes={
        "content_policy_violation": Rejected,
        "generation_timeout": Unavailable,
        "downstream_service_error": Unavailable,
        "downstream_service_unavailable": Unavailable,
        "unauthorized": Unauthorized,
    },
)


@dataclass(frozen=True, slots=True)
class FalResult:
    """What a job answered, and what it used."""

    data: Data
    usage: Usage


class FalQueue:
    """Runs models of fal on behalf of one connector."""

    def __init__(self, line: ProviderClient, place: CallbackAddress | None = None) -> None:
        self.line, self.place = line, place
        self.keys = Keys(self._public_keys)

    @classmethod
    def from_env(cls, env: Mapping[str, str], connector: str) -> Self:
        """Return a queue with the key, the address and the webhooks' place in `env`.

        Raises:
            Unauthorized: FAL_KEY is not set, or a variable cannot be read.
        """
        return cls(
            ProviderClient.open(FAL, env, connector),
            CallbackAddress.from_env(env, connector),
        )

    async def submit(self, app: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the job that was made of `body`: what `collect` needs, as plain data.

        Raises:
            ConnectorError: fal did not take it.
        """
        target = f"/{app}"
        if self.place is not None:  # the door is open before anybody can knock
            await door_at(self.place, PATH, self.keys.signed)
            target += f"?fal_webhook={quote(self.place.public + PATH, safe='')}"
        return _job(app, (await self.line.post(target, body)).json())

    async def collect(self, job: Mapping[str, Any], watcher: Watcher) -> FalResult:
        """Wait for `job` and return its result.

        Raises:
            Rejected: the model refused, by its content policy for one.
            Unavailable: fal does not answer now (`job_over`: the job itself failed).
        """
        if "answer" in job:
            usage = Usage(str(job["app"]), float(job["seconds"]), units=job["units"])
            usage = replace(usage, request_id=str(job["request_id"]))
            return FalResult(Data(job["answer"], self.line.connector), usage)
        seen = await self._watched(job, watcher)
        failed = seen.has("error") or seen.has("error_type")
        try:
            answer = await self.line.get(str(job["response_url"]))
        except Unavailable as error:
            error.job_over = failed
            raise
        if failed:
            said = seen.text("error", default="") or seen.text("error_type")
            raise Rejected(said, connector=self.line.connector)
        seconds = seen.at("metrics").number("inference_time", default=answer.seconds)
        return FalResult(answer.json(), _usage(job, answer, seconds))

    async def run(self, app: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the job of a model that is asked directly: it holds the answer already.

        Nothing can be re-attached while it runs: for quick, cheap models only.

        Raises:
            ConnectorError: it did not answer, or refused.
        """
        answer = await self.line.post(f"https://fal.run/{app}", body)
        data = answer.json()
        if data.has("request_id") and data.has("status_url"):  # a server with a queue only
            return _job(app, data)
        if not isinstance(data.value, dict) or not data.value:
            raise answer.malformed("answered in another shape: no output of a model")
        used = _usage({"app": app}, answer, answer.seconds)
        about = {"seconds": used.seconds, "units": dict(used.units)}
        return {
            "app": app,
            "request_id": used.request_id,
            "answer": data.value,
            **about,
        }

    def counted(self, usage: Usage, **units: float) -> Usage:
        """Return `usage` with what was counted here, and its cost where that is known."""
        return billed(usage, self.line, **units)

    async def address(self, picture: Picture) -> str:
        """Return how a request names `picture`: in itself where small, else uploaded."""
        media_type = picture.artifact.media_type
        if len(picture.data) <= MAX_INLINE:
            text = base64.b64encode(picture.data).decode()
            return f"data:{media_type};base64,{text}"
        return await self.upload(picture.data, "picture", media_type)

    async def upload(self, data: bytes, name: str, media_type: str) -> str:
        """Return the address of `data` at fal's own storage.

        Raises:
            ConnectorError: fal did not take it.
        """
        path = "https://rest.fal.ai/storage/auth/token?storage_type=fal-cdn-v3"
        token = (await self.line.post(path, {}, paid=False)).json()
        headers = {
            "Authorization": f"{token.text('token_type')} {token.text('token')}",
            "Content-Type": media_type,
            "X-Fal-File-Name": name,
        }
        target = f"{token.text('base_url').rstrip('/')}/files/upload"
        answer = await self.line.post(target, data, headers=headers, paid=False)
        return answer.json().text("access_url")

    async def _watched(self, job: Mapping[str, Any], watcher: Watcher) -> Data:
        """Return the last status: from the stream, or asked for where that breaks off."""
        if self.place is not None:
            return await self._rung(self.place, job, watcher)
        try:
            async for event in self.line.events(f"{job['status_url']}/stream?logs=1"):
                status = self.line.parsed(event.data)
                state = self._state(status)
                if not isinstance(state, Waiting):
                    return state
                watcher.progress(state.done, state.note)
        except (Rejected, Malformed, Unavailable):
            pass  # not every server streams, and lines break: asking is the sure way
        return await poll(lambda: self._asked(job), _Forward(watcher), PACE)

    async def _rung(
        self, place: CallbackAddress, job: Mapping[str, Any], watcher: Watcher
    ) -> Data:
        """Return the last status: asked for when fal rings, and now and then besides."""
        door = await door_at(place, PATH, self.keys.signed)
        forward = _Forward(watcher)
        if door.server is None:  # another process has the port: nobody rings here
            return await poll(lambda: self._asked(job), forward, PACE)
        with door.bell(str(job["request_id"])) as bell:
            asking = asyncio.ensure_future(
                poll(lambda: self._asked(job), forward, NOW_AND_THEN)
            )
            ringing = asyncio.ensure_future(bell.wait())
            try:
                await asyncio.wait({asking, ringing}, return_when=asyncio.FIRST_COMPLETED)
                if asking.done():
                    return asking.result()
            finally:
                ringing.cancel()
                asking.cancel()
        return await poll(lambda: self._asked(job), forward, PACE)

    async def _public_keys(self) -> Any:
        answer = await self.line.get("https://rest.fal.ai/.well-known/jwks.json")
        return answer.json().value

    async def _asked(self, job: Mapping[str, Any]) -> Waiting | Data:
        answer = await self.line.get(f"{job['status_url']}?logs=1")
        return self._state(answer.json())

    def _state(self, status: Data) -> Waiting | Data:
        match status.text("status"):
            case "IN_QUEUE":
                place = int(status.number("queue_position", default=0))
                return Waiting(0.05, f"in the queue, {place} before it")
            case "IN_PROGRESS":
                return Waiting(0.3, _last_line(status))
            case "COMPLETED":
                return status
            case other:
                message = f"answered a status that is unknown here: {other[:40]}"
                raise Malformed(message, connector=self.line.connector)


def _job(app: str, data: Data) -> dict[str, Any]:
    names = ("request_id", "status_url", "response_url")
    return {"app": app, **{name: data.text(name) for name in names}}


class _Forward:
    """A watcher that sees no progress run backwards when polling follows a stream."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher, self.shown = watcher, 0.05

    def progress(self, done: float, note: str = "") -> None:
        self.shown = max(self.shown, done)
        self.watcher.progress(self.shown, note)

    def partial(self, picture: bytes, media_type: str) -> None:
        self.watcher.partial(picture, media_type)


def _last_line(status: Data) -> str:
    lines = [entry.text("message", default="") for entry in status.items("logs")]
    return (lines[-1] if lines else "draws")[:120]


def _usage(job: Mapping[str, Any], answer: Answer, seconds: float) -> Usage:
    """Return what a run used; the header is fal's own count of what it bills."""
    units: dict[str, float] = {}
    billed = answer.headers.get("x-fal-billable-units", "")
    if billed.replace(".", "", 1).isdecimal():
        units["billable_units"] = float(billed)
    request_id = answer.request_id or str(job.get("request_id", ""))
    return Usage(str(job["app"]), seconds, units=units, request_id=request_id)
