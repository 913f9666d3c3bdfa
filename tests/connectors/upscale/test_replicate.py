"""upscale/replicate: what every upscaler and every provider's connector promises."""

from typing import Any

import pytest

from connectors.upscale.replicate import ReplicateUpscale
from tests.contracts.provider import ProviderContract
from tests.contracts.upscale import UpscaleContract, a_drawing
from tests.fakes.replicate import FakeReplicate
from tests.fakes.server import Loopback
from triptych.geometry import Size


class TestReplicateUpscale(UpscaleContract):
    @pytest.fixture
    def fake(self, loopback: Loopback) -> FakeReplicate:
        return loopback.show(FakeReplicate())

    @pytest.fixture
    def connector(self, fake: FakeReplicate) -> ReplicateUpscale:
        return ReplicateUpscale.from_env(fake.env())

    async def test_asks_for_the_factor_and_leaves_faces_alone(
        self, connector: ReplicateUpscale, fake: FakeReplicate
    ) -> None:
        await self.enlarged(connector, a_drawing(), Size(150, 100))
        assert fake.sent[-1]["scale"] == 2.5
        assert fake.sent[-1]["face_enhance"] is False

    async def test_says_what_the_model_did_not_reach(
        self, connector: ReplicateUpscale
    ) -> None:
        image = await self.enlarged(connector, a_drawing(), Size(900, 600))
        assert any(finding.check == "resized" for finding in image.findings)


@pytest.mark.slow
class TestReplicateUpscaleFaults(ProviderContract):
    fake_type, connector_type = FakeReplicate, ReplicateUpscale

    async def call(self, connector: Any) -> object:
        return await UpscaleContract().enlarged(connector, a_drawing(), Size(90, 60))
