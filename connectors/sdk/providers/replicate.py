"""Replicate: predictions that are created, asked for, and whose files vanish in an hour.

Source: replicate 1.0.7 (PyPI) `prediction.py`, `file.py`, `training.py`; Replicate's
OpenAPI 1.0.0-a1.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.sdk.prices import billed
from connectors.sdk.transport import (
    Data,
    File,
    Form,
    Pace,
    Provider,
    ProviderClient,
    Waiting,
    poll,
)
from triptych.artifact import Picture
from triptych.contracts import Usage, Watcher
from triptych.errors import Malformed, Rejected, Unavailable

REPLICATE = Provider(
    name="replicate",
    url="https://api.replicate.com/v1",
    key_variables=("REPLICATE_API_TOKEN",),
    hosts=frozenset({"replicate.delivery", "pbxt.replicate.delivery"}),
    file_hosts=frozenset({"*.replicate.delivery"}),
)
MAX_INLINE = 256_000  # characters of a data URI; larger files are uploaded
PACE = Pace(first=0.5, grows=1.3, longest=5.0)
LONGEST_WAIT = 60  # seconds that "Prefer: wait" may ask for
_SHARE = re.compile(r"(\d{1,3})%\s*\|")  # how tqdm writes progress into the logs
_OFFICIAL = ("black-forest-labs", "ideogram-ai", "recraft-ai", "stability-ai", "bria")


@dataclass(frozen=True, slots=True)
class ReplicateResult:
    """What a prediction answered, and what it used."""

    output: Data
    usage: Usage


class Predictions:
    """Runs models of Replicate on behalf of one connector."""

    def __init__(self, line: ProviderClient) -> None:
        self.line = line

    async def submit(
        self, model: str, inputs: Mapping[str, Any], *, waits: bool = False
    ) -> dict[str, Any]:
        """Return the prediction that was created: what `collect` needs, as plain data.

        `model` is "owner/name" or "owner/name:version". With `waits`, Replicate holds
        its answer back for up to a minute, and quick models are done by then.

        Raises:
            ConnectorError: Replicate did not take it.
        """
        path, body = _addressed(model, inputs)
        headers = {"Prefer": f"wait={LONGEST_WAIT}"} if waits else {}
        answer = await self.line.post(path, body, headers=headers)
        data = answer.json()
        job: dict[str, Any] = {"model": model}
        job |= {"id": data.text("id"), "url": data.at("urls").text("get")}
        if waits and data.has("output"):  # it may say "processing" with its output there
            job["answer"] = {name: data.at(name).value for name in ("output", "metrics")}
        return job

    async def collect(self, job: Mapping[str, Any], watcher: Watcher) -> ReplicateResult:
        """Wait for `job` and return its output.

        Raises:
            Rejected: the model failed, by its content policy for one; its own words.
            Malformed: the output is gone: Replicate keeps it for an hour.
            Unavailable: Replicate does not answer now.
        """
        if "answer" in job:
            data = Data(job["answer"], self.line.connector)
        else:
            data = await poll(lambda: self._asked(job), watcher, PACE)
        output = data.at("output")
        if not output.value:
            message = "has no output any more: it is kept for an hour"
            raise Malformed(message, connector=self.line.connector)
        seconds = data.at("metrics").number("predict_time", default=0.0)
        units = {"predict_seconds": seconds} if seconds else {}
        usage = Usage(str(job["model"]), seconds, units=units, request_id=str(job["id"]))
        return ReplicateResult(output, usage)

    def counted(self, usage: Usage, **units: float) -> Usage:
        """Return `usage` with what was counted here, and its cost where that is known."""
        return billed(usage, self.line, **units)

    async def picture(self, output: Data) -> Picture:
        """Return the picture that an output names: a URL, or the first of a list."""
        first = output.value[0] if isinstance(output.value, list) else output.value
        if not isinstance(first, str):
            message = "answered in another shape: its output names no file"
            raise Malformed(message, connector=self.line.connector)
        return await self.line.picture(first)

    async def address(self, picture: Picture) -> str:
        """Return how an input names `picture`: in itself where small, else uploaded."""
        media_type = picture.artifact.media_type
        text = base64.b64encode(picture.data).decode()
        if len(text) < MAX_INLINE:
            return f"data:{media_type};base64,{text}"
        return await self.upload(picture.data, "picture", media_type)

    async def upload(self, data: bytes, name: str, media_type: str) -> str:
        """Return the address of `data` among Replicate's files.

        Raises:
            ConnectorError: Replicate did not take it.
        """
        form = Form({}, [File("content", name, data, media_type)])
        answer = await self.line.post("/files", form, paid=False)
        return answer.json().at("urls").text("get")

    async def _asked(self, job: Mapping[str, Any]) -> Waiting | Data:
        data = (await self.line.get(str(job["url"]))).json()
        connector, status = self.line.connector, data.text("status")
        if status == "succeeded":
            return data
        if status == "failed":
            said = data.text("error", default="") or "failed without a reason"
            raise Rejected(said, connector=connector, request_id=str(job["id"]))
        if status in ("canceled", "aborted"):
            error = Unavailable(f"the prediction was {status}", connector=connector)
            error.job_over = True
            raise error
        if status not in ("starting", "processing"):
            message = f"answered a status that is unknown here: {status[:40]}"
            raise Malformed(message, connector=connector)
        return Waiting(_share(data.text("logs", default="")), f"is {status}")


def _addressed(model: str, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return path and body: official models have a path of their own."""
    owner, _, rest = model.partition("/")
    if owner in _OFFICIAL and ":" not in rest:
        return f"/models/{owner}/{rest}/predictions", {"input": dict(inputs)}
    version = model.partition(":")[2] or model
    return "/predictions", {"version": version, "input": dict(inputs)}


def _share(logs: str) -> float:
    found = _SHARE.findall(logs)
    return min(0.95, max(0.05, int(found[-1]) / 100)) if found else 0.05
