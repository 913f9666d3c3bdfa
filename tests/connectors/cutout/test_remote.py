"""Cutters with a provider behind them keep every promise of the fault suite."""

import io
from typing import Any

import PIL.Image
import pytest

from connectors.cutout.recraft import RecraftCutout
from connectors.cutout.stability import StabilityCutout
from tests.contracts.image import Seen, a_picture
from tests.contracts.provider import ProviderContract
from tests.fakes.recraft import FakeRecraft
from tests.fakes.server import Fake
from tests.fakes.stability import FakeStability
from triptych.artifact import Artifact, Picture
from triptych.contracts import Cutout, CutoutRequest
from triptych.errors import Unsupported
from triptych.geometry import Size

LARGE = a_picture(size=(300, 260))


class RemoteCutout(ProviderContract):
    """What both promise; not collected by itself."""

    async def call(self, connector: Any) -> object:
        return await connector.cut(CutoutRequest(image=LARGE), Seen())

    async def test_has_alpha_and_the_pictures_size(self, fake: Fake) -> None:
        cutout = await self.call(self.opened(fake))
        assert isinstance(cutout, Cutout)
        assert cutout.size == Size(300, 260)
        with PIL.Image.open(io.BytesIO(cutout.data)) as image:
            assert (image.mode, image.size) == ("RGBA", (300, 260))

    async def test_tells_its_price(self, fake: Fake) -> None:
        cutout = await self.call(self.opened(fake))
        assert isinstance(cutout, Cutout)
        assert cutout.usage.units["credits"] > 0


class TestStabilityCutout(RemoteCutout):
    fake_type, connector_type = FakeStability, StabilityCutout

    async def test_a_picture_that_is_too_large_is_refused_before_money(
        self, fake: Fake
    ) -> None:
        large = Picture(Artifact.of(b"x", "image/png"), Size(4000, 3000), b"x")
        with pytest.raises(Unsupported, match="4,194,304"):
            await self.opened(fake).cut(CutoutRequest(image=large), Seen())
        assert not fake.calls


class TestRecraftCutout(RemoteCutout):
    fake_type, connector_type = FakeRecraft, RecraftCutout
