"""image/gemini against a fake that Google's own SDK proves first."""

import importlib
from typing import Any

import pytest

from connectors.image.gemini import GeminiImages
from tests.contracts.image import ImageContract, Seen, a_picture
from tests.contracts.provider import ProviderContract
from tests.fakes.gemini_images import FakeGeminiImages
from tests.fakes.server import Fake, Loopback
from triptych.errors import Rejected, Unavailable, Unsupported
from triptych.geometry import Size


class TestGeminiImages(ImageContract, ProviderContract):
    fake_type, connector_type = FakeGeminiImages, GeminiImages

    @pytest.fixture
    def connector(self, fake: Fake) -> GeminiImages:
        connector: GeminiImages = self.opened(fake)
        return connector

    async def call(self, connector: Any) -> object:
        return await connector.draw(self.a_request(), Seen())

    @pytest.mark.parametrize(
        ("width", "height", "ratio", "named"),
        [
            (1080, 1080, "1:1", "1K"),
            (1080, 1920, "9:16", "2K"),
            (3000, 3000, "1:1", "4K"),
            (728, 90, "21:9", "1K"),
        ],
    )
    async def test_asks_for_proportions_and_a_named_size(
        self,
        connector: GeminiImages,
        fake: Fake,
        width: int,
        height: int,
        ratio: str,
        named: str,
    ) -> None:
        image = await self.drawn(connector, size=Size(width, height))
        assert image.size == Size(width, height)
        asked = fake.sent[-1]["generationConfig"]["imageConfig"]
        assert asked == {"aspectRatio": ratio, "imageSize": named}

    async def test_a_model_that_was_routed_to_another_is_a_finding(
        self, connector: Any, fake: Any
    ) -> None:
        fake.answers_as = "gemini-9-flash-image"
        image = await self.drawn(connector)
        assert image.usage.model == "gemini-9-flash-image"
        assert "rerouted" in [finding.check for finding in image.findings]

    async def test_an_older_model_knows_one_size(
        self, connector: GeminiImages, fake: Fake
    ) -> None:
        await self.drawn(connector, extra={"model": "gemini-2.5-flash-image"})
        asked = fake.sent[-1]["generationConfig"]["imageConfig"]
        assert "imageSize" not in asked

    async def test_references_go_beside_the_prompt(
        self, connector: GeminiImages, fake: Fake
    ) -> None:
        await self.drawn(connector, references=(a_picture(), a_picture()))
        parts = fake.sent[-1]["contents"][0]["parts"]
        assert [next(iter(part)) for part in parts] == ["text", "inlineData", "inlineData"]

    @pytest.mark.parametrize(
        ("prompt", "said"),
        [("blocked", "SAFETY"), ("unsafe", "IMAGE_SAFETY"), ("talk", "cannot draw")],
    )
    async def test_refusals_are_told_in_its_words(
        self, connector: GeminiImages, prompt: str, said: str
    ) -> None:
        with pytest.raises(Rejected, match=said):
            await self.drawn(connector, prompt=prompt)

    async def test_the_wait_is_in_the_body(self, fake: Fake) -> None:
        body = (
            b'{"error": {"code": 429, "message": "quota", "status": "RESOURCE_EXHAUSTED",'
            b'"details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo",'
            b'"retryDelay": "17s"}]}}'
        )
        error = await self.error(fake, "status", code=429, body=body)
        assert isinstance(error, Unavailable)
        assert error.retry_after == 17.0

    async def test_a_draft_model_is_not_used_for_finals(
        self, connector: GeminiImages, fake: Fake
    ) -> None:
        with pytest.raises(Unsupported, match="draft"):
            await self.drawn(connector, extra={"model": "gemini-3.1-flash-lite-image"})
        assert not fake.calls

    async def test_the_answer_tells_what_it_used(self, connector: GeminiImages) -> None:
        usage = (await self.drawn(connector)).usage
        assert usage.units == {"input_tokens": 12, "output_tokens": 1290}


class TestTheFake:
    @pytest.fixture
    def fake(self, loopback: Loopback) -> FakeGeminiImages:
        return loopback.show(FakeGeminiImages())

    async def test_draws_for_the_sdk(self, fake: FakeGeminiImages) -> None:
        genai = importlib.import_module("google.genai")
        options = genai.types.HttpOptions(base_url=fake.origin, api_version="v1")
        client = genai.Client(api_key=fake.key, http_options=options)
        config = genai.types.GenerateContentConfig(
            response_modalities=["IMAGE"],
            image_config=genai.types.ImageConfig(aspect_ratio="16:9", image_size="2K"),
        )
        answer = await client.aio.models.generate_content(
            model="gemini-3-pro-image", contents="a lamp", config=config
        )
        parts = answer.candidates[0].content.parts
        assert any(part.inline_data for part in parts)
        wrong = genai.Client(api_key="AIzaWrong", http_options=options)
        with pytest.raises(genai.errors.ClientError, match="API key not valid"):
            await wrong.aio.models.generate_content(
                model="gemini-3-pro-image", contents="a lamp"
            )
