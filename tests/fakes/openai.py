"""A strict OpenAI. Source: openai 3.57 `types/`, its OpenAPI, recorded errors."""

import base64
import functools
import io
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import PIL.Image
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from connectors.sdk.providers.openai import OPENAI
from tests.fakes.server import Fake

GENERATES = {
    "model": str,
    "prompt": str,
    "n": int,
    "size": str,
    "quality": str,
    "background": str,
    "output_format": str,
    "output_compression": int,
    "moderation": str,
    "stream": bool,
    "partial_images": int,
    "user": str,
    "safety_identifier": str,
    "complexity": str,
}
EDITS = {**GENERATES, "input_fidelity": str}
VALUES = {
    "quality": {"low", "medium", "high", "auto", "xhigh", "max"},
    "background": {"transparent", "opaque", "auto"},
    "output_format": {"png", "webp", "jpeg"},
    "moderation": {"auto", "low"},
}
MODELS = (
    "gpt-image-1.5",
    "gpt-image-1-mini",
    "gpt-image-2",
    "gpt-image-2.5-sunburst",
    "gpt-image-2.5-flare",
    "gpt-image-2.6-sunburst",
    "gpt-image-2.6-flare",
)
THREE = {"1024x1024", "1536x1024", "1024x1536"}
USAGE = {
    "input_tokens": 20,
    "output_tokens": 1056,
    "total_tokens": 1076,
    "input_tokens_details": {"text_tokens": 20, "image_tokens": 0},
}


