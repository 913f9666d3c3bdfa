"""A strict Recraft. Source: its OpenAPI and the pages of its API reference."""

import base64
import io
import json
from collections.abc import Mapping
from typing import Any

import PIL.Image
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.image.recraft import RATIOS
from connectors.sdk.providers.recraft import RECRAFT
from tests.fakes.forms import read_form
from tests.fakes.pictures import drawn, size_of
from tests.fakes.server import Fake, authorized

SHARED = {
    *("prompt", "n", "model", "style", "substyle", "style_id", "style_match"),
    *("negative_prompt", "text_layout", "response_format", "random_seed"),
    *("controls", "block_nsfw", "expire", "image_format"),
}
PATHS: Mapping[str, tuple[set[str], set[str]]] = {
    "generations": (SHARED | {"size"}, {"prompt"}),
    "imageToImage": (SHARED | {"image", "strength"}, {"prompt", "image", "strength"}),
    "inpaint": (SHARED | {"image", "mask"}, {"prompt", "image", "mask"}),
    "removeBackground": ({"file", "response_format", "expire"}, {"file"}),
    "crispUpscale": ({"file", "response_format", "expire"}, {"file"}),
    "creativeUpscale": ({"file", "response_format", "expire"}, {"file"}),
}


class FakeRecraft(Fake):
    """Recraft; says no as Recraft does."""

    provider, key, path = RECRAFT, "recraft-0123456789abcdef", "/v1"

    def routes(self) -> list[BaseRoute]:
        return [Route("/v1/images/{path}", self.image, methods=["POST"])]

    def error(self, status: int) -> Any:
        return {"code": "failed", "message": f"failed with {status}"}

    def no(self, status: int, code: str, message: str) -> Any:
        """Refuse in Recraft's shape."""
        self.refuse(status, {"code": code, "message": message})

    async def image(self, request: Request) -> Response:
        if not authorized(request, "authorization", f"Bearer {self.key}"):
            self.no(401, "unauthorized", "invalid token")
        path = request.path_params["path"]
        files: list[tuple[str, bytes]] = []
        fields: dict[str, Any]
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            fields, files = dict((found := await read_form(request))[0]), found[1]
        else:
            fields = json.loads(await request.body())
        self.sent.append({"path": path, **fields, "files": files})
        self.check(path, fields, files)
        if "forbidden" in fields.get("prompt", ""):
            self.no(400, "prompt_moderated", "The prompt was rejected by moderation")
        return self.answer(path, fields, files)

    def check(
        self, path: str, fields: Mapping[str, Any], files: list[tuple[str, bytes]]
    ) -> None:
        if path not in PATHS:
            self.no(404, "not_found", "no such endpoint")
        known, needed = PATHS[path]
        given = {*fields, *(name for name, _ in files)}
        if wrong := sorted(given - known):
            self.no(400, "invalid_request_parameter", f"unknown field {wrong[0]}")
        if missing := sorted(needed - given):
            self.no(400, "invalid_request_parameter", f"missing field {missing[0]}")
        if fields.get("size", "1:1") not in RATIOS:
            self.no(400, "invalid_request_parameter", "size is not supported")
        if not 0 <= int(fields.get("random_seed", 0)) <= 4_294_967_295:
            self.no(400, "invalid_request_parameter", "random_seed is not a uint32")
        for colour in fields.get("controls", {}).get("colors", []):
            if not all(0 <= value <= 255 for value in colour["rgb"]):
                self.no(400, "invalid_request_parameter", "rgb is out of range")
        self.check_files(dict(files))

    def check_files(self, files: Mapping[str, bytes]) -> None:
        for name, data in files.items():
            width, height = size_of(data)
            if not (256 <= width <= 4096 and 256 <= height <= 4096):
                self.no(400, "invalid_image", "sides must be within 256 and 4096 px")
            if name == "mask":
                mask = PIL.Image.open(io.BytesIO(data))
                values = set(mask.convert("L").tobytes())
                if mask.size != size_of(files["image"]) or not values <= {0, 255}:
                    self.no(400, "invalid_mask", "mask must be black and white, same size")

    def answer(
        self, path: str, fields: Mapping[str, Any], files: list[tuple[str, bytes]]
    ) -> Response:
        seed = int(fields.get("random_seed", 0))
        if path == "generations":
            wide, _, high = fields.get("size", "1:1").partition(":")
            ratio = int(wide) / int(high)
            size = (round(2048 * ratio**0.5), round(2048 / ratio**0.5))
        else:
            width, height = size_of(files[0][1])
            times = 4 if "Upscale" in path else 1
            size = (width * times, height * times)
        data = drawn(size, seed, clear=path == "removeBackground")
        item = {"b64_json": base64.b64encode(data).decode(), "image_id": "x"}
        headers = {"x-request-id": "rc_fake"}
        if path in ("removeBackground", "crispUpscale", "creativeUpscale"):
            return JSONResponse({"created": 0, "credits": 10, "image": item}, 200, headers)
        return JSONResponse({"created": 0, "credits": 250, "data": [item]}, 200, headers)
