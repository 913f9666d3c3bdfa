"""upscale/fal: what every upscaler and every provider's connector promises."""

from typing import Any

import pytest

from connectors.upscale.fal import FalUpscale
from tests.contracts.provider import ProviderContract
from tests.contracts.upscale import UpscaleContract, a_drawing
from tests.fakes.fal import FakeFal
from tests.fakes.server import Loopback
from triptych.geometry import Size


class TestFalUpscale(UpscaleContract):
    @pytest.fixture
    def fake(self, loopback: Loopback) -> FakeFal:
        return loopback.show(FakeFal())

    @pytest.fixture
    def connector(self, fake: FakeFal) -> FalUpscale:
        return FalUpscale.from_env(fake.env())

    @pytest.mark.parametrize(
        ("model", "app", "factor"),
        [
            ("aura", "aura-sr", 4),
            ("clarity", "clarity-upscaler", 2.5),
            ("seedvr", "seedvr/upscale/image", 2.5),
        ],
    )
    async def test_asks_each_model_in_its_words(
        self, connector: FalUpscale, fake: FakeFal, model: str, app: str, factor: float
    ) -> None:
        await self.enlarged(connector, a_drawing(), Size(150, 100), model=model)
        assert fake.sent[-1]["app"] == f"fal-ai/{app}"
        assert fake.sent[-1]["upscale_factor"] == factor

    async def test_says_what_the_model_did_not_reach(self, connector: FalUpscale) -> None:
        image = await self.enlarged(connector, a_drawing(), Size(600, 400))
        assert any(finding.check == "resized" for finding in image.findings)


@pytest.mark.slow
class TestFalUpscaleFaults(ProviderContract):
    fake_type, connector_type = FakeFal, FalUpscale

    async def call(self, connector: Any) -> object:
        return await UpscaleContract().enlarged(connector, a_drawing(), Size(90, 60))
