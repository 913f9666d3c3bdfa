"""image/bfl against a fake that the makers' own SDK proves first."""

import asyncio
import importlib
from typing import Any

import pytest

from connectors.image.bfl import BflImages
from tests.contracts.image import ImageContract, Seen, a_picture
from tests.contracts.provider import ProviderContract
from tests.fakes.bfl import FakeBfl
from tests.fakes.server import Fake, Loopback
from triptych.errors import Malformed, Rejected, Unsupported
from triptych.geometry import Size


class TestBflImages(ImageContract, ProviderContract):
    fake_type, connector_type = FakeBfl, BflImages

    @pytest.fixture(autouse=True)
    def at_once(self, fake: FakeBfl) -> None:
        fake.waits = 0

    @pytest.fixture
    def connector(self, fake: Fake) -> BflImages:
        connector: BflImages = self.opened(fake)
        return connector

    async def call(self, connector: Any) -> object:
        return await connector.draw(self.a_request(), Seen())

    @staticmethod
    def fault_on(method: str, path: str) -> bool:
        del path
        return method == "POST"

    @pytest.mark.parametrize(
        ("width", "height", "ratio"),
        [(1080, 1350, "1080:1350"), (728, 90, "21:9"), (120, 600, "9:21")],
    )
    async def test_asks_for_the_proportions(
        self, connector: BflImages, fake: Fake, width: int, height: int, ratio: str
    ) -> None:
        image = await self.drawn(connector, size=Size(width, height))
        assert image.size == Size(width, height)
        assert fake.sent[-1]["aspect_ratio"] == ratio

    async def test_references_are_edited(self, connector: BflImages, fake: Fake) -> None:
        await self.drawn(connector, references=(a_picture(), a_picture("#00ff00")))
        assert fake.sent[-1]["model"] == "flux-kontext-max"
        assert {"input_image", "input_image_2"} <= set(fake.sent[-1])

    async def test_a_mask_is_filled(self, connector: BflImages, fake: Fake) -> None:
        await self.drawn(connector, references=(a_picture(),), mask=a_picture("#ffffff"))
        assert fake.sent[-1]["model"] == "flux-pro-1.0-fill"

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"extra": {"model": "flux-dev"}}, "distilled draft"),
            ({"extra": {"model": "flux-9"}}, "no model"),
            ({"extra": {"model": "flux-pro-1.1"}, "references": (a_picture(),)}, "no ref"),
            ({"mask": a_picture()}, "give one"),
            ({"references": (a_picture(),) * 5}, "4 reference"),
        ],
    )
    async def test_what_it_has_no_field_for_is_refused_before_money(
        self, connector: BflImages, fake: Fake, change: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(Unsupported, match=said):
            await self.drawn(connector, **change)
        assert not fake.calls

    async def test_a_moderated_request_is_refused(self, connector: BflImages) -> None:
        with pytest.raises(Rejected, match="Request Moderated"):
            await self.drawn(connector, prompt="forbidden")

    async def test_a_job_that_failed_is_over(self, connector: BflImages) -> None:
        with pytest.raises(Malformed, match="'Error'"):
            await self.drawn(connector, prompt="broken")

    async def test_a_job_is_collected_by_another_process(
        self, connector: BflImages, fake: Fake
    ) -> None:
        request = self.a_request()
        job = await connector.submit(request)
        other: BflImages = self.opened(fake)
        image = await other.collect(job, request, Seen())
        assert image.size == self.size
        assert sum(call.startswith("POST") for call in fake.calls) == 1


class TestTheFake:
    @pytest.fixture
    def fake(self, loopback: Loopback) -> FakeBfl:
        return loopback.show(FakeBfl())

    @pytest.mark.filterwarnings("ignore::DeprecationWarning")  # its own models
    async def test_draws_for_the_sdk(self, fake: FakeBfl) -> None:
        blackforest = importlib.import_module("blackforest")
        client = blackforest.BFLClient(api_key=fake.key, base_url=fake.origin)
        inputs = {"prompt": "a lamp", "width": 1024, "height": 768}
        job = await asyncio.to_thread(client.generate, "flux-pro-1.1", inputs)
        status = await asyncio.to_thread(client.get_task_status, job.id)
        assert status.status == "Pending"
        status = await asyncio.to_thread(client.get_task_status, job.id)
        assert status.status == "Ready"
        assert status.result["sample"].endswith(".png")
