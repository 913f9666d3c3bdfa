"""copy/gemini against a fake that Google's own SDK proves first."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from google import genai
from google.genai import errors, types

from connectors.copy.gemini import GeminiCopy
from tests.contracts.copy import CopyContract, Silent, a_request
from tests.contracts.image import Seen
from tests.contracts.provider import ProviderContract
from tests.fakes.gemini_text import MODELS, FakeGeminiText
from tests.fakes.server import Loopback
from triptych.errors import Rejected, Unauthorized, Unavailable, Unsupported


@pytest.fixture
def gemini(loopback: Loopback) -> FakeGeminiText:
    return loopback.show(FakeGeminiText())


@pytest.fixture
def connector(gemini: FakeGeminiText) -> GeminiCopy:
    return GeminiCopy.from_env(gemini.env())


class TestGeminiCopy(CopyContract, ProviderContract):
    fake_type, connector_type = FakeGeminiText, GeminiCopy

    @pytest.fixture
    def connector(self, fake: FakeGeminiText) -> GeminiCopy:
        connector: GeminiCopy = self.opened(fake)
        return connector

    async def call(self, connector: Any) -> object:
        return await connector.write(a_request(), Silent())

    async def test_the_wait_stands_in_the_body(self, fake: FakeGeminiText) -> None:
        retry = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "17s"}
        body = json.dumps(fake.shape(429, "Quota exceeded.", retry)).encode()
        error = await self.error(fake, "status", code=429, body=body)
        assert isinstance(error, Unavailable)
        assert error.retry_after == 17.0

    async def test_a_bad_key_is_a_400_and_about_the_key(self, fake: FakeGeminiText) -> None:
        env = fake.env() | {"GEMINI_API_KEY": "AIzaNotThisOne0123456789"}
        with pytest.raises(Unauthorized, match="API key not valid") as caught:
            await self.call(GeminiCopy.from_env(env))
        assert caught.value.status == 400


async def test_what_is_sent_is_the_harness_a_schema_and_a_seed(
    gemini: FakeGeminiText, connector: GeminiCopy
) -> None:
    extra = {"temperature": 0.4, "max_tokens": 900, "thinking": {"thinkingBudget": 0}}
    await connector.write(a_request(seed=7, extra=extra), Silent())
    sent = gemini.sent[-1]
    assert sent["systemInstruction"]["parts"][0]["text"].startswith("You are the senior")
    config = sent["generationConfig"]
    assert config["responseJsonSchema"]["required"] == ["items"]
    assert config["seed"] == 7
    assert (config["temperature"], config["maxOutputTokens"]) == (0.4, 900)


async def test_a_blocked_prompt_has_no_candidates_and_says_why(
    gemini: FakeGeminiText, connector: GeminiCopy
) -> None:
    gemini.blocked = "PROHIBITED_CONTENT"
    with pytest.raises(Rejected, match=r"the prompt was blocked \(PROHIBITED_CONTENT\)"):
        await connector.write(a_request(), Silent())


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("SAFETY", r"the answer was blocked \(SAFETY\)"),
        ("RECITATION", r"blocked \(RECITATION\)"),
        ("MAX_TOKENS", r"raise extra\.max_tokens"),
    ],
)
async def test_how_an_answer_ended_is_told(
    gemini: FakeGeminiText, connector: GeminiCopy, reason: str, says: str
) -> None:
    gemini.reason = reason
    with pytest.raises(Rejected, match=says):
        await connector.write(a_request(), Silent())


async def test_the_conversation_goes_on_with_the_models_own_words(
    gemini: FakeGeminiText, connector: GeminiCopy
) -> None:
    gemini.writer.long_first = 1
    seen = Seen()
    copy = await connector.write(a_request(), seen)
    roles = [content["role"] for content in gemini.sent[-1]["contents"]]
    assert roles == ["user", "model", "user"]
    assert copy.usage.units == {"input_tokens": 600, "output_tokens": 260}
    assert seen.steps == sorted(seen.steps)


@pytest.mark.parametrize(
    ("change", "says"),
    [({"seed": 2**31}, "seeds up to"), ({"extra": {"mood": "sunny"}}, r"extra\.mood")],
)
async def test_what_it_has_no_field_for_is_refused_before_money(
    gemini: FakeGeminiText, connector: GeminiCopy, change: dict[str, Any], says: str
) -> None:
    with pytest.raises(Unsupported, match=says):
        await connector.write(a_request(**change), Silent())
    assert not gemini.calls


class TestTheFake:
    """Google's own SDK reads the fake's answers, and its errors as its own."""

    @pytest.fixture
    def sdk(self, gemini: FakeGeminiText) -> Iterator[genai.Client]:
        options = types.HttpOptions(base_url=gemini.origin, api_version="v1")
        with genai.Client(api_key=gemini.key, http_options=options) as client:
            yield client

    async def test_answers_the_sdk(self, sdk: genai.Client) -> None:
        config = types.GenerateContentConfig(
            system_instruction="You write.", seed=7, temperature=0.2
        )
        answer = await sdk.aio.models.generate_content(
            model="gemini-3.8-flash", contents="Write 1 items", config=config
        )
        assert "items" in (answer.text or "")
        assert answer.usage_metadata
        assert answer.usage_metadata.candidates_token_count == 120

    async def test_streams_to_the_sdk(
        self, gemini: FakeGeminiText, sdk: genai.Client
    ) -> None:
        gemini.writer.says = "Ripe figs, picked this morning. " * 6
        chunks = await sdk.aio.models.generate_content_stream(
            model="gemini-3.8-flash", contents="Figs"
        )
        pieces = [chunk async for chunk in chunks]
        assert "".join(piece.text or "" for piece in pieces) == gemini.writer.says
        assert pieces[-1].candidates
        assert pieces[-1].candidates[0].finish_reason == types.FinishReason.STOP

    async def test_refuses_as_google_does(
        self, gemini: FakeGeminiText, sdk: genai.Client
    ) -> None:
        with pytest.raises(errors.ClientError, match="not found") as caught:
            await sdk.aio.models.generate_content(model="gemini-1", contents="x")
        assert caught.value.code == 404
        gemini.blocked = "SAFETY"
        answer = await sdk.aio.models.generate_content(
            model="gemini-3.8-flash", contents="x"
        )
        assert answer.prompt_feedback
        assert not answer.candidates


async def test_a_model_that_was_routed_to_another_is_a_finding(
    gemini: FakeGeminiText,
) -> None:
    copier = GeminiCopy.from_env(gemini.env())
    request = a_request(extra={"model": MODELS[1]})
    copy = await copier.write(request, Silent())
    assert copy.usage.model == MODELS[0]
    (finding,) = [f for f in copy.findings if f.check == "rerouted"]
    assert MODELS[1] in finding.message
