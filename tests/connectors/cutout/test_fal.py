"""cutout/fal: what every cutter and every provider's connector promises."""

from typing import Any

import pytest

from connectors.cutout.fal import FalCutout
from tests.contracts.cutout import CutoutContract
from tests.contracts.provider import ProviderContract
from tests.contracts.upscale import a_drawing
from tests.fakes.fal import FakeFal
from tests.fakes.server import Loopback
from triptych.errors import Rejected, Unsupported


class TestFalCutout(CutoutContract):
    @pytest.fixture
    def fake(self, loopback: Loopback) -> FakeFal:
        return loopback.show(FakeFal())

    @pytest.fixture
    def connector(self, fake: FakeFal) -> FalCutout:
        return FalCutout.from_env(fake.env())

    async def test_a_damaged_picture_costs_nothing(
        self, connector: FalCutout, fake: FakeFal
    ) -> None:
        whole = a_drawing((400, 300))
        half = type(whole)(whole.artifact, whole.size, whole.data[:-300])
        with pytest.raises(Rejected):
            await self.cut(connector, half)
        assert not fake.calls

    async def test_a_variant_is_passed_on(
        self, connector: FalCutout, fake: FakeFal
    ) -> None:
        await self.cut(connector, a_drawing(), variant="Portrait")
        assert fake.sent[-1]["model"] == "Portrait"

    async def test_unknown_extra_is_refused(
        self, connector: FalCutout, fake: FakeFal
    ) -> None:
        with pytest.raises(Unsupported, match="variant"):
            await self.cut(connector, a_drawing(), varaint="Portrait")
        assert not fake.calls


@pytest.mark.slow
class TestFalCutoutFaults(ProviderContract):
    fake_type, connector_type = FakeFal, FalCutout

    async def call(self, connector: Any) -> object:
        return await CutoutContract().cut(connector, a_drawing())
