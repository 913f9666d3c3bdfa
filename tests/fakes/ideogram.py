"""A strict Ideogram. Source: its OpenAPI."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.image.ideogram import RATIOS
from connectors.sdk.providers.ideogram import IDEOGRAM
from tests.fakes.forms import read_form
from tests.fakes.pictures import drawn, size_of
from tests.fakes.server import Fake, authorized

SHARED = {
    *("prompt", "seed", "rendering_speed", "magic_prompt", "num_images", "style_type"),
    *("style_preset", "style_codes", "color_palette", "negative_prompt"),
    *("style_reference_images", "character_reference_images", "custom_model_uri"),
}
PATHS: Mapping[str, tuple[set[str], set[str]]] = {
    "generate": (SHARED | {"resolution", "aspect_ratio"}, {"prompt"}),
    "generate-transparent": (
        SHARED - {"style_reference_images"} | {"aspect_ratio"},
        {"prompt"},
    ),
    "edit": (SHARED | {"image", "mask"}, {"prompt", "image", "mask"}),
}
SPEEDS = {"FLASH", "TURBO", "BALANCED", "DEFAULT", "QUALITY"}


class FakeIdeogram(Fake):
    """Ideogram 3; says no as Ideogram does."""

    provider, key = IDEOGRAM, "ideo-0123456789abcdef0123"

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/v1/ideogram-v3/{path}", self.image, methods=["POST"]),
            Route("/files/{seed:int}/{size}.png", self.file),
        ]

    def error(self, status: int) -> Any:
        return {"error": f"failed with {status}"}

    async def image(self, request: Request) -> Response:
        if not authorized(request, "api-key", self.key):
            self.refuse(401, {"error": "Not authorized to call this endpoint"})
        path = request.path_params["path"]
        fields, files = await read_form(request)
        self.sent.append({"path": path, **fields, "files": files})
        self.check(path, fields, files)
        if "forbidden" in fields["prompt"]:
            self.refuse(422, {"error": "Prompt failed the safety check"})
        return self.answer(path, fields, files)

    def check(
        self, path: str, fields: Mapping[str, str], files: list[tuple[str, bytes]]
    ) -> None:
        if path not in PATHS:
            self.refuse(404, {"error": "not found"})
        known, needed = PATHS[path]
        given = {*fields, *(name for name, _ in files)}
        if wrong := sorted(given - known):
            self.refuse(400, {"error": f"unknown field {wrong[0]}"})
        if missing := sorted(needed - given):
            self.refuse(400, {"error": f"missing field {missing[0]}"})
        if {"resolution", "aspect_ratio"} <= given:
            self.refuse(400, {"error": "resolution or aspect_ratio, not both"})
        if fields.get("aspect_ratio", "1x1") not in RATIOS:
            self.refuse(400, {"error": "aspect_ratio is not one of the ratios"})
        if fields.get("rendering_speed", "DEFAULT") not in SPEEDS:
            self.refuse(400, {"error": "rendering_speed is not one of the speeds"})
        if not 0 <= int(fields.get("seed", "0")) <= 2_147_483_647:
            self.refuse(400, {"error": "seed must be within 0-2147483647"})

    def answer(
        self, path: str, fields: Mapping[str, str], files: list[tuple[str, bytes]]
    ) -> Response:
        seed = int(fields.get("seed", "1"))
        if path == "edit":
            width, height = size_of(dict(files)["image"])
        else:
            wide, _, high = fields.get("aspect_ratio", "1x1").partition("x")
            ratio = int(wide) / int(high)
            width, height = round(1024 * ratio**0.5), round(1024 / ratio**0.5)
        clear = "-clear" if "transparent" in path else ""
        url = f"{self.origin}/files/{seed}/{width}x{height}{clear}.png"
        safe = "unsafe" not in fields["prompt"]
        item = {
            "url": url if safe else None,
            "is_image_safe": safe,
            "prompt": fields["prompt"],
            "resolution": f"{width}x{height}",
            "seed": seed,
            "style_type": "GENERAL",
        }
        return JSONResponse({"created": "2026-11-25T00:00:00Z", "data": [item]})

    async def file(self, request: Request) -> Response:
        if "api-key" in request.headers:
            self.refuse(400, {"error": "a signed address takes no key"})
        size, _, clear = request.path_params["size"].partition("-")
        width, _, height = size.partition("x")
        seed = request.path_params["seed"]
        data = drawn((int(width), int(height)), seed, clear=bool(clear))
        return Response(data, media_type="image/png")
