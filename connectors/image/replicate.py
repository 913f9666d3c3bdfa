"""`image/replicate`: FLUX, FLUX with LoRAs, Kontext and quick drafts as predictions.

Source: the models' own input schemas, as replicate.com shows them (2026-11-25).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from connectors.sdk.images.answers import image_of
from connectors.sdk.images.refusals import require_capabilities
from connectors.sdk.images.sending import sendable
from connectors.sdk.images.sizes import nearest_ratio
from connectors.sdk.providers.replicate import REPLICATE, Predictions
from connectors.sdk.transport import ProviderClient
from triptych.contracts import About, Image, ImageRequest, Watcher
from triptych.errors import Unsupported
from triptych.executor import run_blocking

NAME = "image/replicate"
INPUT_FORMATS = ("image/png", "image/jpeg", "image/webp")
RATIOS = (
    "1:1",
    "16:9",
    "21:9",
    "3:2",
    "2:3",
    "4:5",
    "5:4",
    "3:4",
    "4:3",
    "9:16",
    "9:21",
)
KONTEXT_RATIOS = tuple(ratio for ratio in RATIOS if ratio not in ("4:5", "5:4"))
OURS = ("model", "sync")
_FLUX = ("num_inference_steps", "go_fast", "disable_safety_checker", "output_quality")


@dataclass(frozen=True, slots=True)
class Model:
    """How one model wants to be asked."""

    name: str
    extra: tuple[str, ...] | None = None  # None: anything is passed on
    ratios: tuple[str, ...] = RATIOS
    picture: str = ""  # its field for a reference
    loras: int = 0  # how many it mixes
    megapixels: bool = True  # has a field for them: "1" or "0.25"
    quick: bool = False  # distilled: what it draws is a draft


MODELS: Mapping[str, Model] = {
    model.name: model
    for model in (
        Model(
            "black-forest-labs/flux-dev",
            (*_FLUX, "guidance", "prompt_strength"),
            picture="image",
        ),
        Model("black-forest-labs/flux-schnell", _FLUX, quick=True),
        Model(
            "black-forest-labs/flux-dev-lora",
            (*_FLUX, "guidance", "prompt_strength"),
            picture="image",
            loras=2,
        ),
        Model(
            "black-forest-labs/flux-kontext-pro",
            ("safety_tolerance", "prompt_upsampling"),
            KONTEXT_RATIOS,
            picture="input_image",
            megapixels=False,
        ),
    )
}
FAMILIES: Mapping[str, str] = {
    "flux": "black-forest-labs/flux-dev",
    "flux-schnell": "black-forest-labs/flux-schnell",
    "flux-lora": "black-forest-labs/flux-dev-lora",
    "kontext": "black-forest-labs/flux-kontext-pro",
}


class ReplicateImages:
    """Draws with the models of Replicate."""

    about: ClassVar[About] = About(
        kind="image",
        name="replicate",
        version="1",
        summary="Draws with FLUX and its LoRAs, Kontext and quick drafts at Replicate.",
        capabilities=frozenset({"seed", "references", "loras"}),
        key_variable="REPLICATE_API_TOKEN",
        qualities=frozenset({"final", "draft"}),
        usd=None,
        seconds=15.0,
    )

    def __init__(self, line: ProviderClient) -> None:
        self.predictions = Predictions(line)
        self.account = line.account

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector with the key and address in `env`.

        Raises:
            Unauthorized: REPLICATE_API_TOKEN is not set.
        """
        return cls(ProviderClient.open(REPLICATE, env, NAME))

    async def draw(self, request: ImageRequest, watcher: Watcher, /) -> Image:
        """Return one picture of exactly `request.size`.

        `extra` takes `model` (flux, flux-schnell, flux-lora, kontext, or any
        "owner/name" or "owner/name:version"), `sync: true` (Replicate answers when the
        picture is there), and the model's own inputs.

        Raises:
            Unsupported: the model cannot express the request.
            Rejected: the model refused, in its own words.
        """
        return await self.collect(await self.submit(request), request, watcher)

    async def submit(self, request: ImageRequest, /) -> dict[str, Any]:
        """Return the prediction of `request`, to be recorded before it is collected."""
        model = chosen(request)
        inputs = await self._inputs(model, request)
        waits = bool(request.extra.get("sync"))
        return await self.predictions.submit(model.name, inputs, waits=waits)

    async def collect(
        self, job: Mapping[str, Any], request: ImageRequest, watcher: Watcher, /
    ) -> Image:
        """Return the picture of a prediction created now or before a crash."""
        result = await self.predictions.collect(job, watcher)
        picture = await self.predictions.picture(result.output)
        recipe = {"model": result.usage.model, "seed": request.seed}
        usage = self.predictions.counted(result.usage, images=1.0)
        return await image_of(picture.data, request, usage, NAME, recipe=recipe)

    async def _inputs(self, model: Model, request: ImageRequest) -> dict[str, Any]:
        extra = {name: v for name, v in request.extra.items() if name not in OURS}
        inputs: dict[str, Any] = {
            "prompt": request.prompt,
            "aspect_ratio": nearest_ratio(request.size, model.ratios),
            "seed": request.seed,
            "output_format": "png",
        }
        if model.megapixels:
            small = request.size.width * request.size.height <= 262_144
            inputs["megapixels"] = "0.25" if small else "1"
            # the faster, rounded arithmetic gives another picture for the same seed
            inputs["go_fast"] = False
        if model.picture and request.references:
            picture = await run_blocking(
                sendable, request.references[0], INPUT_FORMATS, NAME
            )
            inputs[model.picture] = await self.predictions.address(picture)
        return {**inputs, **_loras(request), **extra}


