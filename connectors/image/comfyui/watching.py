"""Progress and previews over ComfyUI's websocket; only a look, the job goes on without."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

from connectors.sdk.transport import ProviderClient, socket
from triptych.contracts import Watcher
from triptych.errors import ConnectorError

PREVIEW, HEADER = 1, 8  # event number; two big-endian uint32: event, format
FORMATS = {1: "image/jpeg", 2: "image/png"}


async def watch(
    line: ProviderClient, job: Mapping[str, Any], watcher: Watcher, ended: asyncio.Event
) -> None:
    """Report our job to `watcher` until the socket closes; set `ended` when it is over.

    Errors are ignored; polling still finds the result.
    """
    shown = 0.0
    with contextlib.suppress(ConnectorError):
        async with socket(line, f"/ws?clientId={job['client_id']}") as messages:
            async for message in messages:
                if isinstance(message, bytes):
                    _show(message, watcher)
                    continue
                told = line.parsed(message)
                data = told.at("data")
                # messages of the job before ours may still come
                if data.text("prompt_id", default="") not in ("", job["prompt_id"]):
                    continue
                sort = told.text("type", default="")
                # sent when the job is in the history: after a success, error or stop
                if sort == "executing" and data.has("prompt_id") and not data.has("node"):
                    ended.set()
                if sort == "progress":
                    most = max(1.0, data.number("max", default=1.0))
                    done = data.number("value", default=0.0) / most
                    shown = max(shown, min(done, 0.95))
                    watcher.progress(shown, "draws")


def _show(message: bytes, watcher: Watcher) -> None:
    event = int.from_bytes(message[:4], "big")
    media_type = FORMATS.get(int.from_bytes(message[4:HEADER], "big"))
    if event == PREVIEW and media_type is not None:
        watcher.partial(message[HEADER:], media_type)
