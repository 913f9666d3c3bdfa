"""copy/openai against a fake that OpenAI's own SDK proves first."""

import json
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest

from connectors.copy.openai import OpenAICopy
from tests.contracts.copy import CopyContract, Silent, a_request
from tests.contracts.image import Seen
from tests.contracts.provider import ProviderContract
from tests.fakes.openai_text import FakeOpenAIText
from tests.fakes.server import Loopback
from triptych.errors import Malformed, Rejected, Unauthorized, Unavailable, Unsupported


@pytest.fixture
def text(loopback: Loopback) -> FakeOpenAIText:
    return loopback.show(FakeOpenAIText())


class _Copy(CopyContract, ProviderContract):
    fake_type, connector_type = FakeOpenAIText, OpenAICopy

    @pytest.fixture
    def connector(self, fake: FakeOpenAIText) -> OpenAICopy:
        connector: OpenAICopy = self.opened(fake)
        return connector


class TestResponses(_Copy):
    async def call(self, connector: Any) -> object:
        return await connector.write(a_request(), Silent())


class TestChat(ProviderContract):
    fake_type, connector_type = FakeOpenAIText, OpenAICopy

    async def call(self, connector: Any) -> object:
        extra = {"api": "chat", "model": "local"}
        return await connector.write(a_request(extra=extra), Silent())


APIS: tuple[dict[str, str], ...] = ({}, {"api": "chat", "model": "local"})


@pytest.mark.parametrize("extra", APIS, ids=["responses", "chat"])
class TestBoth:
    @pytest.fixture
    def connector(self, text: FakeOpenAIText) -> OpenAICopy:
        return OpenAICopy.from_env(text.env())

    async def test_what_is_too_long_is_asked_again_with_the_excess(
        self, text: FakeOpenAIText, connector: OpenAICopy, extra: dict[str, str]
    ) -> None:
        text.writer.long_first = 2
        copy = await connector.write(a_request(count=2, extra=extra), Silent())
        assert len(text.calls) == 3
        assert "of 40 characters" in text.writer.prompts[1]
        assert all(len(item["headline"]) <= 40 for item in copy.items)
        assert copy.usage.units == {"input_tokens": 900, "output_tokens": 360}
        assert [finding.check for finding in copy.findings] == ["asked-again"]

    async def test_it_is_asked_again_twice_and_no_more(
        self, text: FakeOpenAIText, connector: OpenAICopy, extra: dict[str, str]
    ) -> None:
        text.writer.long_first = 99
        with pytest.raises(Rejected, match=r"headline is \d+ of 40 characters"):
            await connector.write(a_request(extra=extra), Silent())
        assert len(text.calls) == 3

    async def test_an_answer_that_is_no_json_is_asked_again_then_malformed(
        self, text: FakeOpenAIText, connector: OpenAICopy, extra: dict[str, str]
    ) -> None:
        text.writer.says = "Here are three headlines!"
        with pytest.raises(Malformed, match="no JSON"):
            await connector.write(a_request(extra=extra), Silent())
        assert len(text.calls) == 2

    @pytest.mark.parametrize("structured", ["object", "none"])
    async def test_without_a_schema_the_prompt_says_json_and_its_shape(
        self,
        text: FakeOpenAIText,
        connector: OpenAICopy,
        extra: dict[str, str],
        structured: str,
    ) -> None:
        request = a_request(extra={**extra, "structured": structured})
        copy = await connector.write(request, Silent())
        assert len(copy.items) == 3
        assert len(text.calls) == 1
        assert '{"items": [{"headline": "…"' in text.writer.prompts[0]

    async def test_prose_without_a_schema_names_the_cure(
        self, text: FakeOpenAIText, connector: OpenAICopy, extra: dict[str, str]
    ) -> None:
        text.writer.says = "Here are three headlines!"
        request = a_request(extra={**extra, "structured": "none"})
        with pytest.raises(Malformed, match=r"no JSON.*structured: schema"):
            await connector.write(request, Silent())
        assert len(text.calls) == 2

    async def test_labelled_prose_is_read(
        self, text: FakeOpenAIText, connector: OpenAICopy, extra: dict[str, str]
    ) -> None:
        text.writer.says = "Sure!\n**Headline:** Figs\nBody: Ripe figs.\n- CTA: Try"
        request = a_request(count=1, extra={**extra, "structured": "none"})
        copy = await connector.write(request, Silent())
        assert copy.items == ({"headline": "Figs", "body": "Ripe figs.", "cta": "Try"},)

    @pytest.mark.parametrize("status", [400, 500])
    async def test_a_server_without_schemas_says_which_setting_helps(
        self,
        text: FakeOpenAIText,
        connector: OpenAICopy,
        extra: dict[str, str],
        status: int,
    ) -> None:
        text.no_schema = status
        with pytest.raises((Rejected, Unavailable), match="structured: object"):
            await connector.write(a_request(extra=extra), Silent())

    async def test_fences_around_the_json_are_forgiven(
        self, text: FakeOpenAIText, connector: OpenAICopy, extra: dict[str, str]
    ) -> None:
        item = {"headline": "A", "body": "B", "cta": "C"}
        text.writer.says = f"Sure:\n```json\n{json.dumps({'items': [item]})}\n```"
        copy = await connector.write(a_request(count=1, extra=extra), Silent())
        assert copy.items == (item,)

    async def test_a_refusal_says_why(
        self, text: FakeOpenAIText, connector: OpenAICopy, extra: dict[str, str]
    ) -> None:
        text.refusal = "I cannot help with that."
        with pytest.raises(Rejected, match="I cannot help"):
            await connector.write(a_request(extra=extra), Silent())

    async def test_a_server_that_does_not_stream_is_read_all_the_same(
        self, text: FakeOpenAIText, connector: OpenAICopy, extra: dict[str, str]
    ) -> None:
        text.streams = False
        copy = await connector.write(a_request(extra=extra), Silent())
        assert len(copy.items) == 3
        assert copy.usage.units["output_tokens"] == 120

    async def test_progress_is_seen_and_never_runs_backwards(
        self, text: FakeOpenAIText, connector: OpenAICopy, extra: dict[str, str]
    ) -> None:
        text.writer.long_first = 1
        seen = Seen()
        await connector.write(a_request(extra=extra), seen)
        assert len(seen.steps) > 5
        assert seen.steps == sorted(seen.steps)

    async def test_unknown_extra_is_refused(
        self, text: FakeOpenAIText, connector: OpenAICopy, extra: dict[str, str]
    ) -> None:
        with pytest.raises(Unsupported, match=r"extra\.mood"):
            await connector.write(a_request(extra={**extra, "mood": "sunny"}), Silent())
        assert not text.calls


