"""What every upscaler promises; its test class inherits this."""

import io
from typing import Any

import PIL.Image
import PIL.ImageDraw
import pytest

from tests.contracts.image import Seen
from triptych.artifact import Artifact, Picture
from triptych.contracts import About, Finding, Image, UpscaleRequest
from triptych.errors import Rejected, Unsupported
from triptych.geometry import Size


def a_drawing(
    size: tuple[int, int] = (60, 40), mode: str = "RGB", kind: str = "PNG"
) -> Picture:
    """Return a red field with a cream disc in its middle."""
    image = PIL.Image.new(mode, size, "#c8452f")
    if mode == "RGBA":
        image.putalpha(0)
    width, height = size
    box = (width // 4, height // 4, width * 3 // 4, height * 3 // 4)
    PIL.ImageDraw.Draw(image).ellipse(box, fill="#f7efe2")
    buffer = io.BytesIO()
    image.save(buffer, kind)
    data, media_type = buffer.getvalue(), f"image/{kind.lower()}"
    return Picture(Artifact.of(data, media_type), Size(*size), data)


class UpscaleContract:
    """An upscaler returns the same picture at exactly the size it was asked for."""

    @pytest.fixture
    def connector(self) -> Any:
        raise NotImplementedError

    async def enlarged(
        self, connector: Any, picture: Picture, size: Size, **extra: Any
    ) -> Image:
        request = UpscaleRequest(image=picture, size=size, extra=extra)
        image = await connector.enlarge(request, Seen())
        assert isinstance(image, Image)
        return image

    @pytest.mark.parametrize("size", [Size(90, 60), Size(240, 160), Size(100, 100)])
    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    async def test_has_exactly_the_size(
        self, connector: Any, size: Size, kind: str
    ) -> None:
        image = await self.enlarged(connector, a_drawing(kind=kind), size)
        with PIL.Image.open(io.BytesIO(image.data)) as found:
            found.load()
            assert Size(*found.size) == image.size == size
            assert found.get_format_mimetype() == image.media_type

    async def test_is_the_same_picture(self, connector: Any) -> None:
        picture = a_drawing()
        image = await self.enlarged(connector, picture, Size(120, 80))
        with PIL.Image.open(io.BytesIO(image.data)) as found:
            middle = found.convert("RGB").resize((60, 40)).getpixel((30, 20))
            corner = found.convert("RGB").resize((60, 40)).getpixel((2, 2))
        assert _near(middle, (247, 239, 226))
        assert _near(corner, (200, 69, 47))

    async def test_says_when_something_was_cropped(self, connector: Any) -> None:
        image = await self.enlarged(connector, a_drawing(), Size(80, 80))
        said = [finding for finding in image.findings if "cropped" in finding.message]
        assert said
        assert isinstance(said[0], Finding)

    async def test_refuses_extra_that_it_does_not_know(self, connector: Any) -> None:
        with pytest.raises(Unsupported):
            await self.enlarged(connector, a_drawing(), Size(80, 80), creativty=1)

    async def test_refuses_what_is_no_picture(self, connector: Any) -> None:
        broken = Picture(Artifact.of(b"no", "image/png"), Size(60, 40), b"no")
        with pytest.raises(Rejected):
            await self.enlarged(connector, broken, Size(90, 60))

    async def test_says_what_it_used(self, connector: Any) -> None:
        usage = (await self.enlarged(connector, a_drawing(), Size(90, 60))).usage
        assert usage.model
        assert usage.usd is None or usage.usd >= 0

    def test_declares_itself(self, connector: Any) -> None:
        about = type(connector).about
        assert isinstance(about, About)
        assert about.kind == "upscale"
        assert about.summary.endswith(".")


def _near(found: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(found, wanted, strict=True))