def _loras(request: ImageRequest) -> dict[str, Any]:
    """Return one LoRA, or two: "owner/name:version" is owner/name/version there."""
    fields = ("lora_weights", "lora_scale"), ("extra_lora", "extra_lora_scale")
    found: dict[str, Any] = {}
    for (weights, scale), lora in zip(fields, request.loras, strict=False):
        written = lora.weights["replicate"]
        if "://" not in written:
            written = written.replace(":", "/")
        found |= {weights: written, scale: lora.scale}
    return found


def chosen(request: ImageRequest) -> Model:
    """Return the model that is asked for `request`.

    Raises:
        Unsupported: it cannot express the request; says what it lacks.
    """
    require_capabilities(request, ReplicateImages.about.capabilities, NAME)
    written = str(request.extra.get("model", ""))
    name = FAMILIES.get(written, written) or _usual(request)
    if name.count("/") != 1 or ".." in name:
        message = f"has no model {name!r}; it knows {', '.join(FAMILIES)}, and owner/name"
        raise Unsupported(message, connector=NAME)
    foreign = Model(name, picture="image", loras=2, megapixels=False)
    model = MODELS.get(name, foreign)
    _refuse(model, request)
    return model


def _usual(request: ImageRequest) -> str:
    if request.loras:
        return FAMILIES["flux-lora"]
    if request.references:
        return FAMILIES["flux" if request.quality == "draft" else "kontext"]
    return FAMILIES["flux-schnell" if request.quality == "draft" else "flux"]


def _refuse(model: Model, request: ImageRequest) -> None:
    asked = (
        (len(request.references) > 1, "takes one reference picture"),
        (bool(request.references) and not model.picture, "takes no reference pictures"),
        (bool(request.loras) and not model.loras, "takes no LoRAs"),
        (len(request.loras) > 2, "mixes at most two LoRAs"),
        (
            model.quick and request.quality == "final",
            "draws drafts: ask for quality: draft",
        ),
    )
    for wrong, said in asked:
        if wrong:
            raise Unsupported(f"{model.name} {said}", connector=NAME)
    known = (*OURS, *(model.extra or request.extra))
    for name in request.extra:
        if name not in known:
            message = f"{model.name} does not know extra.{name}; it knows {known}"
            raise Unsupported(message, connector=NAME)
