"""image/stability against a fake built from its OpenAPI; v2beta has no SDK."""

from typing import Any

import pytest

from connectors.image.stability import StabilityImages
from tests.contracts.image import ImageContract, Seen, a_picture
from tests.contracts.provider import ProviderContract
from tests.fakes.server import Fake
from tests.fakes.stability import FakeStability
from triptych.errors import Rejected, Unsupported
from triptych.geometry import Size


class TestStabilityImages(ImageContract, ProviderContract):
    fake_type, connector_type = FakeStability, StabilityImages

    @pytest.fixture
    def connector(self, fake: Fake) -> StabilityImages:
        connector: StabilityImages = self.opened(fake)
        return connector

    async def call(self, connector: Any) -> object:
        return await connector.draw(self.a_request(), Seen())

    @pytest.mark.parametrize(
        ("width", "height", "ratio"),
        [(1080, 1080, "1:1"), (1080, 1920, "9:16"), (1200, 628, "16:9"), (728, 90, "21:9")],
    )
    async def test_asks_for_the_nearest_proportions(
        self, connector: StabilityImages, fake: Fake, width: int, height: int, ratio: str
    ) -> None:
        image = await self.drawn(connector, size=Size(width, height))
        assert image.size == Size(width, height)
        assert fake.sent[-1]["aspect_ratio"] == ratio

    async def test_a_mask_repaints_its_reference(
        self, connector: StabilityImages, fake: Fake
    ) -> None:
        await self.drawn(connector, references=(a_picture(),), mask=a_picture("#ffffff"))
        assert fake.sent[-1]["path"] == "edit/inpaint"
        assert set(fake.sent[-1]["files"]) == {"image", "mask"}

    @pytest.mark.parametrize("model", ["ultra", "sd3.5-large"])
    async def test_a_reference_is_redrawn(
        self, connector: StabilityImages, fake: Fake, model: str
    ) -> None:
        extra = {"model": model, "strength": 0.4}
        await self.drawn(connector, references=(a_picture(),), extra=extra)
        assert fake.sent[-1]["strength"] == "0.4"
        assert "image" in fake.sent[-1]["files"]

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"extra": {"model": "core"}, "references": (a_picture(),)}, "core takes no"),
            ({"extra": {"model": "sd3.5-large-turbo"}}, "distilled draft"),
            ({"extra": {"model": "sd9"}}, "no model"),
            ({"extra": {"colour": "red"}}, "extra.colour"),
            ({"mask": a_picture()}, "give one"),
            ({"references": (a_picture(), a_picture())}, "one reference"),
        ],
    )
    async def test_what_it_has_no_field_for_is_refused_before_money(
        self, connector: StabilityImages, fake: Fake, change: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(Unsupported, match=said):
            await self.drawn(connector, **change)
        assert not fake.calls

    async def test_a_draft_is_drawn_by_the_distilled_model(
        self, connector: StabilityImages, fake: Fake
    ) -> None:
        image = await self.drawn(connector, quality="draft")
        assert fake.sent[-1]["model"] == "sd3.5-large-turbo"
        assert image.quality == "draft"

    async def test_a_filtered_picture_is_refused_and_was_charged(
        self, connector: StabilityImages
    ) -> None:
        with pytest.raises(Rejected, match="charged all the same") as caught:
            await self.drawn(connector, prompt="blurred")
        assert caught.value.charged
        assert caught.value.usage.units == {"credits": 8.0}

    async def test_a_moderated_prompt_is_not_a_matter_of_keys(
        self, connector: StabilityImages
    ) -> None:
        with pytest.raises(Rejected, match="content moderation"):
            await self.drawn(connector, prompt="forbidden")

    async def test_the_answer_tells_its_price_and_seed(
        self, connector: StabilityImages
    ) -> None:
        image = await self.drawn(connector, seed=7)
        assert image.usage.units == {"credits": 8}
        assert image.recipe["seed"] == 8  # theirs begin at 1: 0 is chance
