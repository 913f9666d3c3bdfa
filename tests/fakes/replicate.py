"""A strict Replicate: predictions, files, trainings.

Source: replicate 1.0.7 (PyPI), Replicate's OpenAPI 1.0.0-a1, recorded errors.
"""

import base64
import hashlib
import io
import json
import math
from collections.abc import Mapping
from typing import Any

import PIL.Image
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.sdk.providers.replicate import REPLICATE
from tests.fakes.fal import cut
from tests.fakes.server import Fake

NUMBER = (int, float)
FLUX: dict[str, Any] = {
    "prompt": str,
    "aspect_ratio": str,
    "seed": int,
    "output_format": str,
    "output_quality": int,
    "num_outputs": int,
    "num_inference_steps": int,
    "go_fast": bool,
    "megapixels": str,
    "disable_safety_checker": bool,
}
DEV = {**FLUX, "guidance": NUMBER, "image": str, "prompt_strength": NUMBER}
LORA = {"lora_weights": str, "lora_scale": NUMBER}
EXTRA_LORA = {"extra_lora": str, "extra_lora_scale": NUMBER}
MODELS: Mapping[str, Mapping[str, Any]] = {
    "black-forest-labs/flux-dev": DEV,
    "black-forest-labs/flux-schnell": FLUX,
    "black-forest-labs/flux-dev-lora": {**DEV, **LORA, **EXTRA_LORA},
    "black-forest-labs/flux-kontext-pro": {
        "prompt": str,
        "input_image": str,
        "aspect_ratio": str,
        "seed": int,
        "output_format": str,
        "safety_tolerance": int,
        "prompt_upsampling": bool,
    },
}
VERSIONS: Mapping[str, Mapping[str, Any]] = {
    "a029dff38972b5fda4ec5d75d7d1cd25aeff621d2cf4946a41055d7db66b80bc": {
        "image": str,
        "format": str,
        "background_type": str,
        "threshold": NUMBER,
        "reverse": bool,
    },
    "f121d640bd286e1fdc67f9799164c1d5be36ff74576ee11c803ae5b665dd46aa": {
        "image": str,
        "scale": NUMBER,
        "face_enhance": bool,
    },
}
TRAINER = {
    "input_images": str,
    "trigger_word": str,
    "steps": int,
    "lora_rank": int,
    "autocaption": bool,
}
REQUIRED = ("prompt", "image", "input_image", "input_images")
FREE = ("black-forest-labs/flux-dev", "black-forest-labs/flux-dev-lora")  # no image needed
RATIOS = {"1:1", "16:9", "21:9", "3:2", "2:3", "4:5", "5:4", "3:4", "4:3", "9:16", "9:21"}


