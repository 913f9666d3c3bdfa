"""copy/anthropic and judge/anthropic against a fake that Anthropic's SDK proves first."""

from collections.abc import AsyncIterator
from typing import Any

import anthropic
import pytest

from connectors.copy.anthropic import AnthropicCopy
from tests.contracts.copy import CopyContract, Silent, a_request
from tests.contracts.image import Seen
from tests.contracts.provider import ProviderContract
from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.server import Loopback
from triptych.errors import Malformed, Rejected, Unauthorized, Unavailable, Unsupported


@pytest.fixture
def claude(loopback: Loopback) -> FakeAnthropic:
    return loopback.show(FakeAnthropic())


@pytest.fixture
def connector(claude: FakeAnthropic) -> AnthropicCopy:
    return AnthropicCopy.from_env(claude.env())


class TestAnthropicCopy(CopyContract, ProviderContract):
    fake_type, connector_type = FakeAnthropic, AnthropicCopy

    @pytest.fixture
    def connector(self, fake: FakeAnthropic) -> AnthropicCopy:
        connector: AnthropicCopy = self.opened(fake)
        return connector

    async def call(self, connector: Any) -> object:
        return await connector.write(a_request(), Silent())

    async def test_a_spend_limit_is_no_matter_of_time(self, fake: FakeAnthropic) -> None:
        body = (
            b'{"type": "error", "error": {"type": "rate_limit_error", "message": "spent",'
            b' "details": {"error_code": "enforced_spend_limit_reached"}}}'
        )
        error = await self.error(fake, "status", code=429, body=body)
        assert type(error) is Unauthorized


async def test_what_is_sent_is_the_harness_a_schema_and_a_version(
    claude: FakeAnthropic, connector: AnthropicCopy
) -> None:
    extra = {"effort": "low", "max_tokens": 900, "model": "claude-opus-5-5"}
    await connector.write(a_request(extra=extra), Silent())
    sent = claude.sent[-1]
    assert sent["system"].startswith("You are the senior copywriter of Figuera.")
    assert sent["model"], sent["max_tokens"] == ("claude-opus-5-5", 900)
    assert sent["output_config"]["effort"] == "low"
    fields = sent["output_config"]["format"]["schema"]["properties"]["items"]["items"]
    assert fields["required"] == ["headline", "body", "cta"]
    assert connector.line.headers()["anthropic-version"] == "2026-10-21"


async def test_a_refusal_is_a_200_and_says_why(
    claude: FakeAnthropic, connector: AnthropicCopy
) -> None:
    claude.refusal = "This asks for a health claim."
    with pytest.raises(Rejected, match="the model refused: This asks for a health claim"):
        await connector.write(a_request(), Silent())
    assert len(claude.calls) == 1


async def test_a_cut_off_answer_says_the_cure(
    claude: FakeAnthropic, connector: AnthropicCopy
) -> None:
    claude.reason = "max_tokens"
    with pytest.raises(Rejected, match=r"raise extra\.max_tokens"):
        await connector.write(a_request(), Silent())


@pytest.mark.parametrize(
    ("sort", "kind"),
    [
        ("overloaded_error", Unavailable),
        ("api_error", Unavailable),
        ("invalid_request_error", Rejected),
        ("authentication_error", Unauthorized),
    ],
)
async def test_an_error_inside_the_stream_is_sorted_like_any_other(
    claude: FakeAnthropic, connector: AnthropicCopy, sort: str, kind: type[Exception]
) -> None:
    claude.breaks = sort
    with pytest.raises(kind, match="broke in the middle"):
        await connector.write(a_request(), Silent())


async def test_only_the_text_is_read_and_not_the_thinking(
    claude: FakeAnthropic, connector: AnthropicCopy
) -> None:
    claude.writer.says = '{"items": [{"headline": "A", "body": "B", "cta": "C"}]}'
    copy = await connector.write(a_request(count=1), Silent())
    assert copy.items == ({"headline": "A", "body": "B", "cta": "C"},)


