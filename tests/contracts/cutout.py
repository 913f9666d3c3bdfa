"""What every cutter promises; its test class inherits this."""

import io
from typing import Any

import PIL.Image
import pytest

from tests.contracts.image import Seen
from tests.contracts.upscale import a_drawing
from triptych.artifact import Artifact, Picture
from triptych.contracts import About, Cutout, CutoutRequest
from triptych.errors import Rejected
from triptych.geometry import Size


class CutoutContract:
    """A cutter returns the subject with alpha, where it stood, at the picture's size."""

    @pytest.fixture
    def connector(self) -> Any:
        raise NotImplementedError

    async def cut(self, connector: Any, picture: Picture, **extra: Any) -> Cutout:
        answer = await connector.cut(CutoutRequest(image=picture, extra=extra), Seen())
        assert isinstance(answer, Cutout)
        return answer

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    async def test_is_a_png_with_alpha_at_the_pictures_size(
        self, connector: Any, kind: str
    ) -> None:
        picture = a_drawing((96, 80), kind=kind)
        cutout = await self.cut(connector, picture)
        with PIL.Image.open(io.BytesIO(cutout.data)) as found:
            assert (found.format, found.mode) == ("PNG", "RGBA")
            assert Size(*found.size) == cutout.size == picture.size

    async def test_keeps_the_subject_and_drops_the_ground(self, connector: Any) -> None:
        cutout = await self.cut(connector, a_drawing((96, 80)))
        with PIL.Image.open(io.BytesIO(cutout.data)) as found:
            alpha = found.getchannel("A")
            assert alpha.getpixel((48, 40)) == 255
            assert alpha.getpixel((2, 2)) == 0

    async def test_refuses_what_is_no_picture(self, connector: Any) -> None:
        broken = Picture(Artifact.of(b"no", "image/png"), Size(60, 40), b"no")
        with pytest.raises(Rejected):
            await self.cut(connector, broken)

    async def test_says_what_it_used(self, connector: Any) -> None:
        usage = (await self.cut(connector, a_drawing())).usage
        assert usage.model
        assert usage.usd is None or usage.usd >= 0

    def test_declares_itself(self, connector: Any) -> None:
        about = type(connector).about
        assert isinstance(about, About)
        assert about.kind == "cutout"
        assert about.summary.endswith(".")
