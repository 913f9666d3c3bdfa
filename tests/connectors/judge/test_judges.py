"""judge/openai, judge/anthropic and judge/gemini against the fakes of their providers."""

import base64
import io
import json
from typing import Any

import PIL.Image
import pytest

from connectors.judge.anthropic import AnthropicJudge
from connectors.judge.gemini import GeminiJudge
from connectors.judge.openai import OpenAIJudge
from tests.contracts.copy import Silent
from tests.contracts.image import a_picture
from tests.contracts.judge import JudgeContract, a_judging
from tests.contracts.provider import ProviderContract
from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.gemini_text import FakeGeminiText
from tests.fakes.openai_text import FakeOpenAIText
from tests.fakes.server import Loopback
from triptych.errors import Malformed, Rejected, Unsupported

WIDE = a_picture(size=(3000, 1500))


class _Judge(JudgeContract, ProviderContract):
    @pytest.fixture
    def connector(self, fake: Any) -> Any:
        return self.opened(fake)

    async def call(self, connector: Any) -> object:
        return await connector.judge(a_judging(), Silent())

    def pictures_in(self, sent: Any) -> list[str]:
        """Return the pictures of what was sent, in base64."""
        raise NotImplementedError

    async def test_large_pictures_are_sent_small(self, fake: Any, connector: Any) -> None:
        request = a_judging(texts=(), pictures=(WIDE, a_picture()))
        await connector.judge(request, Silent())
        sizes = []
        for data in self.pictures_in(fake.sent[-1]):
            with PIL.Image.open(io.BytesIO(base64.b64decode(data))) as picture:
                sizes.append(picture.size)
        assert sizes == [(1024, 512), (96, 80)]

    async def test_an_answer_that_is_no_judgement_is_asked_for_once_more(
        self, fake: Any, connector: Any
    ) -> None:
        fake.writer.says = json.dumps({"scores": [{"score": 9, "reason": "wow"}]})
        with pytest.raises(Malformed, match="1 scores for 3 candidates, twice over"):
            await connector.judge(a_judging(), Silent())
        assert len(fake.calls) == 2

    async def test_unknown_extra_is_refused(self, fake: Any, connector: Any) -> None:
        with pytest.raises(Unsupported, match=r"extra\.mood"):
            await connector.judge(a_judging(extra={"mood": "sunny"}), Silent())
        assert not fake.calls


class TestOpenAIJudge(_Judge):
    fake_type, connector_type = FakeOpenAIText, OpenAIJudge

    def pictures_in(self, sent: Any) -> list[str]:
        parts = sent["input"][0]["content"]
        urls = [part["image_url"] for part in parts if part["type"] == "input_image"]
        return [url.partition(",")[2] for url in urls]


class TestAnthropicJudge(_Judge):
    fake_type, connector_type = FakeAnthropic, AnthropicJudge

    def pictures_in(self, sent: Any) -> list[str]:
        parts = sent["messages"][0]["content"]
        return [part["source"]["data"] for part in parts if part["type"] == "image"]


class TestGeminiJudge(_Judge):
    fake_type, connector_type = FakeGeminiText, GeminiJudge

    def pictures_in(self, sent: Any) -> list[str]:
        parts = sent["contents"][0]["parts"]
        return [part["inlineData"]["data"] for part in parts if "inlineData" in part]


async def test_pictures_reach_a_chat_server_too(loopback: Loopback) -> None:
    fake = loopback.show(FakeOpenAIText())
    extra = {"api": "chat", "model": "local"}
    request = a_judging(texts=(), pictures=(a_picture(), a_picture()), extra=extra)
    judgement = await OpenAIJudge.from_env(fake.env()).judge(request, Silent())
    parts = fake.sent[-1]["messages"][1]["content"]
    assert [part["type"] for part in parts] == ["text", "image_url", "image_url"]
    assert judgement.scores == (0.9, 0.8)


async def test_a_judge_that_refuses_says_why(loopback: Loopback) -> None:
    fake = loopback.show(FakeAnthropic())
    fake.refusal = "I do not judge this."
    with pytest.raises(Rejected, match="I do not judge this"):
        await AnthropicJudge.from_env(fake.env()).judge(a_judging(), Silent())
