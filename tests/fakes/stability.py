"""A strict Stability AI. Source: the official OpenAPI of api.stability.ai, v2beta."""

import base64
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.sdk.providers.stability import STABILITY
from tests.fakes.forms import read_form
from tests.fakes.pictures import drawn, size_of
from tests.fakes.server import Fake, authorized

SHARED = {"prompt", "negative_prompt", "seed", "style_preset", "output_format"}
# path -> the fields it knows, and those that it needs
PATHS: Mapping[str, tuple[set[str], set[str]]] = {
    "generate/core": (SHARED | {"aspect_ratio"}, {"prompt"}),
    "generate/ultra": (SHARED | {"aspect_ratio", "image", "strength"}, {"prompt"}),
    "generate/sd3": (
        SHARED | {"aspect_ratio", "mode", "model", "cfg_scale", "image", "strength"},
        {"prompt"},
    ),
    "edit/inpaint": (SHARED | {"image", "mask", "grow_mask"}, {"prompt", "image"}),
    "edit/remove-background": ({"image", "output_format"}, {"image"}),
    "upscale/fast": ({"image", "output_format"}, {"image"}),
    "upscale/conservative": (SHARED | {"image", "creativity"}, {"prompt", "image"}),
}
RATIOS = {
    "21:9": (1536, 640),
    "16:9": (1344, 768),
    "3:2": (1216, 832),
    "5:4": (1088, 896),
    "1:1": (1024, 1024),
    "4:5": (896, 1088),
    "2:3": (832, 1216),
    "9:16": (768, 1344),
    "9:21": (640, 1536),
}
MODELS = {"sd3.5-large", "sd3.5-large-turbo", "sd3.5-medium"}


class FakeStability(Fake):
    """Stable Image; says no as Stability does."""

    provider, key = STABILITY, "sk-stability0123456789abcdef"

    def routes(self) -> list[BaseRoute]:
        return [Route("/v2beta/stable-image/{path:path}", self.image, methods=["POST"])]

    def error(self, status: int) -> Any:
        return {"id": "x", "name": "failed", "errors": [f"failed with {status}"]}

    def no(self, status: int, name: str, *errors: str) -> Any:
        """Refuse in Stability's shape."""
        self.refuse(status, {"id": "0" * 64, "name": name, "errors": list(errors)})

    async def image(self, request: Request) -> Response:
        if not authorized(request, "authorization", f"Bearer {self.key}"):
            self.no(401, "unauthorized", "missing or invalid api key")
        if "multipart/form-data" not in request.headers.get("content-type", ""):
            self.no(400, "bad_request", "content-type: must be multipart/form-data")
        fields, found = await read_form(request)
        files = {name: data for name, data in found if name != "none"}
        path = request.path_params["path"]
        self.sent.append({"path": path, **fields, "files": files})
        self.check(path, fields, files)
        if "forbidden" in fields.get("prompt", ""):
            said = "Your request was flagged by our content moderation system."
            self.no(403, "content_moderation", said)
        return self.answer(request, path, fields, files)

    def check(
        self, path: str, fields: Mapping[str, str], files: Mapping[str, bytes]
    ) -> None:
        """Refuse what the path does not know, lacks, or cannot take."""
        if path not in PATHS:
            self.no(404, "not_found", "there is nothing at this address")
        known, needed = PATHS[path]
        given = {*fields, *files}
        wrong = [f"{name}: unknown field" for name in sorted(given - known)]
        wrong += [f"{name}: is required" for name in sorted(needed - given)]
        wrong += [f"{name}: cannot be empty" for name in fields if not fields[name]]
        if not 0 <= int(fields.get("seed", "0")) <= 4_294_967_294:
            wrong.append("seed: must be within 0-4294967294")
        if fields.get("aspect_ratio", "1:1") not in RATIOS:
            wrong.append("aspect_ratio: must be one of the ratios")
        if path == "generate/sd3":
            wrong += self.wrong_in_sd3(fields, files)
        elif "generate" in path and ("image" in files) != ("strength" in fields):
            wrong.append("strength: is required with image, and only then")
        if wrong:
            self.no(400, "bad_request", *wrong)
        for data in files.values():
            self.check_picture(path, data)

    def wrong_in_sd3(
        self, fields: Mapping[str, str], files: Mapping[str, bytes]
    ) -> list[str]:
        wrong = []
        if fields.get("model", "sd3.5-large") not in MODELS:
            wrong.append("model: must be one of the models")
        if fields.get("mode") == "image-to-image":
            if "image" not in files or "strength" not in fields:
                wrong.append("image and strength: are required")
            if "aspect_ratio" in fields:
                wrong.append("aspect_ratio: not allowed in image-to-image")
        elif "image" in files:
            wrong.append("image: only in image-to-image")
        return wrong

    def check_picture(self, path: str, data: bytes) -> None:
        width, height = size_of(data)
        if path == "upscale/fast" and (
            max(width, height) > 1536 or min(width, height) < 32
        ):
            self.no(400, "bad_request", "image: sides must be within 32-1536")
        if path != "upscale/fast" and min(width, height) < 64:
            self.no(400, "bad_request", "image: sides must be at least 64")

    def answer(
        self,
        request: Request,
        path: str,
        fields: Mapping[str, str],
        files: Mapping[str, bytes],
    ) -> Response:
        seed = int(fields.get("seed", "0")) or 12345
        filtered = "blurred" in fields.get("prompt", "")
        data = drawn(_size(path, fields, files), seed, clear="background" in path)
        if request.headers.get("accept") != "application/json":
            headers = {"finish-reason": "SUCCESS", "seed": str(seed)}
            return Response(data, media_type="image/png", headers=headers)
        reason = "CONTENT_FILTERED" if filtered else "SUCCESS"
        body = {"image": base64.b64encode(data).decode(), "finish_reason": reason}
        media_type = "application/json; type=image/png"
        headers = {"content-type": media_type, "x-request-id": "st_fake"}
        return JSONResponse({**body, "seed": seed}, headers=headers)


def _size(
    path: str, fields: Mapping[str, str], files: Mapping[str, bytes]
) -> tuple[int, int]:
    if path.startswith("generate") and "image" not in files:
        return RATIOS[fields.get("aspect_ratio", "1:1")]
    width, height = size_of(files["image"])
    if path == "edit/remove-background":
        return width, height
    if path == "upscale/fast":
        return width * 4, height * 4
    # never the size of the input: about 4 megapixels, and 1 when generating
    pixels = 1_000_000 if path.startswith("generate") else 4_000_000
    scale = float((pixels / (width * height)) ** 0.5)
    return round(width * scale), round(height * scale)
