"""image/replicate against a fake that Replicate's own SDK proves first."""

import io
from typing import Any

import pytest
from replicate.client import Client
from replicate.exceptions import ModelError, ReplicateError

from connectors.image.replicate import MODELS, ReplicateImages
from tests.contracts.image import ImageContract, Seen, a_picture
from tests.contracts.provider import ProviderContract
from tests.fakes import replicate as fakes
from tests.fakes.replicate import FakeReplicate
from tests.fakes.server import Fake, Loopback
from triptych.brand.kit import Lora
from triptych.errors import Malformed, Rejected, Unauthorized, Unavailable, Unsupported
from triptych.geometry import Size

LOOK = Lora("look", {"replicate": f"me/figgy:{'ab' * 32}"}, ("FIGGY",), 0.9)
GLAZE = Lora("glaze", {"replicate": "https://files.example/glaze.safetensors"}, (), 0.4)
FLUX = "black-forest-labs/flux"


class TestReplicateImages(ImageContract, ProviderContract):
    fake_type, connector_type = FakeReplicate, ReplicateImages

    @pytest.fixture
    def connector(self, fake: FakeReplicate) -> ReplicateImages:
        connector: ReplicateImages = self.opened(fake)
        return connector

    async def call(self, connector: Any) -> object:
        return await connector.draw(self.a_request(), Seen())

    @pytest.mark.parametrize(
        ("changes", "model"),
        [
            ({}, "dev"),
            ({"quality": "draft"}, "schnell"),
            ({"loras": (LOOK,)}, "dev-lora"),
            ({"loras": (LOOK,), "references": (a_picture(),)}, "dev-lora"),
            ({"references": (a_picture(),)}, "kontext-pro"),
            ({"references": (a_picture(),), "quality": "draft"}, "dev"),
        ],
    )
    async def test_what_is_asked_decides_which_model_draws(
        self,
        connector: ReplicateImages,
        fake: FakeReplicate,
        changes: dict[str, Any],
        model: str,
    ) -> None:
        image = await self.drawn(connector, **changes)
        assert fake.sent[-1]["model"] == f"{FLUX}-{model}"
        assert image.size == self.size

    async def test_two_loras_are_mixed(
        self, connector: ReplicateImages, fake: FakeReplicate
    ) -> None:
        await self.drawn(connector, loras=(LOOK, GLAZE))
        sent = fake.sent[-1]
        assert sent["lora_weights"] == f"me/figgy/{'ab' * 32}"
        assert sent["extra_lora"] == "https://files.example/glaze.safetensors"
        assert (sent["lora_scale"], sent["extra_lora_scale"]) == (0.9, 0.4)

    async def test_a_large_reference_is_uploaded_and_named(
        self,
        connector: ReplicateImages,
        fake: FakeReplicate,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("connectors.sdk.providers.replicate.MAX_INLINE", 100)
        await self.drawn(connector, references=(a_picture(),))
        assert fake.sent[-1]["input_image"].startswith(f"{fake.url}/files/file")

    async def test_a_quick_model_may_hold_its_answer_back(
        self, connector: ReplicateImages, fake: FakeReplicate
    ) -> None:
        image = await self.drawn(connector, quality="draft", extra={"sync": True})
        assert image.quality == "draft"
        assert not [call for call in fake.calls if call.startswith("GET /v1")]

    async def test_a_prediction_outlives_the_process_that_created_it(
        self, connector: ReplicateImages, fake: FakeReplicate
    ) -> None:
        job = await connector.submit(self.a_request())
        again: ReplicateImages = self.opened(fake)
        image = await again.collect(job, self.a_request(), Seen())
        assert image.size == self.size
        assert len(fake.jobs) == 1

    async def test_progress_is_read_from_the_logs(self, connector: ReplicateImages) -> None:
        seen = Seen()
        await connector.draw(self.a_request(), seen)
        assert 0.45 in seen.steps

    async def test_a_refused_prompt_says_why(self, connector: ReplicateImages) -> None:
        with pytest.raises(Rejected, match="NSFW content detected"):
            await self.drawn(connector, prompt="something forbidden")

    async def test_an_output_that_vanished_is_told(
        self, connector: ReplicateImages, fake: FakeReplicate
    ) -> None:
        fake.gone = True
        with pytest.raises(Malformed, match="kept for an hour"):
            await self.drawn(connector)

    @pytest.mark.parametrize("ends", ["canceled", "aborted"])
    async def test_a_prediction_that_was_stopped_is_over(
        self, connector: ReplicateImages, fake: FakeReplicate, ends: str
    ) -> None:
        fake.ends = ends
        with pytest.raises(Unavailable) as caught:
            await self.drawn(connector)
        assert caught.value.job_over

    async def test_a_throttled_call_says_how_long_to_wait(
        self, fake: FakeReplicate
    ) -> None:
        body = b'{"detail": "Request was throttled.", "status": 429, "retry_after": 7}'
        error = await self.error(fake, "status", code=429, body=body)
        assert isinstance(error, Unavailable)
        assert error.retry_after == 7

    async def test_an_empty_account_is_no_matter_of_time(self, fake: FakeReplicate) -> None:
        assert type(await self.error(fake, "status", code=402)) is Unauthorized

    async def test_the_answer_tells_what_it_used(self, connector: ReplicateImages) -> None:
        usage = (await self.drawn(connector)).usage
        assert usage.model == f"{FLUX}-dev"
        assert usage.units == {"predict_seconds": 2.5, "images": 1.0}
        assert usage.usd is None  # at a server of one's own nobody knows the price
        assert usage.request_id == "pred0"

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"loras": (LOOK, LOOK, LOOK)}, "at most two"),
            ({"references": (a_picture(), a_picture())}, "one reference"),
            ({"extra": {"model": "flux-schnell"}}, "ask for quality: draft"),
            ({"extra": {"model": "midjourney"}}, "has no model"),
            ({"extra": {"stepz": 3}}, r"does not know extra\.stepz"),
            ({"mask": a_picture()}, "no mask"),
        ],
    )
    async def test_what_a_model_has_no_field_for_is_refused_before_money(
        self,
        connector: ReplicateImages,
        fake: FakeReplicate,
        changes: dict[str, Any],
        said: str,
    ) -> None:
        with pytest.raises(Unsupported, match=said):
            await self.drawn(connector, **changes)
        assert not fake.calls

    @pytest.mark.parametrize(("width", "height"), [(1080, 1920), (728, 90), (512, 512)])
    async def test_any_placement_gets_its_size(
        self, connector: ReplicateImages, width: int, height: int
    ) -> None:
        image = await self.drawn(connector, size=Size(width, height))
        assert image.size == Size(width, height)