class FakeReplicate(Fake):
    """Runs predictions; one needs `steps` questions before it is done."""

    provider, path = REPLICATE, "/v1"
    key = "r8_0123456789abcdefghijklmnopqrstuvwxyz0"

    def __init__(self) -> None:
        super().__init__()
        self.jobs: dict[str, dict[str, Any]] = {}
        self.files: dict[str, tuple[bytes, str]] = {}
        self.models = {"me/figgy"}  # of the account: trainings may go there
        self.steps = 2
        self.ends = "succeeded"
        self.gone = False  # outputs are removed after an hour

    def routes(self) -> list[BaseRoute]:
        models = "/v1/models/{owner}/{name}"
        return [
            Route("/v1/predictions", self.create, methods=["POST"]),
            Route(f"{models}/predictions", self.create, methods=["POST"]),
            Route(f"{models}/versions/{{version}}/trainings", self.train, methods=["POST"]),
            Route("/v1/predictions/{id}", self.get, methods=["GET"]),
            Route("/v1/trainings/{id}", self.get, methods=["GET"]),
            Route("/v1/predictions/{id}/cancel", self.cancel, methods=["POST"]),
            Route("/v1/files", self.take_file, methods=["POST"]),
            Route("/delivery/{name}", self.give_file, methods=["GET"]),
        ]

    def error(self, status: int) -> Any:
        return {"title": "Failed", "detail": f"failed with {status}", "status": status}

    def no(self, status: int, title: str, detail: str) -> Any:
        """Refuse in Replicate's shape."""
        return self.refuse(status, {"title": title, "detail": detail, "status": status})

    def admit(self, request: Request) -> None:
        """Let in who has the token."""
        if request.headers.get("authorization", "") != f"Bearer {self.key}":
            said = "You did not pass a valid authentication token"
            self.no(401, "Unauthenticated", said)

    async def create(self, request: Request) -> Response:
        self.admit(request)
        body = await request.json()
        for name in set(body) - {"version", "input", "webhook", "webhook_events_filter"}:
            self.no(422, "Input validation failed", f"Unknown field {name}")
        where = request.path_params
        model = f"{where['owner']}/{where['name']}" if where else ""
        version = str(body.get("version", ""))
        known = MODELS.get(model) if model else VERSIONS.get(version)
        if known is None:
            said = "The specified version does not exist (or perhaps you don't have access)"
            self.no(422, "Invalid version or not permitted", said)
        inputs = body.get("input", {})
        self.sent.append({"model": model or version, **inputs})
        self.check(model, inputs, known or {})
        name = f"pred{len(self.jobs)}"
        self.jobs[name] = {"model": model, "version": version, "input": inputs, "looks": 0}
        if "wait" not in request.headers.get("prefer", ""):
            return JSONResponse(self.told(name, "starting"), 201)
        done = self.told(name, "processing")  # the blocking answer, with its output
        return JSONResponse({**done, "output": self.output(self.jobs[name])}, 201)

    def check(
        self, model: str, inputs: Mapping[str, Any], known: Mapping[str, Any]
    ) -> None:
        """Refuse what is unknown, missing or of another type."""
        for name, value in inputs.items():
            kind = known.get(name)
            wrong = isinstance(value, bool) and kind is not bool
            if kind is None or not isinstance(value, kind) or wrong:
                self.no(422, "Input validation failed", f"- input.{name}: is not expected")
        for name in REQUIRED:
            if (
                name in known
                and not inputs.get(name)
                and not (name == "image" and model in FREE)
            ):
                self.no(422, "Input validation failed", f"- input: {name} is required")
        if inputs.get("aspect_ratio", "1:1") not in RATIOS:
            self.no(422, "Input validation failed", "- input.aspect_ratio: is no choice")
        if not 0 <= inputs.get("scale", 1) <= 10:
            self.no(422, "Input validation failed", "- input.scale: must be 0 to 10")

    def told(self, name: str, status: str, **more: Any) -> dict[str, Any]:
        """Return a prediction or training as Replicate answers it."""
        job = self.jobs[name]
        where = f"{self.url}/{'trainings' if job.get('destination') else 'predictions'}"
        return {
            "id": name,
            "model": job["model"] or "community/model",
            "version": job["version"] or "hidden",
            "input": job["input"],
            "output": None,
            "status": status,
            "error": None,
            "logs": "",
            "metrics": {},
            "created_at": "2026-11-25T00:00:00Z",
            "urls": {"get": f"{where}/{name}", "cancel": f"{where}/{name}/cancel"},
            **more,
        }

    async def get(self, request: Request) -> Response:
        self.admit(request)
        name = request.path_params["id"]
        if name not in self.jobs:
            self.no(404, "Not found", "The requested resource does not exist.")
        job = self.jobs[name]
        job["looks"] += 1
        if job["looks"] <= self.steps:
            logs = "flux\n 45%|####5     | 9/20 [00:01<00:01]"
            return JSONResponse(self.told(name, "processing", logs=logs))
        if "forbidden" in str(job["input"].get("prompt", "")):
            said = "NSFW content detected. Try running it again, or try another prompt."
            return JSONResponse(self.told(name, "failed", error=said))
        if self.ends != "succeeded":
            return JSONResponse(self.told(name, self.ends, error="it stopped"))
        done = self.told(name, "succeeded", metrics={"predict_time": 2.5})
        if not self.gone:
            done["output"] = self.output(job)
        return JSONResponse(done | {"data_removed": self.gone})

    async def cancel(self, request: Request) -> Response:
        self.admit(request)
        return JSONResponse(self.told(request.path_params["id"], "canceled"))

    async def train(self, request: Request) -> Response:
        self.admit(request)
        body = await request.json()
        if body.get("destination") not in self.models:
            said = "The destination model does not exist"
            self.no(404, "Destination model not found", said)
        where = request.path_params
        self.check("", body["input"], TRAINER)
        name = f"train{len(self.jobs)}"
        job = {"model": f"{where['owner']}/{where['name']}", "version": where["version"]}
        more = {"input": body["input"], "destination": body["destination"], "looks": 0}
        self.jobs[name] = {**job, **more}
        self.sent.append({"destination": body["destination"], **body["input"]})
        return JSONResponse(self.told(name, "starting"), 201)

    async def take_file(self, request: Request) -> Response:
        self.admit(request)
        content = (await request.form()).get("content")
        if not isinstance(content, UploadFile):
            self.no(400, "Bad request", "Missing content")
        assert isinstance(content, UploadFile)
        name = f"file{len(self.files)}"
        self.files[name] = (await content.read(), content.content_type or "")
        file = {
            "id": name,
            "name": content.filename,
            "content_type": content.content_type,
            "size": content.size,
            "etag": "x",
            "checksums": {},
            "metadata": {},
            "created_at": "2026-11-25T00:00:00Z",
            "expires_at": None,
            "urls": {"get": f"{self.url}/files/{name}"},
        }
        return JSONResponse(file, 201)

    async def give_file(self, request: Request) -> Response:
        if "authorization" in request.headers:
            self.no(400, "Bad request", "a token was sent to the file host")
        data, media_type = self.files[request.path_params["name"]]
        return Response(data, media_type=media_type)

    def output(self, job: Mapping[str, Any]) -> Any:
        """Return what a model answers: a URL, or a list of them."""
        inputs, version = job["input"], job["version"]
        if job.get("destination"):
            weights = "https://replicate.delivery/xezq/trained_model.tar"
            return {"version": f"{job['destination']}:{'ab' * 32}", "weights": weights}
        if "scale" in VERSIONS.get(version, {}):
            image, factor = self.picture(inputs["image"]), inputs.get("scale", 4)
            size = (round(image.width * factor), round(image.height * factor))
            return self.kept(image.resize(size))
        if version in VERSIONS:
            return self.kept(cut(self.picture(inputs["image"])))
        wide, high = map(int, inputs.get("aspect_ratio", "1:1").split(":"))
        area = 262_144 if inputs.get("megapixels") == "0.25" else 1_048_576
        width = round(math.sqrt(area * wide / high) / 16) * 16
        colour = "#" + hashlib.sha256(json.dumps(inputs).encode()).hexdigest()[:6]
        image = PIL.Image.new("RGB", (width, round(area / width / 16) * 16), colour)
        image.paste("white", (0, 0, image.width // 4, image.height // 4))
        kept = self.kept(image)
        return kept if "input_image" in inputs else [kept]

    def picture(self, address: str) -> PIL.Image.Image:
        """Return the picture that a data URI or a file holds."""
        if address.startswith("data:"):
            data = base64.b64decode(address.partition(",")[2])
        else:
            data, _ = self.files[address.rpartition("/")[2]]
        return PIL.Image.open(io.BytesIO(data))

    def kept(self, image: PIL.Image.Image) -> str:
        """Keep `image` and return its address."""
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        name = f"out{len(self.files)}.png"
        self.files[name] = (buffer.getvalue(), "image/png")
        return f"{self.origin}/delivery/{name}"