async def test_too_long_is_asked_again_and_the_conversation_goes_on(
    claude: FakeAnthropic, connector: AnthropicCopy
) -> None:
    claude.writer.long_first = 1
    await connector.write(a_request(), Silent())
    roles = [turn["role"] for turn in claude.sent[-1]["messages"]]
    assert roles == ["user", "assistant", "user"]
    assert "of 40 characters" in claude.sent[-1]["messages"][-1]["content"][0]["text"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"seed": 3}, "has no seed"),
        ({"extra": {"temperature": 0.3}}, "takes no temperature"),
        ({"extra": {"mood": "sunny"}}, "extra.mood"),
    ],
)
async def test_what_it_has_no_field_for_is_refused_before_money(
    claude: FakeAnthropic, connector: AnthropicCopy, change: dict[str, Any], says: str
) -> None:
    with pytest.raises(Unsupported, match=says):
        await connector.write(a_request(**change), Silent())
    assert not claude.calls


async def test_usage_counts_what_was_read_from_the_cache_too(
    connector: AnthropicCopy,
) -> None:
    usage = (await connector.write(a_request(), Silent())).usage
    assert usage.units == {"input_tokens": 300, "output_tokens": 120}
    assert usage.request_id == "msg_fake"
    assert usage.usd == pytest.approx(0.0018)


async def test_progress_is_seen_and_never_runs_backwards(
    claude: FakeAnthropic, connector: AnthropicCopy
) -> None:
    claude.writer.long_first = 1
    seen = Seen()
    await connector.write(a_request(), seen)
    assert len(seen.steps) > 5
    assert seen.steps == sorted(seen.steps)


async def test_a_stream_that_just_ends_is_malformed(
    claude: FakeAnthropic, connector: AnthropicCopy
) -> None:
    claude.writer.says = " "
    with pytest.raises(Malformed):
        await connector.write(a_request(), Silent())


class TestTheFake:
    """Anthropic's own SDK reads the fake's answers, and its errors as its own."""

    ASK: Any = ({"role": "user", "content": "Write 1 items"},)

    @pytest.fixture
    async def sdk(self, claude: FakeAnthropic) -> AsyncIterator[anthropic.AsyncAnthropic]:
        async with anthropic.AsyncAnthropic(
            api_key=claude.key, base_url=claude.origin, max_retries=0
        ) as client:
            yield client

    async def test_answers_the_sdk(self, sdk: anthropic.AsyncAnthropic) -> None:
        schema = {
            "type": "object",
            "properties": {"items": {"type": "array", "items": {"properties": {}}}},
            "additionalProperties": False,
        }
        form: Any = {"format": {"type": "json_schema", "schema": schema}}
        message = await sdk.messages.create(
            model="claude-sonnet-5-5",
            max_tokens=500,
            messages=list(self.ASK),
            output_config=form,
        )
        assert message.content[0].type == "text"
        assert message.usage.output_tokens == 120
        assert message.stop_reason == "end_turn"

    async def test_streams_to_the_sdk(
        self, claude: FakeAnthropic, sdk: anthropic.AsyncAnthropic
    ) -> None:
        claude.writer.says = "Ripe figs, picked this morning, at your door in two days."
        async with sdk.messages.stream(
            model="claude-sonnet-5-5", max_tokens=500, messages=list(self.ASK)
        ) as stream:
            text = "".join([piece async for piece in stream.text_stream])
            final = await stream.get_final_message()
        assert text == claude.writer.says
        assert final.usage.output_tokens == 120
        assert [block.type for block in final.content] == ["thinking", "text"]

    async def test_refuses_as_anthropic_does(
        self, claude: FakeAnthropic, sdk: anthropic.AsyncAnthropic
    ) -> None:
        more: Any = {"extra_body": {"temperature": 1.0}}
        ask: Any = {"max_tokens": 500, "messages": list(self.ASK)}
        with pytest.raises(anthropic.BadRequestError, match="temperature: Extra inputs"):
            await sdk.messages.create(model="claude-sonnet-5-5", **ask, **more)
        with pytest.raises(anthropic.NotFoundError):
            await sdk.messages.create(model="claude-2", **ask)
        with pytest.raises(anthropic.AuthenticationError):
            await sdk.with_options(api_key="sk-ant-no").messages.create(
                model="claude-sonnet-5-5", **ask
            )
        claude.refusal = "No."
        message = await sdk.messages.create(model="claude-sonnet-5-5", **ask)
        assert message.stop_reason == "refusal"