@pytest.mark.slow
class TestReplicateResults(ProviderContract):
    """The file of a prediction that was paid for is fetched as safely as all else."""

    fake_type, connector_type = FakeReplicate, ReplicateImages

    @staticmethod
    def fault_on(method: str, path: str) -> bool:
        return method == "POST" and path.endswith("/predictions")

    async def call(self, connector: Any) -> object:
        request = ImageContract().a_request(quality="draft", extra={"sync": True})
        return await connector.draw(request, Seen())

    async def test_a_hung_submit_may_have_been_charged(self, fake: Fake) -> None:
        error = await self.error(fake, "hang", seconds=0.3)
        assert isinstance(error, Unavailable)
        assert error.maybe_charged


class TestTheFake:
    """Replicate's own SDK reads the fake's answers, and its errors as its own."""

    @pytest.fixture
    def fake(self, loopback: Loopback) -> FakeReplicate:
        return loopback.show(FakeReplicate())

    @pytest.fixture
    def sdk(self, fake: FakeReplicate) -> Client:
        return Client(api_token=fake.key, base_url=fake.origin)

    async def test_draws_for_the_sdk(self, sdk: Client) -> None:
        prediction = await sdk.models.predictions.async_create(
            f"{FLUX}-schnell", input={"prompt": "a lamp"}
        )
        sdk.poll_interval = 0.01
        await prediction.async_wait()
        assert prediction.status == "succeeded"
        assert str((prediction.output or [""])[0]).startswith("http")

    async def test_reads_progress_with_the_sdk(self, sdk: Client) -> None:
        prediction = await sdk.models.predictions.async_create(
            f"{FLUX}-dev", input={"prompt": "a lamp"}
        )
        await prediction.async_reload()
        assert prediction.progress is not None
        assert prediction.progress.percentage == 0.45

    async def test_takes_a_file_of_the_sdk(self, sdk: Client) -> None:
        file = await sdk.files.async_create(io.BytesIO(b"hello"))
        assert file.urls["get"].startswith("http")

    async def test_trains_for_the_sdk(self, sdk: Client) -> None:
        training = await sdk.trainings.async_create(
            model=("ostris", "flux-dev-lora-trainer"),
            version="cd" * 32,
            input={"input_images": "https://x.example/z.zip", "trigger_word": "FIGGY"},
            destination="me/figgy",
        )
        for _ in range(3):
            await training.async_reload()
        assert training.status == "succeeded"
        assert training.output is not None
        assert training.output["version"].startswith("me/figgy:")

    async def test_refuses_as_replicate_does(
        self, sdk: Client, fake: FakeReplicate
    ) -> None:
        with pytest.raises(ReplicateError, match="does not exist"):
            await sdk.predictions.async_create(version="ff" * 32, input={})
        with pytest.raises(ReplicateError, match="prompt is required"):
            await sdk.models.predictions.async_create(f"{FLUX}-dev", input={})
        other = Client(api_token="r8_other", base_url=fake.origin)
        with pytest.raises(ReplicateError, match="authentication token"):
            await other.models.predictions.async_create(
                f"{FLUX}-dev", input={"prompt": "a lamp"}
            )
        with pytest.raises(ModelError, match="NSFW"):
            await sdk.async_run(f"{FLUX}-dev", input={"prompt": "forbidden"}, wait=False)

    def test_knows_every_model_that_the_connector_asks(self) -> None:
        assert set(MODELS) <= set(fakes.MODELS)
