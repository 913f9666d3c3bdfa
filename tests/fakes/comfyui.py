"""A ComfyUI with six node types. Source: its `server.py`, `execution.py`, `nodes.py`."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from connectors.sdk.providers.comfyui import COMFYUI
from tests.fakes.forms import read_form
from tests.fakes.pictures import drawn
from tests.fakes.server import Fake

# class -> the inputs that it needs
NODES: Mapping[str, set[str]] = {
    "CheckpointLoaderSimple": {"ckpt_name"},
    "CLIPTextEncode": {"text", "clip"},
    "EmptyLatentImage": {"width", "height", "batch_size"},
    "KSampler": {
        *("model", "seed", "steps", "cfg", "sampler_name", "scheduler"),
        *("positive", "negative", "latent_image", "denoise"),
    },
    "VAEDecode": {"samples", "vae"},
    "SaveImage": {"filename_prefix", "images"},
    "LoraLoader": {"model", "clip", "lora_name", "strength_model", "strength_clip"},
    "LoadImage": {"image"},
}
LISTS = {"ckpt_name": ("sd_xl_base_1.0.safetensors",), "lora_name": ("box.safetensors",)}


class FakeComfyUI(Fake):
    """Queues, draws, remembers; says no as ComfyUI does.

    Its first job is stopped by somebody if its text says "interrupt".
    """

    provider = COMFYUI

    def __init__(self) -> None:
        super().__init__()
        self.jobs: dict[str, dict[str, Any]] = {}
        self.uploads: dict[str, bytes] = {}
        self.draws_for = 0.0  # seconds until a job is in the history

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/prompt", self.queued, methods=["POST"]),
            Route("/upload/image", self.uploaded, methods=["POST"]),
            Route("/history/{id}", self.history),
            Route("/queue", self.queue),
            Route("/view", self.view),
            WebSocketRoute("/ws", self.tells),
        ]

    def error(self, status: int) -> Any:
        said = {"type": "failed", "message": f"failed with {status}", "details": ""}
        return {"error": {**said, "extra_info": {}}, "node_errors": {}}

    async def queued(self, request: Request) -> Response:
        body = await request.json()
        prompt = body.get("prompt")
        if not prompt:
            self.no("no_prompt", "No prompt provided", {})
        self.sent.append(prompt)
        wrong = {
            name: found for name, node in prompt.items() if (found := self.wrong(node))
        }
        if wrong:
            message = "Prompt outputs failed validation"
            self.no("prompt_outputs_failed_validation", message, wrong)
        if not any(node["class_type"] == "SaveImage" for node in prompt.values()):
            self.no("prompt_no_outputs", "Prompt has no outputs", {})
        name = f"prompt-{len(self.jobs)}"
        ready = asyncio.get_running_loop().time() + self.draws_for
        self.jobs[name] = {"prompt": prompt, "ready": ready, "client": body["client_id"]}
        return JSONResponse({"prompt_id": name, "number": 1, "node_errors": {}})

    def wrong(self, node: Mapping[str, Any]) -> Any:
        """Return what is wrong with a node, or nothing."""
        kind, inputs = node["class_type"], node["inputs"]
        if kind not in NODES:
            self.no(
                "invalid_prompt", f"Cannot execute because node {kind} does not exist.", {}
            )
        errors = [
            {
                "type": "required_input_missing",
                "message": "Required input is missing",
                "details": name,
            }
            for name in sorted(NODES[kind] - set(inputs))
        ]
        for name, known in LISTS.items():
            if name in inputs and inputs[name] not in known:
                details = f"{name}: '{inputs[name]}' not in {list(known)}"
                message = "Value not in list"
                error = {"type": "value_not_in_list", "message": message}
                errors.append({**error, "details": details})
        return {"errors": errors, "class_type": kind} if errors else None

    def no(self, sort: str, message: str, nodes: Mapping[str, Any]) -> Any:
        """Refuse in ComfyUI's shape."""
        error = {"type": sort, "message": message, "details": "", "extra_info": {}}
        self.refuse(400, {"error": error, "node_errors": nodes})

    async def uploaded(self, request: Request) -> Response:
        fields, files = await read_form(request)
        name = f"upload-{len(self.uploads)}.png"
        self.uploads[name] = dict(files)["image"]
        return JSONResponse({"name": name, "subfolder": "", "type": fields["type"]})

    def done(self, name: str) -> bool:
        return bool(asyncio.get_running_loop().time() >= self.jobs[name]["ready"])

    async def history(self, request: Request) -> Response:
        name = request.path_params["id"]
        if name not in self.jobs or not self.done(name):
            return JSONResponse({})
        prompt = self.jobs[name]["prompt"]
        texts = [n["inputs"]["text"] for n in prompt.values() if "text" in n["inputs"]]
        text = str(texts[0]) if texts else ""
        if "interrupt" in text and name == "prompt-0":
            status = {"status_str": "error", "completed": False}
            status["messages"] = [["execution_interrupted", {"prompt_id": name}]]
            return JSONResponse({name: {"outputs": {}, "status": status}})
        if "explode" in text:
            told = {"node_type": "KSampler", "exception_message": "CUDA out of memory"}
            status = {"status_str": "error", "completed": False}
            status["messages"] = [["execution_error", told]]
            return JSONResponse({name: {"outputs": {}, "status": status}})
        saves = [n for n, node in prompt.items() if node["class_type"] == "SaveImage"]
        image = {"filename": f"{name}.png", "subfolder": "", "type": "output"}
        outputs = {node: {"images": [image]} for node in saves}
        status = {"status_str": "success", "completed": True, "messages": []}
        return JSONResponse({name: {"outputs": outputs, "status": status}})

    async def queue(self, request: Request) -> Response:
        del request
        running = [[1, name, {}, {}, []] for name in self.jobs if not self.done(name)]
        return JSONResponse({"queue_running": running, "queue_pending": []})

    async def view(self, request: Request) -> Response:
        name = request.query_params["filename"].removesuffix(".png")
        if name not in self.jobs or ".." in name:
            return Response(status_code=404)
        prompt = self.jobs[name]["prompt"].values()
        seeds = [n["inputs"]["seed"] for n in prompt if "seed" in n["inputs"]]
        latents = [n["inputs"] for n in prompt if n["class_type"] == "EmptyLatentImage"]
        seed = seeds[0] if seeds else 1
        latent = latents[0] if latents else {"width": 256, "height": 192}
        data = drawn((latent["width"], latent["height"]), seed)
        return Response(data, media_type="image/png")

    async def tells(self, socket: WebSocket) -> None:
        await socket.accept()
        client = socket.query_params.get("clientId")
        name = next((n for n, job in self.jobs.items() if job["client"] == client), "")
        other = {"type": "progress", "data": {"prompt_id": "another", "value": 9, "max": 9}}
        await socket.send_text(json.dumps(other))
        ours = {"type": "progress", "data": {"prompt_id": name, "value": 3, "max": 10}}
        await socket.send_text(json.dumps(ours))
        preview = (1).to_bytes(4, "big") + (2).to_bytes(4, "big") + drawn((32, 32))
        await socket.send_bytes(preview)
        while name in self.jobs and not self.done(name):
            await asyncio.sleep(0.01)
        over = {"type": "executing", "data": {"node": None, "prompt_id": name}}
        await socket.send_text(json.dumps(over))
        await socket.close()
