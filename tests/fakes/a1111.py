"""A web UI with `--api --api-auth`. Source: its `modules/api/`; Forge's `processing.py`.

Like the real one it ignores LoRAs, samplers and checkpoints that it does not know.
"""

import asyncio
import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.sdk.providers.a1111 import A1111
from tests.fakes.pictures import drawn, size_of
from tests.fakes.server import Fake

FIELDS: Mapping[str, Any] = {
    **dict.fromkeys(("prompt", "negative_prompt", "sampler_name", "scheduler"), str),
    **dict.fromkeys(("seed", "steps", "width", "height", "batch_size", "n_iter"), int),
    **dict.fromkeys(("cfg_scale", "denoising_strength", "hr_scale"), (int, float)),
    **dict.fromkeys(("enable_hr", "send_images", "save_images"), bool),
    "hr_upscaler": str,
    "override_settings": dict,
    "styles": list,
    "init_images": list,
    "mask": str,
    "mask_blur": int,
}
LORAS = ("figuera-box", "tidal-bottle")
SAMPLERS = ("DPM++ 2M", "Euler a")
CHECKPOINTS = ("sd_xl_base_1.0.safetensors [31e35c80fc]",)


class FakeA1111(Fake):
    """txt2img and img2img."""

    provider, key = A1111, "marketing:0123456789abcdef"

    draws_for = 0.0  # seconds

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/sdapi/v1/txt2img", self.drawing, methods=["POST"]),
            Route("/sdapi/v1/img2img", self.drawing, methods=["POST"]),
            Route("/sdapi/v1/loras", self.listed("name", LORAS)),
            Route("/sdapi/v1/samplers", self.listed("name", SAMPLERS)),
            Route("/sdapi/v1/sd-models", self.checkpoints),
            Route("/sdapi/v1/progress", self.progress),
        ]

    def error(self, status: int) -> Any:
        return {"error": "Failed", "detail": f"failed with {status}", "errors": ""}

    def admit(self, request: Request) -> None:
        login = base64.b64encode(self.key.encode()).decode()
        if request.headers.get("authorization") != f"Basic {login}":
            self.refuse(401, {"detail": "Incorrect username or password"})

    def listed(self, field: str, names: tuple[str, ...]) -> Any:
        async def listed(request: Request) -> Response:
            self.admit(request)
            return JSONResponse([{field: name} for name in names])

        return listed

    async def checkpoints(self, request: Request) -> Response:
        self.admit(request)
        files = [(title, title.partition(" [")[0]) for title in CHECKPOINTS]
        models = [
            {
                "title": title,
                "model_name": file.removesuffix(".safetensors"),
                "filename": f"C:\\webui\\models\\Stable-diffusion\\{file}",
            }
            for title, file in files
        ]
        return JSONResponse(models)

    async def progress(self, request: Request) -> Response:
        self.admit(request)
        image = base64.b64encode(drawn((64, 64))).decode()
        return JSONResponse({"progress": 0.4, "current_image": image})

    async def drawing(self, request: Request) -> Response:
        self.admit(request)
        fields = await request.json()
        self.sent.append({"path": request.url.path, **fields})
        for name, value in fields.items():
            if name in FIELDS and not isinstance(value, FIELDS[name]):
                where = ["body", name]
                detail = [{"loc": where, "msg": "wrong type", "type": "type_error"}]
                self.refuse(422, {"detail": detail})
        await asyncio.sleep(self.draws_for)
        if request.url.path.endswith("img2img"):
            self.check_pictures(fields)
        width, height = (fields.get(side, 512) // 8 * 8 for side in ("width", "height"))
        loras = re.findall(r"<lora:([^:>]+):", fields.get("prompt", ""))
        known = sum(100 for lora in loras if lora in LORAS)
        picture = drawn((width, height), fields.get("seed", 1) + known)
        info = {"seed": fields.get("seed", 1), "sd_model_name": "sd_xl_base_1.0"}
        images = [base64.b64encode(picture).decode()]
        return JSONResponse({"images": images, "parameters": {}, "info": json.dumps(info)})

    def check_pictures(self, fields: Mapping[str, Any]) -> None:
        if not fields.get("init_images"):
            self.refuse(404, {"detail": "Init image not found"})
        try:
            for text in [*fields["init_images"], *filter(None, [fields.get("mask")])]:
                size_of(base64.b64decode(text, validate=True))
        except ValueError:
            self.refuse(500, {"detail": "Invalid encoded image"})
