"""What every image connector promises; its test class inherits this."""

import dataclasses
import io
from typing import Any

import PIL.Image
import pytest

from triptych.artifact import Artifact, Picture
from triptych.contracts import About, Capability, Finding, Image, ImageRequest, Usage
from triptych.errors import Unsupported
from triptych.geometry import Size

PALETTE = {
    "ink": "#201a1e",
    "primary": "#4b1f3b",
    "accent": "#c8452f",
    "support": "#4f6b3a",
    "paper": "#f7efe2",
}


class Seen:
    """A watcher that remembers."""

    def __init__(self) -> None:
        self.steps: list[float] = []
        self.pictures: list[tuple[bytes, str]] = []

    def progress(self, done: float, note: str = "") -> None:
        del note
        self.steps.append(done)

    def partial(self, picture: bytes, media_type: str) -> None:
        self.pictures.append((picture, media_type))


def a_picture(colour: str = "#c8452f", size: tuple[int, int] = (96, 80)) -> Picture:
    """Return a plain PNG."""
    buffer = io.BytesIO()
    PIL.Image.new("RGB", size, colour).save(buffer, "PNG")
    data = buffer.getvalue()
    return Picture(Artifact.of(data, "image/png"), Size(*size), data)


# what a request may hold, and the capability without which it must be refused
REFUSALS: tuple[tuple[Capability, dict[str, Any]], ...] = (
    ("mask", {"mask": a_picture()}),
    ("loras", {"loras": ({"file": "brand.safetensors"},)}),
    ("transparent", {"transparent": True}),
    ("references", {"references": (a_picture(),)}),
)


class ImageContract:
    """An image connector returns a readable picture of the size it was asked for."""

    size = Size(128, 96)

    @pytest.fixture
    def connector(self) -> Any:
        raise NotImplementedError

    def a_request(self, **changes: Any) -> ImageRequest:
        """Return a request that the connector can answer quickly, with `changes`."""
        request = ImageRequest(
            prompt="arcs",
            size=self.size,
            palette=PALETTE,
            brand_name="Figuera",
            product="Figuera autumn box",
        )
        return dataclasses.replace(request, **changes)

    async def drawn(self, connector: Any, **changes: Any) -> Image:
        image = await connector.draw(self.a_request(**changes), Seen())
        assert isinstance(image, Image)
        return image

    async def test_has_the_requested_size(self, connector: Any) -> None:
        image = await self.drawn(connector)
        assert image.size == self.size
        with PIL.Image.open(io.BytesIO(image.data)) as picture:
            picture.load()
            assert picture.size == (self.size.width, self.size.height)

    async def test_is_what_its_media_type_says(self, connector: Any) -> None:
        image = await self.drawn(connector)
        with PIL.Image.open(io.BytesIO(image.data)) as picture:
            assert picture.get_format_mimetype() == image.media_type

    async def test_makes_the_quality_that_was_asked_for(self, connector: Any) -> None:
        for quality in sorted(connector.about.qualities):
            assert (await self.drawn(connector, quality=quality)).quality == quality

    async def test_refuses_a_quality_it_does_not_make(self, connector: Any) -> None:
        for quality in sorted({"final", "draft"} - connector.about.qualities):
            with pytest.raises(Unsupported):
                await self.drawn(connector, quality=quality)

    async def test_equal_requests_give_equal_bytes(self, connector: Any) -> None:
        if "seed" not in connector.about.capabilities:
            pytest.skip("has no seed")
        one = await self.drawn(connector, seed=7)
        assert (await self.drawn(connector, seed=7)).data == one.data

    async def test_another_seed_gives_another_picture(self, connector: Any) -> None:
        if "seed" not in connector.about.capabilities:
            pytest.skip("has no seed")
        one = await self.drawn(connector, seed=7)
        assert (await self.drawn(connector, seed=8)).data != one.data

    async def test_says_what_it_used(self, connector: Any) -> None:
        usage = (await self.drawn(connector)).usage
        assert isinstance(usage, Usage)
        assert usage.model
        assert usage.seconds >= 0
        assert usage.usd is None or usage.usd >= 0

    async def test_its_findings_are_sentences(self, connector: Any) -> None:
        for finding in (await self.drawn(connector)).findings:
            assert isinstance(finding, Finding)
            assert finding.check
            assert len(finding.message.split()) >= 3

    async def test_progress_stays_between_nothing_and_all(self, connector: Any) -> None:
        seen = Seen()
        await connector.draw(self.a_request(), seen)
        assert all(0 <= step <= 1 for step in seen.steps)
        assert seen.steps == sorted(seen.steps)

    @pytest.mark.parametrize(
        ("capability", "field"), REFUSALS, ids=[r[0] for r in REFUSALS]
    )
    async def test_refuses_what_it_does_not_declare(
        self, connector: Any, capability: Capability, field: dict[str, Any]
    ) -> None:
        if capability in connector.about.capabilities:
            pytest.skip(f"declares {capability}")
        with pytest.raises(Unsupported) as caught:
            await self.drawn(connector, **field)
        assert caught.value.connector in (
            connector.about.name,
            f"image/{connector.about.name}",
        )

    async def test_refuses_an_extra_that_it_does_not_know(self, connector: Any) -> None:
        with pytest.raises(Unsupported, match="no_such_setting"):
            await self.drawn(connector, extra={"no_such_setting": 1})

    def test_declares_itself(self, connector: Any) -> None:
        about = type(connector).about
        assert isinstance(about, About)
        assert about.kind == "image"
        assert about.version
        assert about.summary.endswith(".")
