"""A strict Black Forest Labs. Source: blackforest 0.1.3, ComfyUI's `bfl_api.py`."""

import base64
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.sdk.providers.bfl import BFL
from tests.fakes.pictures import drawn, size_of
from tests.fakes.server import Fake, authorized

ANY = {"prompt", "seed", "output_format", "prompt_upsampling", "safety_tolerance"}
ANY |= {"webhook_url", "webhook_secret"}
SIZED = ANY | {"width", "height", "image_prompt"}
INPUTS = {"input_image", "input_image_2", "input_image_3", "input_image_4"}
# model -> the fields it knows, and those that it needs
MODELS: Mapping[str, tuple[set[str], set[str]]] = {
    "flux-pro-1.1": (SIZED, {"prompt"}),
    "flux-dev": (SIZED | {"steps", "guidance"}, {"prompt"}),
    "flux-pro-1.1-ultra": (
        ANY | {"aspect_ratio", "raw", "image_prompt", "image_prompt_strength"},
        {"prompt"},
    ),
    "flux-kontext-pro": (ANY | INPUTS | {"aspect_ratio"}, {"prompt"}),
    "flux-kontext-max": (ANY | INPUTS | {"aspect_ratio"}, {"prompt"}),
    "flux-pro-1.0-fill": (ANY | {"image", "mask", "steps", "guidance"}, {"image"}),
}


class FakeBfl(Fake):
    """FLUX; says no as FastAPI does, and works in a queue."""

    provider, key, path = BFL, "bfl-0123456789abcdef0123", "/v1"

    def __init__(self) -> None:
        super().__init__()
        self.jobs: dict[str, dict[str, Any]] = {}
        self.waits = 1  # answers of "Pending" before a job is ready

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/v1/get_result", self.result),
            Route("/v1/{model}", self.submitted, methods=["POST"]),
            Route("/delivery/{id}.png", self.delivered),
        ]

    def error(self, status: int) -> Any:
        return {"detail": f"failed with {status}"}

    def no(self, status: int, message: str, *place: str) -> Any:
        """Refuse in FastAPI's shape."""
        detail: Any = message
        if place:
            detail = [{"loc": ["body", *place], "msg": message, "type": "value_error"}]
        self.refuse(status, {"detail": detail})

    def admit(self, request: Request) -> None:
        if not authorized(request, "x-key", self.key):
            self.no(403, "Not authenticated")

    async def submitted(self, request: Request) -> Response:
        self.admit(request)
        model = request.path_params["model"]
        if model not in MODELS:
            self.no(404, "Not Found")
        fields = await request.json()
        self.sent.append({"model": model, **fields})
        self.check(model, fields)
        job = f"job-{len(self.jobs)}"
        self.jobs[job] = {"model": model, "waits": self.waits, **fields}
        url = f"{self.url}/get_result?id={job}"
        return JSONResponse({"id": job, "polling_url": url})

    def check(self, model: str, fields: Mapping[str, Any]) -> None:
        known, needed = MODELS[model]
        for name in sorted(set(fields) - known):
            self.no(422, "Extra inputs are not permitted", name)
        for name in sorted(needed - set(fields)):
            self.no(422, "Field required", name)
        for side in ("width", "height"):
            value = fields.get(side, 256)
            if not 256 <= value <= 1440 or value % 32:
                self.no(422, "Input should be a multiple of 32 within 256-1440", side)
        if fields.get("output_format", "png") not in ("png", "jpeg"):
            self.no(422, "Input should be 'jpeg' or 'png'", "output_format")
        wide, _, high = str(fields.get("aspect_ratio", "1:1")).partition(":")
        if not 9 / 21 - 1e-6 <= int(wide) / int(high) <= 21 / 9 + 1e-6:
            self.no(422, "aspect_ratio must be between 21:9 and 9:21", "aspect_ratio")

    async def result(self, request: Request) -> Response:
        self.admit(request)
        name = request.query_params.get("id", "")
        job = self.jobs.get(name)
        if job is None:
            return JSONResponse({"id": name, "status": "Task not found", "result": None})
        if "forbidden" in job["prompt"]:
            return JSONResponse({"id": name, "status": "Request Moderated"})
        if "broken" in job["prompt"]:
            return JSONResponse({"id": name, "status": "Error", "result": None})
        job["waits"] -= 1
        if job["waits"] >= 0:
            return JSONResponse({"id": name, "status": "Pending", "progress": 0.5})
        sample = f"{self.origin}/delivery/{name}.png"
        return JSONResponse({"id": name, "status": "Ready", "result": {"sample": sample}})

    async def delivered(self, request: Request) -> Response:
        if "x-key" in request.headers:
            self.no(400, "a signed address takes no key")
        job = self.jobs[request.path_params["id"]]
        data = drawn(_size(job), job.get("seed", 0))
        return Response(data, media_type="application/octet-stream")


def _size(job: Mapping[str, Any]) -> tuple[int, int]:
    if "image" in job:
        return size_of(base64.b64decode(job["image"], validate=True))
    if "width" in job:
        return job["width"], job["height"]
    wide, _, high = job.get("aspect_ratio", "1:1").partition(":")
    ratio = int(wide) / int(high)
    return round((1_000_000 * ratio) ** 0.5), round((1_000_000 / ratio) ** 0.5)
