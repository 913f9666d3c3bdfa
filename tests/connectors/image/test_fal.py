"""image/fal against a fake that fal's own SDK proves first."""

from typing import Any

import fal_client
import fal_client.client
import pytest

from connectors.image.fal import APPS, FalImages
from connectors.sdk.transport import Pace
from tests.contracts.image import ImageContract, Seen, a_picture
from tests.contracts.provider import ProviderContract
from tests.fakes import fal_apps
from tests.fakes.fal import FakeFal
from tests.fakes.server import Fake, Loopback
from triptych.brand.kit import Lora
from triptych.contracts import Quality
from triptych.errors import Rejected, Unavailable, Unsupported
from triptych.geometry import Size

LOOK = Lora("look", {"fal": "https://files.example/look.safetensors"}, ("FIGGY",), 0.9)


class TestFalImages(ImageContract, ProviderContract):
    fake_type, connector_type = FakeFal, FalImages

    @pytest.fixture
    def connector(self, fake: FakeFal) -> FalImages:
        connector: FalImages = self.opened(fake)
        return connector

    async def call(self, connector: Any) -> object:
        return await connector.draw(self.a_request(), Seen())

    @pytest.mark.parametrize(
        ("changes", "app"),
        [
            ({}, "flux/dev"),
            ({"loras": (LOOK,)}, "flux-lora"),
            ({"loras": (LOOK,), "quality": "draft"}, "flux-lora"),
            ({"references": (a_picture(),)}, "flux-pro/kontext"),
            ({"references": (a_picture(), a_picture("#ffffff"))}, "flux-pro/kontext/multi"),
            ({"loras": (LOOK,), "references": (a_picture(),)}, "flux-lora/image-to-image"),
            (
                {"references": (a_picture(),), "mask": a_picture("#ffffff")},
                "flux-krea-lora/inpainting",
            ),
            ({"quality": "draft"}, "fast-lightning-sdxl"),
            (
                {"quality": "draft", "references": (a_picture(),)},
                "fast-lightning-sdxl/image-to-image",
            ),
            ({"extra": {"model": "recraft"}}, "recraft/v3/text-to-image"),
            ({"extra": {"model": "ideogram", "style": "DESIGN"}}, "ideogram/v3"),
            ({"extra": {"model": "flux-schnell"}, "quality": "draft"}, "flux/schnell"),
        ],
    )
    async def test_what_is_asked_decides_which_app_draws(
        self, connector: FalImages, fake: FakeFal, changes: dict[str, Any], app: str
    ) -> None:
        image = await self.drawn(connector, **changes)
        assert fake.sent[-1]["app"] == f"fal-ai/{app}"
        assert image.recipe["model"] == f"fal-ai/{app}"
        assert image.size == self.size

    async def test_steps_of_a_draft_may_be_a_number(
        self, connector: FalImages, fake: FakeFal
    ) -> None:
        steps = {"num_inference_steps": 8}
        await self.drawn(connector, quality="draft", extra=steps)
        assert fake.sent[-1]["num_inference_steps"] == "8"

    async def test_loras_go_by_address_and_scale(
        self, connector: FalImages, fake: FakeFal
    ) -> None:
        await self.drawn(connector, loras=(LOOK,))
        path = "https://files.example/look.safetensors"
        assert fake.sent[-1]["loras"] == [{"path": path, "scale": 0.9}]

    async def test_a_mask_is_white_where_it_repaints(
        self, connector: FalImages, fake: FakeFal
    ) -> None:
        mask = a_picture("#ffffff", (48, 40))
        await self.drawn(connector, references=(a_picture(),), mask=mask)
        sent = fake.picture(fake.sent[-1]["mask_url"])
        assert sent.size == (96, 80)
        assert sent.getpixel((3, 3)) == 255

    async def test_a_large_reference_is_uploaded_and_named(
        self, connector: FalImages, fake: FakeFal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("connectors.sdk.providers.fal.MAX_INLINE", 100)
        await self.drawn(connector, references=(a_picture(),))
        assert fake.sent[-1]["image_url"].startswith(f"{fake.origin}/files/up")

    async def test_a_job_outlives_the_process_that_submitted_it(
        self, connector: FalImages, fake: FakeFal
    ) -> None:
        job = await connector.submit(self.a_request())
        again: FalImages = self.opened(fake)
        image = await again.collect(job, self.a_request(), Seen())
        assert image.size == self.size
        assert len(fake.jobs) == 1

    async def test_asks_where_the_server_does_not_stream(
        self, connector: FalImages, fake: FakeFal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("connectors.sdk.providers.fal.PACE", Pace(first=0.01))
        fake.streams, fake.steps = False, 1
        seen = Seen()
        await connector.draw(self.a_request(), seen)
        assert seen.steps == sorted(seen.steps)
        assert any(call.endswith("/status") for call in fake.calls)

    async def test_a_quick_model_may_be_asked_directly(
        self, connector: FalImages, fake: FakeFal
    ) -> None:
        fake.direct = True
        image = await self.drawn(connector, quality="draft", extra={"sync": True})
        assert image.quality == "draft"
        assert not fake.jobs
        counted = {"images": 1.0, "megapixels": 1.0}
        assert image.usage.units == {"billable_units": 1.0, **counted}

    async def test_a_refused_prompt_says_why(self, connector: FalImages) -> None:
        with pytest.raises(Rejected, match="flagged"):
            await self.drawn(connector, prompt="something forbidden")

    async def test_a_picture_held_back_is_no_picture(self, connector: FalImages) -> None:
        with pytest.raises(Rejected, match="held the picture back"):
            await self.drawn(connector, prompt="a naked fig")

    async def test_a_job_that_failed_is_over(
        self, connector: FalImages, fake: FakeFal
    ) -> None:
        fake.failing = ("downstream_service_error", 500)
        with pytest.raises(Unavailable) as caught:
            await self.drawn(connector)
        assert caught.value.job_over

    async def test_the_answer_tells_what_it_used(self, connector: FalImages) -> None:
        usage = (await self.drawn(connector)).usage
        assert usage.model == "fal-ai/flux/dev"
        assert usage.units == {"billable_units": 1.5, "images": 1.0, "megapixels": 1.0}
        assert usage.seconds == 1.25
        assert usage.request_id == "req-result"

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"mask": a_picture()}, "give one"),
            ({"extra": {"model": "lightning"}}, "ask for quality: draft"),
            ({"extra": {"model": "recraft"}, "seed": 3}, "no seed"),
            ({"extra": {"model": "kontext"}}, "needs a reference"),
            ({"extra": {"model": "flux"}, "loras": (LOOK,)}, "takes no LoRAs"),
            ({"extra": {"model": "midjourney"}}, "has no model 'midjourney'"),
            ({"extra": {"stepz": 3}}, r"does not know extra\.stepz"),
        ],
    )
    async def test_what_an_app_has_no_field_for_is_refused_before_money(
        self, connector: FalImages, fake: FakeFal, changes: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(Unsupported, match=said):
            await self.drawn(connector, **changes)
        assert not fake.calls

    @pytest.mark.parametrize(
        ("quality", "width", "height"),
        [("final", 1080, 1920), ("final", 728, 90), ("draft", 2048, 2048)],
    )
    async def test_any_placement_gets_its_size(
        self, connector: FalImages, quality: Quality, width: int, height: int
    ) -> None:
        image = await self.drawn(connector, quality=quality, size=Size(width, height))
        assert image.size == Size(width, height)


@pytest.mark.slow
class TestFalResults(ProviderContract):
    """The last call, for the result of a job that was paid for, sorts as the first."""

    fake_type, connector_type = FakeFal, FalImages

    @staticmethod
    def fault_on(method: str, path: str) -> bool:
        return method == "GET" and "/requests/" in path and "/status" not in path

    async def call(self, connector: Any) -> object:
        return await connector.draw(ImageContract().a_request(), Seen())

    async def test_a_server_that_is_not_there_is_unavailable(self, fake: Fake) -> None:
        error = await self.error(fake, "hang", seconds=0.3)
        assert isinstance(error, Unavailable)
        assert not error.maybe_charged
        assert not error.job_over


class TestTheFake:
    """fal's own SDK reads the fake's answers, and its errors as its own."""

    @pytest.fixture
    def fake(self, loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> FakeFal:
        fake = loopback.show(FakeFal())
        for name in ("RUN_URL_FORMAT", "QUEUE_URL_FORMAT"):
            monkeypatch.setattr(fal_client.client, name, f"{fake.origin}/")
        for name in ("REST_URL", "CDN_URL"):
            monkeypatch.setattr(fal_client.client, name, fake.origin)
        return fake

    @pytest.fixture
    def sdk(self, fake: FakeFal) -> fal_client.AsyncClient:
        return fal_client.AsyncClient(key=fake.key)

    async def test_draws_for_the_sdk(self, sdk: fal_client.AsyncClient) -> None:
        handle = await sdk.submit("fal-ai/flux/dev", {"prompt": "a lamp", "seed": 3})
        seen = [type(event).__name__ async for event in handle.iter_events(interval=0.01)]
        assert seen == ["Queued", "InProgress", "Completed"]
        answer = await handle.get()
        assert answer["images"][0]["url"].startswith("http")
        assert answer["seed"] == 3

    async def test_finds_a_job_by_its_id_without_the_sub_path(
        self, sdk: fal_client.AsyncClient
    ) -> None:
        handle = await sdk.submit("fal-ai/flux/dev", {"prompt": "a lamp"})
        found = await sdk.get_handle("fal-ai/flux/dev", handle.request_id)
        assert found.status_url == handle.status_url

    async def test_runs_directly_for_the_sdk(
        self, sdk: fal_client.AsyncClient, fake: FakeFal
    ) -> None:
        fake.direct = True
        answer = await sdk.run("fal-ai/fast-lightning-sdxl", {"prompt": "a lamp"})
        assert answer["images"]

    async def test_takes_a_file_of_the_sdk(
        self, sdk: fal_client.AsyncClient, fake: FakeFal
    ) -> None:
        address = await sdk.upload(b"hello", "text/plain", file_name="hello.txt")
        assert fake.files[address.rpartition("/")[2]] == (b"hello", "text/plain")

    async def test_refuses_as_fal_does(
        self, sdk: fal_client.AsyncClient, fake: FakeFal
    ) -> None:
        handle = await sdk.submit("fal-ai/flux/dev", {"prompt": "forbidden"})
        with pytest.raises(fal_client.FalClientHTTPError, match="flagged") as refused:
            await handle.get(interval=0.01)
        assert refused.value.status_code == 422
        other = fal_client.AsyncClient(key="other")
        with pytest.raises(fal_client.FalClientHTTPError):
            await other.submit("fal-ai/flux/dev", {"prompt": "a lamp"})

    def test_knows_every_app_that_the_connector_asks(self) -> None:
        assert set(APPS) <= set(fal_apps.APPS)
