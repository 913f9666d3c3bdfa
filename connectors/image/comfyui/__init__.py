"""`image/comfyui`: any workflow that ComfyUI exports as API JSON, with named inputs.

Source: Comfy-Org/ComfyUI `server.py`, `execution.py`, `nodes.py`, `protocol.py`.
"""

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, ClassVar, Self
from urllib.parse import urlencode

from connectors.image.comfyui.graph import Graph, filled
from connectors.image.comfyui.watching import watch
from connectors.sdk.images.answers import image_of
from connectors.sdk.images.refusals import refuse_unknown_extra, require_capabilities
from connectors.sdk.images.sending import mask_for, sendable
from connectors.sdk.providers.comfyui import COMFYUI
from connectors.sdk.transport import (
    Data,
    File,
    Form,
    Pace,
    ProviderClient,
    Waiting,
    poll,
)
from triptych.contracts import About, Finding, Image, ImageRequest, Usage, Watcher
from triptych.errors import Malformed, Rejected, Unavailable, Unsupported
from triptych.executor import run_blocking

NAME = "image/comfyui"
PACE = Pace(first=0.25)  # on one's own machine questions are free
UNUSED_PROMPT = Finding(
    "prompt", "note", "the workflow has no text node: the prompt was not used", "prompt"
)
EXTRA_PARAMS = ("workflow", "inputs", "values")
INPUT_FORMATS = ("image/png", "image/jpeg", "image/webp")


