"""Upscalers with a provider behind them keep every promise of the fault suite."""

import io
from typing import Any

import PIL.Image
import pytest

from connectors.upscale.recraft import RecraftUpscale
from connectors.upscale.stability import StabilityUpscale
from tests.contracts.image import Seen, a_picture
from tests.contracts.provider import ProviderContract
from tests.fakes.recraft import FakeRecraft
from tests.fakes.server import Fake
from tests.fakes.stability import FakeStability
from triptych.artifact import Artifact, Picture
from triptych.contracts import Image, UpscaleRequest
from triptych.errors import Unsupported
from triptych.geometry import Size

LARGE = a_picture(size=(300, 260))


class RemoteUpscale(ProviderContract):
    """What both promise; not collected by itself."""

    async def call(self, connector: Any) -> object:
        return await self.enlarged(connector, Size(900, 780))

    async def enlarged(self, connector: Any, size: Size, **extra: Any) -> Image:
        request = UpscaleRequest(image=LARGE, size=size, extra=extra)
        image = await connector.enlarge(request, Seen())
        assert isinstance(image, Image)
        return image

    @pytest.mark.parametrize("size", [Size(900, 780), Size(1200, 1040), Size(700, 700)])
    async def test_has_exactly_the_size(self, fake: Fake, size: Size) -> None:
        image = await self.enlarged(self.opened(fake), size)
        with PIL.Image.open(io.BytesIO(image.data)) as found:
            assert Size(*found.size) == image.size == size

    async def test_refuses_extra_that_it_does_not_know(self, fake: Fake) -> None:
        with pytest.raises(Unsupported):
            await self.enlarged(self.opened(fake), Size(600, 520), creativty=1)
        assert not fake.calls


class TestStabilityUpscale(RemoteUpscale):
    fake_type, connector_type = FakeStability, StabilityUpscale

    async def test_a_prompt_asks_the_conservative_one(self, fake: Fake) -> None:
        await self.enlarged(self.opened(fake), Size(900, 780), prompt="a bottle")
        assert fake.sent[-1]["path"] == "upscale/conservative"

    async def test_a_picture_that_is_too_large_is_refused_before_money(
        self, fake: Fake
    ) -> None:
        large = Picture(Artifact.of(b"x", "image/png"), Size(2000, 900), b"x")
        with pytest.raises(Unsupported, match=r"extra\.prompt"):
            await self.opened(fake).enlarge(
                UpscaleRequest(image=large, size=Size(4000, 1800)), Seen()
            )
        assert not fake.calls


class TestRecraftUpscale(RemoteUpscale):
    fake_type, connector_type = FakeRecraft, RecraftUpscale

    async def test_a_mode_that_is_none_is_refused(self, fake: Fake) -> None:
        with pytest.raises(Unsupported, match="crisp, creative"):
            await self.enlarged(self.opened(fake), Size(900, 780), mode="magic")