async def test_a_cut_off_answer_says_the_cure(text: FakeOpenAIText) -> None:
    text.reason = "max_output_tokens"
    with pytest.raises(Rejected, match=r"raise extra\.max_tokens"):
        await OpenAICopy.from_env(text.env()).write(a_request(), Silent())


async def test_a_server_of_ones_own_needs_no_key(text: FakeOpenAIText) -> None:
    text.wants_key = False
    env = {"TRIPTYCH_OPENAI_BASE_URL": text.origin}  # no path: /v1 is OpenAI's own
    request = a_request(extra={"api": "chat", "model": "local"}, seed=7)
    copy = await OpenAICopy.from_env(env).write(request, Silent())
    assert len(copy.items) == 3
    assert text.sent[-1]["seed"] == 7


def test_openai_itself_needs_a_key() -> None:
    with pytest.raises(Unauthorized, match="set OPENAI_API_KEY"):
        OpenAICopy.from_env({})


class TestTheFake:
    """OpenAI's own SDK reads the fake's answers."""

    @pytest.fixture
    async def sdk(self, text: FakeOpenAIText) -> AsyncIterator[openai.AsyncOpenAI]:
        async with openai.AsyncOpenAI(
            api_key=text.key, base_url=text.url, max_retries=0
        ) as client:
            yield client

    async def test_responds_to_the_sdk(self, sdk: openai.AsyncOpenAI) -> None:
        answer = await sdk.responses.create(
            model="gpt-6.1-sol", input="Give 1 item as JSON"
        )
        assert "items" in answer.output_text
        assert answer.usage
        assert answer.usage.output_tokens == 120

    async def test_streams_to_the_sdk(self, sdk: openai.AsyncOpenAI) -> None:
        stream = await sdk.responses.create(
            model="gpt-6.1-sol", input="Give 1 item", stream=True
        )
        kinds = [event.type async for event in stream]
        assert kinds[0] == "response.created"
        assert kinds[-1] == "response.completed"

    async def test_chats_with_the_sdk(self, sdk: openai.AsyncOpenAI) -> None:
        messages: Any = [
            {"role": "system", "content": "x"},
            {"role": "user", "content": "y"},
        ]
        whole = await sdk.chat.completions.create(model="local", messages=messages)
        stream = await sdk.chat.completions.create(
            model="local",
            messages=messages,
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = [chunk async for chunk in stream]
        said = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
        assert said == whole.choices[0].message.content
        assert chunks[-1].usage

    async def test_refuses_as_openai_does(self, sdk: openai.AsyncOpenAI) -> None:
        with pytest.raises(openai.NotFoundError):
            await sdk.responses.create(model="gpt-4", input="x")
        with pytest.raises(openai.BadRequestError, match="Unknown parameter"):
            await sdk.responses.create(
                model="gpt-6.1-sol", input="x", extra_body={"mood": "sunny"}
            )
