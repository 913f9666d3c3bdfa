"""Connectors that do what a test tells them, and a plan that is a table of requests."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from triptych.artifact import Picture
from triptych.brand.kit import Brand, Face, Type, Voice
from triptych.brief.model import Brief
from triptych.contracts import (
    About,
    Capability,
    ComposedFile,
    ComposeRequest,
    Composition,
    Copy,
    CopyRequest,
    CutoutRequest,
    Image,
    ImageRequest,
    Judgement,
    JudgeRequest,
    Kind,
    Product,
    SlidesRequest,
    Usage,
    Watcher,
)
from triptych.engine.budget import Budget
from triptych.engine.events import Event
from triptych.engine.units import Engine
from triptych.geometry import Size
from triptych.prompts.kit import Harness
from triptych.prompts.load import house
from triptych.store.contract import Store
from triptych.store.folder import FolderStore
from triptych.workflow.plan import Plan
from triptych.workflow.units import Retry, Unit

BRAND = Brand("Figuera", {"ink": "#111111"}, Type(Face("Inter"), Face("Inter")))
BRIEF = Brief("fig box", never_say=("cheap",))
SIZE = Size(8, 6)
QUICK = Retry(times=3, wait="fixed", first=0.001)


def png(size: Size = SIZE, mode: str = "RGB", colour: str = "red") -> bytes:
    from PIL import Image as Pillow

    from triptych.raster.intake import encode_png

    image = Pillow.new(mode, (size.width, size.height), colour)
    image.paste("white", (0, 0, size.width // 2, size.height // 2))  # not a flat one
    return encode_png(image)


def an_image_request(**changed: Any) -> ImageRequest:
    values: dict[str, Any] = {"prompt": "a fig", "size": SIZE, "palette": {}}
    values |= {"brand_name": "Figuera", "product": "fig box"}
    return ImageRequest(**(values | changed))


def a_cutout_request(picture: Picture) -> CutoutRequest:
    return CutoutRequest(image=picture)


def a_copy_request(**changed: Any) -> CopyRequest:
    values: dict[str, Any] = {"task": "an ad", "fields": {"headline": 40}}
    values |= {
        "language": "en-GB",
        "brief": BRIEF,
        "voice": Voice(),
        "brand_name": "Figuera",
        "prompts": house().copy,
    }
    return CopyRequest(**(values | changed))


def a_slides_request() -> SlidesRequest:
    return SlidesRequest(outline=(), language="en-GB", brief=BRIEF, brand=BRAND)


def a_compose_request(placement: str = "", **changed: Any) -> ComposeRequest:
    return ComposeRequest(
        placement=placement, language="en-GB", brief=BRIEF, brand=BRAND, **changed
    )


Act = BaseException | float | object


class Fake:
    """Answers any verb. Each call does the next act of the script, if one is left.

    An exception is raised, a number slept, and anything else is the answer.
    """

    def __init__(self, uses: str, *script: Act, usd: float | None = 0.0) -> None:
        kind, _, name = uses.partition("/")
        capabilities: frozenset[Capability] = frozenset({"seed"})
        self.about = About(cast("Kind", kind), name, "1", "fake", capabilities, usd=usd)
        self.script = list(script)
        self.asked: list[Any] = []
        self.cancelled = 0

    @property
    def calls(self) -> int:
        return len(self.asked)

    def usage(self) -> Usage:
        return Usage("fake-1", 0.0, self.about.usd)

    async def _act(self, request: Any, watcher: Watcher) -> Any:
        self.asked.append(request)
        watcher.progress(0.5, "half")
        act = self.script.pop(0) if self.script else None
        if isinstance(act, BaseException):
            raise act
        if isinstance(act, float):
            try:
                await asyncio.sleep(act)
            except asyncio.CancelledError:
                self.cancelled += 1
                raise
            return None
        return act

    async def draw(self, request: ImageRequest, watcher: Watcher) -> Image:
        act = await self._act(request, watcher)
        colour = f"#{request.seed % 256:02x}8040"
        drawn = Image(
            png(request.size, colour=colour), "image/png", request.size, self.usage()
        )
        return drawn if act is None else cast("Image", act)

    async def cut(self, request: CutoutRequest, watcher: Watcher) -> Any:
        return await self._act(request, watcher)

    async def build(self, request: SlidesRequest, watcher: Watcher) -> Any:
        return await self._act(request, watcher)

    async def write(self, request: CopyRequest, watcher: Watcher) -> Copy:
        act = await self._act(request, watcher)
        item = {name: f"a {name}" for name in request.fields}
        return Copy((item,), self.usage()) if act is None else cast("Copy", act)

    async def judge(self, request: JudgeRequest, watcher: Watcher) -> Judgement:
        return cast("Judgement", await self._act(request, watcher))

    async def compose(self, request: ComposeRequest, watcher: Watcher) -> Composition:
        act = await self._act(request, watcher)
        data = f"{request.placement} {request.headline}".encode()
        file = ComposedFile("picture", data, "image/jpeg", "jpg", request.placement)
        made = Composition((file,), self.usage())
        return made if act is None else cast("Composition", act)


class Submitting(Fake):
    """A provider with jobs: paid when submitted, answered when collected."""

    def __init__(self, uses: str, *script: Act, usd: float | None = 1.0) -> None:
        super().__init__(uses, *script, usd=usd)
        self.payments = 0

    async def submit(self, request: ImageRequest) -> Mapping[str, Any]:
        self.payments += 1
        return {"id": f"job-{self.payments}"}

    async def collect(
        self, job: Mapping[str, Any], request: ImageRequest, watcher: Watcher
    ) -> Image:
        del job
        return await self.draw(request, watcher)


class Silent:
    """A watcher that passes progress to a function, or to nobody."""

    def __init__(self, hear: Callable[[float, str], None] = lambda _, __: None) -> None:
        self._hear = hear

    def progress(self, done: float, note: str = "") -> None:
        self._hear(done, note)

    def partial(self, picture: bytes, media_type: str) -> None:
        del picture, media_type


Requests = Mapping[str, Callable[[Mapping[str, Product], str], Any]]


@dataclass(frozen=True)
class FakeWorkflow:
    on_unknown: str = "repeat"


@dataclass(frozen=True)
class FakeCampaign:
    workflow: FakeWorkflow = field(default_factory=FakeWorkflow)
    brief: Brief = BRIEF
    brand: Brand = BRAND
    harness: Harness = field(default_factory=house)


@dataclass(frozen=True)
class FakePlan:
    """A plan whose requests are functions of the products and the placement."""

    units: tuple[Unit, ...]
    requests: Requests
    campaign: FakeCampaign = field(default_factory=FakeCampaign)

    def request(
        self, unit: Unit, products: Mapping[str, Product], *, placement: str = ""
    ) -> Any:
        return self.requests[unit.name](products, placement)


def a_unit(name: str, uses: str, **changed: Any) -> Unit:
    values: dict[str, Any] = {"id": name, "part": "step", "name": name, "uses": uses}
    values |= {"kind": uses.partition("/")[0], "scope": {}, "needs": (), "retry": QUICK}
    return Unit(**(values | changed))


class Desk:
    """An engine over a folder store, with everything that it tells."""

    def __init__(
        self,
        root: Path,
        *connectors: Fake,
        ledger: Budget | None = None,
        on_unknown: str = "repeat",
    ) -> None:
        self.root, self.connectors = root, connectors
        self.campaign = FakeCampaign(FakeWorkflow(on_unknown))
        self.store: Store = FolderStore(root)
        self.ledger = ledger or Budget()
        self.events: list[Event] = []

    def engine(self, units: tuple[Unit, ...], requests: Requests) -> Engine:
        plan = cast("Plan", FakePlan(units, requests, self.campaign))
        by_name = {f"{c.about.kind}/{c.about.name}": c for c in self.connectors}
        return Engine(plan, by_name, self.store, self.ledger, self.events.append)

    async def make(self, unit: Unit, request: Any) -> Any:
        """Return the outcome of one unit; `request` is one, or a function of placements."""
        answer = request if callable(request) else lambda _: request
        engine = self.engine((unit,), {unit.name: lambda _, place: answer(place)})
        return await engine.run_unit(unit, {})