class ComfyImages:
    """Draws with a ComfyUI workflow."""

    about: ClassVar[About] = About(
        kind="image",
        name="comfyui",
        version="1",
        summary="Draws with any exported ComfyUI workflow, whose inputs have names.",
        capabilities=frozenset({"seed", "references", "mask", "loras", "preview"}),
        seconds=40.0,
    )

    def __init__(self, line: ProviderClient) -> None:
        self.line, self.account = line, line.account

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector with the address in `env`.

        Raises:
            Unauthorized: the variable is no URL.
        """
        return cls(ProviderClient.open(COMFYUI, env, NAME))

    async def draw(self, request: ImageRequest, watcher: Watcher, /) -> Image:
        """Return one picture of exactly `request.size`.

        `extra.workflow` is the exported JSON (without it, a plain SDXL one);
        `extra.inputs` maps names to places ("prompt": "6.text"), `extra.values` names or
        places to values ("3.steps": 30).

        Raises:
            Unsupported: the workflow has no place for what is asked.
            Rejected: ComfyUI refused the workflow, or a node of it failed.
        """
        return await self.collect(await self.submit(request), request, watcher)

    async def submit(self, request: ImageRequest) -> Mapping[str, Any]:
        """Return the job that draws `request`; nothing is waited for."""
        _refuse(request)
        graph = Graph.of(request.extra)
        graph.refuse(request)
        names = await self._uploaded(request, graph)
        prompt = filled(graph, request, names)
        client = uuid.uuid4().hex
        body = {"prompt": prompt, "client_id": client}
        data = (await self.line.post("/prompt", body, paid=False)).json()
        return {"prompt_id": data.text("prompt_id"), "client_id": client}

    async def collect(
        self, job: Mapping[str, Any], request: ImageRequest, watcher: Watcher
    ) -> Image:
        """Return the picture of a job that was submitted.

        Raises:
            Rejected: a node failed; its own words.
            Unavailable: the job was interrupted, or ComfyUI was started again and does
                not know it: another one is submitted, which costs nothing.
        """
        started = time.monotonic()
        prompt_id = str(job["prompt_id"])

        async def ask() -> Waiting | Data:
            return await self._state(prompt_id)

        async with _watched(self.line, job, watcher) as ended:
            done = await _first_of(ask, ended, watcher)
        graph = Graph.of(request.extra)
        place = _output(done, graph)
        query = urlencode(
            {
                "filename": place.text("filename"),
                "subfolder": place.text("subfolder", default=""),
                "type": place.text("type", default="output"),
            }
        )
        picture = (await self.line.get(f"/view?{query}")).body
        usage = Usage("comfyui", time.monotonic() - started, 0.0)
        recipe = {"prompt_id": prompt_id, "seed": request.seed}
        unused = () if "prompt" in graph.places else (UNUSED_PROMPT,)
        return await image_of(picture, request, usage, NAME, recipe=recipe, findings=unused)

    async def _uploaded(self, request: ImageRequest, graph: Graph) -> dict[str, str]:
        """Upload references and mask; return the file names by the input they are for."""
        names, pictures = {}, []
        for reference in request.references:
            pictures.append(await run_blocking(sendable, reference, INPUT_FORMATS, NAME))
        for place, picture in zip(graph.reference_names(), pictures, strict=False):
            file = File.of("image", picture, picture.artifact.digest)
            names[place] = await self._upload(file)
        if request.mask is not None:
            mask = await run_blocking(
                mask_for, request.mask, pictures[0].size, "transparent", NAME
            )
            names["mask"] = await self._upload(File("image", "mask.png", mask, "image/png"))
        return names

    async def _upload(self, file: File) -> str:
        form = Form({"type": "input", "overwrite": "false"}, [file])
        data = (await self.line.post("/upload/image", form, paid=False)).json()
        folder = data.text("subfolder", default="")
        return f"{folder}/{data.text('name')}" if folder else data.text("name")

    async def _state(self, prompt_id: str) -> Waiting | Data:
        """Return the outputs of a job that is done, or that it is not.

        Raises:
            Rejected: a node failed.
            Unavailable: the job was interrupted, or is neither done nor in the queue.
        """
        data = (await self.line.get(f"/history/{prompt_id}")).json()
        if data.has(prompt_id):
            entry = data.at(prompt_id)
            if entry.text("status", "status_str") == "error":
                if _has_message(entry, "execution_interrupted"):
                    raise _over("the job was interrupted in ComfyUI")
                raise Rejected(f"a node failed: {_failure(entry)}", connector=NAME)
            return entry.at("outputs")
        queue = (await self.line.get("/queue")).body
        if prompt_id.encode() in queue:
            return Waiting(0.0, "in ComfyUI's queue")
        again = (await self.line.get(f"/history/{prompt_id}")).json()
        if again.has(prompt_id):  # it was done between the two questions
            return Waiting(again_in=0.0)
        raise _over("does not know the job any more: it was started again, or cleared")


@contextlib.asynccontextmanager
async def _watched(
    line: ProviderClient, job: Mapping[str, Any], watcher: Watcher
) -> AsyncIterator[asyncio.Event]:
    """Show progress and previews while the job runs; yield what is set at its end."""
    ended = asyncio.Event()
    watching = asyncio.create_task(watch(line, job, watcher, ended))
    try:
        yield ended
    finally:
        watching.cancel()


async def _first_of(
    ask: Callable[[], Awaitable[Waiting | Data]], ended: asyncio.Event, watcher: Watcher
) -> Data:
    """Return the outputs as soon as the socket or the polling reports the end."""
    polling = asyncio.ensure_future(poll(ask, watcher, PACE))
    ending = asyncio.ensure_future(ended.wait())
    try:
        await asyncio.wait({polling, ending}, return_when=asyncio.FIRST_COMPLETED)
        if not polling.done() and not isinstance(state := await ask(), Waiting):
            return state
        return await polling
    finally:
        polling.cancel()
        ending.cancel()


def _over(message: str) -> Unavailable:
    """Return the error of a job that is not collected again: another is submitted."""
    error = Unavailable(message, connector=NAME)
    error.job_over = True
    return error


def _has_message(entry: Data, name: str) -> bool:
    messages = entry.items("status", "messages")
    return any(message.text(0, default="") == name for message in messages)


def _refuse(request: ImageRequest) -> None:
    require_capabilities(request, ComfyImages.about.capabilities, NAME)
    refuse_unknown_extra(request.extra, EXTRA_PARAMS, NAME)
    if request.quality == "draft":
        raise Unsupported("makes final pictures only", connector=NAME)
    if request.mask is not None and not request.references:
        raise Unsupported("repaints a reference by a mask: give one", connector=NAME)


def _output(outputs: Data, graph: Graph) -> Data:
    """Return the picture that a job saved: of the node "output", else the last."""
    nodes = sorted(
        outputs.value, key=lambda node: (node == graph.output(), len(node), node)
    )
    for node in reversed(nodes):
        for image in outputs.items(node, "images"):
            if image.text("type", default="output") != "temp":
                return image
    raise Malformed("the workflow saved no picture: add a SaveImage node", connector=NAME)


def _failure(entry: Data) -> str:
    for message in entry.items("status", "messages"):
        if message.text(0, default="") == "execution_error":
            told = message.at(1)
            node = told.text("node_type", default=told.text("node_id", default="?"))
            return f"{node}: {told.text('exception_message', default='no reason')}".strip()
    return "ComfyUI does not say which"