class FakeOpenAI(Fake):
    """Images; says no as OpenAI does."""

    provider, key, path = OPENAI, "sk-proj-0123456789abcdefghij", "/v1"

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/v1/images/generations", self.generations, methods=["POST"]),
            Route("/v1/images/edits", self.edits, methods=["POST"]),
            Route("/files/{name}", self.file),
        ]

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, bytes] = {}  # what a compatible server answers by address

    async def file(self, request: Request) -> Response:
        return Response(self.files[request.url.path], media_type="image/png")

    def no(
        self, status: int, message: str, code: str | None = None, param: str = ""
    ) -> Any:
        """Refuse in OpenAI's shape."""
        sort = "invalid_request_error"
        error = {"message": message, "type": sort, "param": param or None, "code": code}
        return self.refuse(status, {"error": error}, {"x-request-id": "req_fake"})

    def admit(self, request: Request) -> None:
        """Let in who has the key."""
        given = request.headers.get("authorization", "")
        if given != f"Bearer {self.key}":
            self.no(401, f"Incorrect API key provided: {given[7:]}.", "invalid_api_key")

    async def generations(self, request: Request) -> Response:
        self.admit(request)
        if "application/json" not in request.headers.get("content-type", ""):
            self.no(415, "Unsupported content type")
        fields = await request.json()
        self.sent.append(fields)
        self.check(fields, GENERATES)
        return self.drawn(fields, "image_generation")

    async def edits(self, request: Request) -> Response:
        self.admit(request)
        form = await request.form()
        fields: dict[str, Any] = {}
        files: list[tuple[str, bytes, str]] = []
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                data = await value.read()
                files.append((name, data, value.content_type or ""))
            else:
                fields[name] = _typed(value, EDITS.get(name, str))
        self.sent.append({**fields, "files": files})
        self.check(fields, EDITS)
        self.check_files(files)
        return self.drawn(fields, "image_edit")

    def check(self, fields: Mapping[str, Any], known: Mapping[str, type]) -> None:
        """Refuse what is unknown, missing, or has a value that is not offered."""
        for name, value in fields.items():
            if name not in known:
                code = "unknown_parameter"
                self.no(400, f"Unknown parameter: '{name}'.", code, name)
            if not isinstance(value, known[name]):
                self.no(400, f"Invalid type for '{name}'.", "invalid_type", name)
            if name in VALUES and value not in VALUES[name]:
                self.no(400, f"Invalid value: '{value}'.", "invalid_value", name)
        if not fields.get("prompt"):
            self.no(400, "Missing required parameter: 'prompt'.", "missing", "prompt")
        if "forbidden" in fields["prompt"]:
            said = "Your request was rejected by the safety system."
            error = {
                "message": said,
                "type": "image_generation_user_error",
                "param": None,
                "code": "moderation_blocked",
                "moderation_details": {"moderation_stage": "input", "categories": ["x"]},
            }
            self.refuse(400, {"error": error})
        if fields.get("model") not in MODELS:
            said = f"The model '{fields.get('model')}' does not exist."
            self.no(404, said, "model_not_found", "model")
        self.check_size(fields["model"], fields.get("size", "auto"))
        if fields.get("background") == "transparent" and fields["output_format"] == "jpeg":
            self.no(400, "Transparent background needs png or webp.", "invalid_value")

    def check_size(self, model: str, size: str) -> None:
        if size == "auto" or size in THREE:
            return
        width, height = map(int, size.split("x"))
        fixed = model.startswith("gpt-image-1")
        odd = width % 16 or height % 16 or max(width, height) > 3 * min(width, height)
        if fixed or odd or width > 3840 or height > 2160:
            self.no(400, f"Invalid value: '{size}'.", "invalid_value", "size")

    def check_files(self, files: list[tuple[str, bytes, str]]) -> None:
        pictures = [data for name, data, _ in files if name in ("image", "image[]")]
        if not 1 <= len(pictures) <= 16:
            self.no(400, "Missing required parameter: 'image'.", "missing", "image")
        for _, _, media_type in files:
            if media_type not in ("image/png", "image/webp", "image/jpeg"):
                self.no(400, f"Unsupported mimetype ('{media_type}').", "unsupported_file")
        first = PIL.Image.open(io.BytesIO(pictures[0])).size
        for name, data, _ in files:
            if name == "mask":
                mask = PIL.Image.open(io.BytesIO(data))
                if mask.mode != "RGBA" or mask.size != first or len(data) > 4_000_000:
                    self.no(400, "Invalid mask image format.", "invalid_mask", "mask")

    def drawn(self, fields: Mapping[str, Any], sort: str) -> Response:
        """Answer a plain picture of the size that was asked for."""
        asked = fields.get("size", "auto")
        width, height = (
            (1024, 1024) if asked == "auto" else tuple(map(int, asked.split("x")))
        )
        clear = fields.get("background") == "transparent"
        picture = png(width, height, (200, 69, 47, 0) if clear else (200, 69, 47))
        told = {
            "created": 1764000000,
            "background": fields.get("background", "opaque"),
            "output_format": fields.get("output_format", "png"),
            "quality": fields.get("quality", "high"),
            "size": f"{width}x{height}",
        }
        if fields.get("stream"):
            events = self.streamed(fields, sort, picture, told)
            return StreamingResponse(events, media_type="text/event-stream")
        body = {**told, "data": [{"b64_json": picture}], "usage": USAGE}
        return JSONResponse(body, headers={"x-request-id": "req_fake"})

    async def streamed(
        self, fields: Mapping[str, Any], sort: str, picture: str, told: Mapping[str, Any]
    ) -> AsyncIterator[bytes]:
        told = {**told, "created_at": told["created"], "b64_json": picture}
        for index in range(fields.get("partial_images", 0)):
            kind = f"{sort}.partial_image"
            yield _event(kind, {**told, "type": kind, "partial_image_index": index})
        kind = f"{sort}.completed"
        yield _event(kind, {**told, "type": kind, "usage": USAGE})


@functools.cache
def png(width: int, height: int, colour: tuple[int, ...]) -> str:
    """Return a plain PNG with a light corner in base64."""
    buffer = io.BytesIO()
    mode = "RGBA" if len(colour) == 4 else "RGB"
    image = PIL.Image.new(mode, (width, height), colour)
    image.paste((250, 250, 250, 255)[: len(colour)], (0, 0, width // 4, height // 4))
    image.save(buffer, "PNG", compress_level=1)
    return base64.b64encode(buffer.getvalue()).decode()


def _event(name: str, data: Mapping[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def _typed(value: str, kind: type) -> Any:
    """Return a form field as its JSON would be."""
    if kind is bool:
        return {"true": True, "false": False}.get(value, value)
    return int(value) if kind is int and value.isdecimal() else value
