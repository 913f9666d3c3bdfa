"""image/recraft against a fake built from its OpenAPI and pages."""

from typing import Any

import pytest

from connectors.image.recraft import RecraftImages
from tests.contracts.image import ImageContract, Seen, a_picture
from tests.contracts.provider import ProviderContract
from tests.fakes.recraft import FakeRecraft
from tests.fakes.server import Fake
from triptych.errors import Rejected, Unsupported
from triptych.geometry import Size

LARGE = a_picture(size=(300, 280))  # it takes no pictures under 256 pixels


class TestRecraftImages(ImageContract, ProviderContract):
    fake_type, connector_type = FakeRecraft, RecraftImages

    @pytest.fixture
    def connector(self, fake: Fake) -> RecraftImages:
        connector: RecraftImages = self.opened(fake)
        return connector

    async def call(self, connector: Any) -> object:
        return await connector.draw(self.a_request(), Seen())

    @pytest.mark.parametrize(
        ("width", "height", "ratio"),
        [(1080, 1350, "4:5"), (1080, 1920, "9:16"), (1200, 628, "2:1"), (728, 90, "2:1")],
    )
    async def test_asks_for_the_nearest_proportions(
        self, connector: RecraftImages, fake: Fake, width: int, height: int, ratio: str
    ) -> None:
        image = await self.drawn(connector, size=Size(width, height))
        assert image.size == Size(width, height)
        assert fake.sent[-1]["size"] == ratio

    async def test_the_brands_palette_is_preferred(
        self, connector: RecraftImages, fake: Fake
    ) -> None:
        await self.drawn(connector)
        assert {"rgb": [200, 69, 47]} in fake.sent[-1]["controls"]["colors"]
        await self.drawn(connector, extra={"controls": {"no_text": True}})
        assert fake.sent[-1]["controls"] == {"no_text": True}

    async def test_a_reference_is_redrawn(
        self, connector: RecraftImages, fake: Fake
    ) -> None:
        await self.drawn(connector, references=(LARGE,))
        assert fake.sent[-1]["path"] == "imageToImage"
        assert fake.sent[-1]["strength"] == "0.5"

    async def test_a_mask_is_repainted(self, connector: RecraftImages, fake: Fake) -> None:
        await self.drawn(connector, references=(LARGE,), mask=a_picture("#ffffff"))
        assert fake.sent[-1]["path"] == "inpaint"

    async def test_a_picture_that_is_too_small_is_refused_by_recraft(
        self, connector: RecraftImages
    ) -> None:
        with pytest.raises(Rejected, match="256"):
            await self.drawn(connector, references=(a_picture(),))

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"extra": {"model": "recraftv4_vector"}}, "SVG"),
            ({"extra": {"colour": "red"}}, "extra.colour"),
            ({"mask": a_picture()}, "give one"),
            ({"references": (LARGE, LARGE)}, "one reference"),
        ],
    )
    async def test_what_it_has_no_field_for_is_refused_before_money(
        self, connector: RecraftImages, fake: Fake, change: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(Unsupported, match=said):
            await self.drawn(connector, **change)
        assert not fake.calls

    async def test_the_answer_tells_its_price(self, connector: RecraftImages) -> None:
        assert (await self.drawn(connector)).usage.units == {"credits": 250}
