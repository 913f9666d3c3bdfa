"""A strict fal: queue, status stream, direct runs, storage.

Source: fal-client 1.0.3 `client.py`, npm @fal-ai/client 1.10.1 `endpoints.d.ts`,
docs.fal.ai.
"""

import base64
import hashlib
import io
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import PIL.Image
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from connectors.sdk.providers.fal import FAL
from tests.fakes.fal_apps import APPS, OPTIONAL, RATIOS, REQUIRED, UPSCALERS
from tests.fakes.server import Fake


class FakeFal(Fake):
    """Runs models; a job needs `steps` looks before it is done."""

    provider, key = FAL, "0f0f0f0f-0123:0123456789abcdef0123456789abcdef"

    def __init__(self) -> None:
        super().__init__()
        self.jobs: dict[str, dict[str, Any]] = {}
        self.files: dict[str, tuple[bytes, str]] = {}
        self.steps = 2
        self.direct = False  # what fal.run is: answers instead of queueing
        self.streams = True
        self.keys: Any = {"keys": []}  # what webhooks are signed with
        self.webhooks: list[str] = []  # where jobs ask to be rung
        self.failing: tuple[str, int] | None = None  # error_type and status of every job

    def routes(self) -> list[BaseRoute]:
        job = "/{owner}/{alias}/requests/{id}"
        return [
            Route("/.well-known/jwks.json", self.jwks, methods=["GET"]),
            Route("/storage/auth/token", self.token, methods=["POST"]),
            Route("/files/upload", self.take_file, methods=["POST"]),
            Route("/files/{name}", self.give_file, methods=["GET"]),
            Route(f"{job}/status/stream", self.stream, methods=["GET"]),
            Route(f"{job}/status", self.status, methods=["GET"]),
            Route(f"{job}/cancel", self.cancel, methods=["PUT"]),
            Route(job, self.result, methods=["GET"]),
            Route("/{app:path}", self.submit, methods=["POST"]),
        ]

    def error(self, status: int) -> Any:
        return {"detail": f"failed with {status}"}

    def admit(self, request: Request) -> None:
        """Let in who has the key."""
        if request.headers.get("authorization", "") != f"Key {self.key}":
            self.refuse(401, {"detail": "Cannot access application. Authentication failed"})

    def invalid(self, where: str, message: str, kind: str, status: int = 422) -> Any:
        """Refuse in the words of fal's models."""
        detail = {"loc": ["body", where], "msg": message, "type": kind, "url": "https://x"}
        return self.refuse(status, {"detail": [detail]})

    async def submit(self, request: Request) -> Response:
        self.admit(request)
        app = request.path_params["app"]
        if app not in APPS:
            self.refuse(404, {"detail": f"Application '{app}' not found"})
        body = await request.json()
        self.sent.append({"app": app, **body})
        if self.direct:
            self.check(app, body)
            headers = {"x-fal-request-id": "req-direct", "x-fal-billable-units": "1"}
            return JSONResponse(self.made(app, body), headers=headers)
        if "fal_webhook" in request.query_params:
            self.webhooks.append(request.query_params["fal_webhook"])
        name = f"job-{len(self.jobs)}"
        self.jobs[name] = {"app": app, "body": body, "looks": 0}
        owner, alias = app.split("/")[:2]
        where = f"{self.origin}/{owner}/{alias}/requests/{name}"
        return JSONResponse(
            {
                "status": "IN_QUEUE",
                "request_id": name,
                "response_url": where,
                "status_url": f"{where}/status",
                "cancel_url": f"{where}/cancel",
                "queue_position": 1,
                "gateway_request_id": f"gw-{name}",
            }
        )

    async def jwks(self, request: Request) -> Response:
        del request
        return JSONResponse(self.keys)

    def job(self, request: Request) -> dict[str, Any]:
        """Return the job that a path names."""
        self.admit(request)
        job = self.jobs.get(request.path_params["id"])
        if job is None or job["app"].split("/")[1] != request.path_params["alias"]:
            self.refuse(404, {"detail": "Request not found"})
        assert job is not None
        return job

    async def status(self, request: Request) -> Response:
        job = self.job(request)
        job["looks"] += 1
        told = self.told(job, request)
        return JSONResponse(told, 200 if told["status"] == "COMPLETED" else 202)

    def told(self, job: dict[str, Any], request: Request) -> dict[str, Any]:
        """Return the status of a job, a little further with every look."""
        name = request.path_params["id"]
        told: dict[str, Any] = {"request_id": name, "response_url": f"{self.origin}/x"}
        logs = [{"message": "50%|#####     |", "level": "INFO", "timestamp": "now"}]
        if job["looks"] < self.steps:
            return {**told, "status": "IN_QUEUE", "queue_position": 0}
        if job["looks"] == self.steps:
            return {**told, "status": "IN_PROGRESS", "logs": logs}
        told |= {"status": "COMPLETED", "logs": logs, "metrics": {"inference_time": 1.25}}
        if (wrong := self.wrong(job)) is not None:
            told |= {"error": wrong[1], "error_type": wrong[0]}
        return told

    def wrong(self, job: Mapping[str, Any]) -> tuple[str, str, int] | None:
        """Return type, words and status of what went wrong in a job."""
        if self.failing is not None:
            kind, status = self.failing
            return kind, "The runner failed", status
        if "forbidden" in job["body"].get("prompt", ""):
            said = "The content could not be processed because it was flagged"
            return "content_policy_violation", said, 422
        return None

    async def stream(self, request: Request) -> Response:
        job = self.job(request)
        if not self.streams:
            self.refuse(404, {"detail": "Path /status/stream not found"})

        async def events() -> AsyncIterator[bytes]:
            while True:
                job["looks"] += 1
                told = self.told(job, request)
                yield f"data: {json.dumps(told)}\n\n".encode()
                if told["status"] == "COMPLETED":
                    return

        return StreamingResponse(events(), media_type="text/event-stream")

    async def result(self, request: Request) -> Response:
        job = self.job(request)
        if job["looks"] <= self.steps:
            self.refuse(400, {"detail": "Request is still in progress"})
        if (wrong := self.wrong(job)) is not None:
            self.invalid("prompt", wrong[1], wrong[0], wrong[2])
        self.check(job["app"], job["body"])
        headers = {"x-fal-request-id": "req-result", "x-fal-billable-units": "1.5"}
        return JSONResponse(self.made(job["app"], job["body"]), headers=headers)

    async def cancel(self, request: Request) -> Response:
        self.job(request)
        return JSONResponse({"status": "CANCELLATION_REQUESTED"}, 202)

    async def token(self, request: Request) -> Response:
        self.admit(request)
        if request.query_params.get("storage_type") != "fal-cdn-v3":
            self.refuse(400, {"detail": "Unknown storage type"})
        expires = "2099-01-01T00:00:00+00:00"
        token = {"token": "cdn-token", "token_type": "Bearer", "expires_at": expires}
        return JSONResponse({**token, "base_url": self.origin})

    async def take_file(self, request: Request) -> Response:
        if request.headers.get("authorization", "") != "Bearer cdn-token":
            self.refuse(401, {"detail": "Invalid token"})
        name = request.headers.get("x-fal-file-name")
        if not name:
            self.refuse(400, {"detail": "X-Fal-File-Name is missing"})
        name = f"up{len(self.files)}-{name}"
        media_type = request.headers["content-type"]
        self.files[name] = (await request.body(), media_type)
        return JSONResponse({"access_url": f"{self.origin}/files/{name}"})

    async def give_file(self, request: Request) -> Response:
        if "authorization" in request.headers:
            self.refuse(400, {"detail": "a key was sent to the file host"})
        data, media_type = self.files[request.path_params["name"]]
        return Response(data, media_type=media_type)

    def check(self, app: str, body: Mapping[str, Any]) -> None:
        """Refuse what is unknown, missing or of another type."""
        for name, value in body.items():
            if name not in APPS[app]:
                self.invalid(name, "Extra inputs are not permitted", "extra_forbidden")
            kind = APPS[app][name]
            if not isinstance(value, kind) or (
                isinstance(value, bool) and kind is not bool
            ):
                self.invalid(name, "Input has another type", "type_error")
        for name in REQUIRED:
            wanted = name in APPS[app] and name not in OPTIONAL.get(app, ())
            if wanted and not body.get(name):
                self.invalid(name, "Field required", "missing")
        if body.get("num_inference_steps") in ("3", "5", "6", "7", "0"):
            self.invalid("num_inference_steps", "should be '1', '2', '4' or '8'", "literal")
        if body.get("aspect_ratio", "1:1") not in RATIOS:
            self.invalid("aspect_ratio", "Input should be a known ratio", "literal_error")
        for lora in body.get("loras", ()):
            if not isinstance(lora.get("path"), str) or set(lora) - {"path", "scale"}:
                self.invalid("loras", "Field required", "missing")

    def made(self, app: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a model answers."""
        if app.endswith("training"):
            return self.trained(body)
        if app == "fal-ai/birefnet/v2":
            return {"image": self.kept(cut(self.picture(body["image_url"])))}
        if app in UPSCALERS:
            image, factor = self.picture(body["image_url"]), body.get("upscale_factor", 2)
            size = (round(image.width * factor), round(image.height * factor))
            return {"image": self.kept(image.resize(size)), "seed": 1, "timings": {}}
        colour = "#" + hashlib.sha256(json.dumps(body).encode()).hexdigest()[:6]
        image = PIL.Image.new("RGB", self.size(body), colour)
        image.paste("white", (0, 0, image.width // 4, image.height // 4))
        nsfw = "naked" in body["prompt"]
        answer: dict[str, Any] = {"images": [self.kept(image)]}
        if "seed" in APPS[app]:
            answer |= {"seed": body.get("seed", 7), "prompt": body["prompt"]}
            answer |= {"has_nsfw_concepts": [nsfw], "timings": {"inference": 1.2}}
        return answer

    def trained(self, body: Mapping[str, Any]) -> dict[str, Any]:
        data, _ = self.files[body["images_data_url"].rpartition("/")[2]]
        name = f"lora-{hashlib.sha256(data).hexdigest()[:8]}.safetensors"
        self.files[name] = (b"weights", "application/octet-stream")
        file = {"url": f"{self.origin}/files/{name}", "file_name": name}
        return {"diffusers_lora_file": file, "config_file": file}

    def size(self, body: Mapping[str, Any]) -> tuple[int, int]:
        """Return the size that a model draws; kontext and image-to-image their own."""
        asked = body.get("image_size", "square_hd")
        if isinstance(asked, dict):
            if not 0 < asked["width"] <= 14142 or not 0 < asked["height"] <= 14142:
                self.invalid("image_size", "Input should be at most 14142", "too_large")
            return asked["width"], asked["height"]
        return (1024, 1024)

    def picture(self, address: str) -> PIL.Image.Image:
        """Return the picture that a data URI or an upload holds."""
        if address.startswith("data:"):
            data = base64.b64decode(address.partition(",")[2])
        else:
            data, _ = self.files[address.rpartition("/")[2]]
        try:
            image = PIL.Image.open(io.BytesIO(data))
            image.load()
        except OSError:
            self.invalid("image_url", "Failed to load the image", "image_load_error")
        return image

    def kept(self, image: PIL.Image.Image) -> dict[str, Any]:
        """Keep `image` and return how fal's answers name it."""
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        name = f"out{len(self.files)}.png"
        self.files[name] = (buffer.getvalue(), "image/png")
        return {
            "url": f"{self.origin}/files/{name}",
            "width": image.width,
            "height": image.height,
            "content_type": "image/png",
        }


def cut(image: PIL.Image.Image) -> PIL.Image.Image:
    """Return `image` without what has the colour of its corner."""
    from PIL import ImageChops

    rgb = image.convert("RGB")
    ground = PIL.Image.new("RGB", rgb.size, rgb.getpixel((1, 1)))
    apart = ImageChops.difference(rgb, ground).convert("L")
    rgb.putalpha(apart.point([0] * 24 + [255] * 232))
    return rgb
