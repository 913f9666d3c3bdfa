"""upscale/local: exact, honest about what it cannot add, clean around alpha."""

import io

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.upscale.local import LocalUpscale, _enlarged
from tests.contracts.upscale import UpscaleContract, a_drawing
from triptych.contracts import UpscaleRequest
from triptych.errors import Unsupported
from triptych.geometry import Size


class TestLocalUpscale(UpscaleContract):
    @pytest.fixture
    def connector(self) -> LocalUpscale:
        return LocalUpscale.from_env({})

    async def test_equal_requests_give_equal_bytes(self, connector: LocalUpscale) -> None:
        one = await self.enlarged(connector, a_drawing(), Size(150, 100))
        two = await self.enlarged(connector, a_drawing(), Size(150, 100))
        assert one.data == two.data

    @pytest.mark.parametrize(("side", "said"), [(96, []), (97, ["soft"])])
    async def test_says_from_where_on_it_is_soft(
        self, connector: LocalUpscale, side: int, said: list[str]
    ) -> None:
        image = await self.enlarged(connector, a_drawing((60, 60)), Size(side, side))
        assert [finding.check for finding in image.findings] == said

    async def test_a_cutout_keeps_its_alpha_and_gets_no_rim(
        self, connector: LocalUpscale
    ) -> None:
        image = await self.enlarged(connector, a_drawing(mode="RGBA"), Size(180, 120))
        with PIL.Image.open(io.BytesIO(image.data)) as found:
            pixels = np.asarray(found)
        alpha = pixels[..., 3]
        edge = pixels[(alpha > 60) & (alpha < 200)]
        assert alpha[1, 1] == 0
        assert len(edge)
        assert edge[:, :3].min() > 190  # cream, not dark

    async def test_a_poster_beyond_reason_is_refused(self, connector: LocalUpscale) -> None:
        with pytest.raises(Unsupported, match="at most"):
            await self.enlarged(connector, a_drawing(), Size(20_000, 20_000))


@settings(max_examples=40, deadline=None)
@given(*(st.integers(1, 90) for _ in range(4)))
def test_any_size_becomes_any_size(a: int, b: int, c: int, d: int) -> None:
    request = UpscaleRequest(image=a_drawing((a + 3, b + 3)), size=Size(c, d))
    with PIL.Image.open(io.BytesIO(_enlarged(request).data)) as found:
        assert found.size == (c, d)
