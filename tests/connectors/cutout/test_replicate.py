"""cutout/replicate: what every cutter and every provider's connector promises."""

from typing import Any

import pytest

from connectors.cutout.replicate import ReplicateCutout
from tests.contracts.cutout import CutoutContract
from tests.contracts.provider import ProviderContract
from tests.contracts.upscale import a_drawing
from tests.fakes.replicate import FakeReplicate
from tests.fakes.server import Loopback
from triptych.errors import Unsupported


class TestReplicateCutout(CutoutContract):
    @pytest.fixture
    def fake(self, loopback: Loopback) -> FakeReplicate:
        return loopback.show(FakeReplicate())

    @pytest.fixture
    def connector(self, fake: FakeReplicate) -> ReplicateCutout:
        return ReplicateCutout.from_env(fake.env())

    async def test_asks_for_alpha_by_a_pinned_version(
        self, connector: ReplicateCutout, fake: FakeReplicate
    ) -> None:
        await self.cut(connector, a_drawing())
        assert fake.sent[-1]["background_type"] == "rgba"
        assert len(fake.sent[-1]["model"]) == 64

    async def test_unknown_extra_is_refused(
        self, connector: ReplicateCutout, fake: FakeReplicate
    ) -> None:
        with pytest.raises(Unsupported, match="threshold"):
            await self.cut(connector, a_drawing(), treshold=0.5)
        assert not fake.calls


@pytest.mark.slow
class TestReplicateCutoutFaults(ProviderContract):
    fake_type, connector_type = FakeReplicate, ReplicateCutout

    async def call(self, connector: Any) -> object:
        return await CutoutContract().cut(connector, a_drawing())
