"""image/ideogram against a fake built from its OpenAPI; there is no official SDK."""

from typing import Any

import pytest

from connectors.image.ideogram import IdeogramImages
from tests.contracts.image import ImageContract, Seen, a_picture
from tests.contracts.provider import ProviderContract
from tests.fakes.ideogram import FakeIdeogram
from tests.fakes.server import Fake
from triptych.errors import Rejected, Unsupported
from triptych.geometry import Size


class TestIdeogramImages(ImageContract, ProviderContract):
    fake_type, connector_type = FakeIdeogram, IdeogramImages

    @pytest.fixture
    def connector(self, fake: Fake) -> IdeogramImages:
        connector: IdeogramImages = self.opened(fake)
        return connector

    async def call(self, connector: Any) -> object:
        return await connector.draw(self.a_request(), Seen())

    @staticmethod
    def fault_on(method: str, path: str) -> bool:
        del path
        return method == "POST"

    @pytest.mark.parametrize(
        ("width", "height", "ratio"),
        [(1080, 1350, "4x5"), (1080, 1920, "9x16"), (728, 90, "3x1"), (160, 600, "1x3")],
    )
    async def test_asks_for_the_nearest_proportions(
        self, connector: IdeogramImages, fake: Fake, width: int, height: int, ratio: str
    ) -> None:
        image = await self.drawn(connector, size=Size(width, height))
        assert image.size == Size(width, height)
        assert fake.sent[-1]["aspect_ratio"] == ratio

    @pytest.mark.parametrize("role", ["style", "character"])
    async def test_references_lend_style_or_face(
        self, connector: IdeogramImages, fake: Fake, role: str
    ) -> None:
        extra = {"reference_as": role}
        await self.drawn(connector, references=(a_picture(), a_picture()), extra=extra)
        names = [name for name, _ in fake.sent[-1]["files"]]
        assert names == [f"{role}_reference_images"] * 2

    async def test_a_mask_is_black_where_it_is_painted_anew(
        self, connector: IdeogramImages, fake: Fake
    ) -> None:
        await self.drawn(connector, references=(a_picture(),), mask=a_picture("#ffffff"))
        assert fake.sent[-1]["path"] == "edit"
        assert dict(fake.sent[-1]["files"])["mask"] != a_picture("#ffffff").data

    async def test_a_draft_is_drawn_fast(
        self, connector: IdeogramImages, fake: Fake
    ) -> None:
        await self.drawn(connector, quality="draft")
        assert fake.sent[-1]["rendering_speed"] == "TURBO"

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"extra": {"rendering_speed": "FLASH"}}, "draft"),
            ({"extra": {"reference_as": "mood"}}, "reference_as"),
            ({"mask": a_picture()}, "give one"),
            ({"transparent": True, "references": (a_picture(),)}, "words alone"),
        ],
    )
    async def test_what_it_has_no_field_for_is_refused_before_money(
        self, connector: IdeogramImages, fake: Fake, change: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(Unsupported, match=said):
            await self.drawn(connector, **change)
        assert not fake.calls

    async def test_a_picture_that_is_kept_back_is_refused(
        self, connector: IdeogramImages
    ) -> None:
        with pytest.raises(Rejected, match="safety check keeps back"):
            await self.drawn(connector, prompt="unsafe")

    async def test_a_prompt_that_fails_is_refused(self, connector: IdeogramImages) -> None:
        with pytest.raises(Rejected, match="safety check"):
            await self.drawn(connector, prompt="forbidden")
