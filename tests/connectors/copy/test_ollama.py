"""copy/ollama against a fake that Ollama's own client proves first."""

from typing import Any

import ollama
import pytest

from connectors.copy.ollama import OllamaCopy
from connectors.sdk.providers.ollama import with_host
from tests.contracts.copy import CopyContract, Silent, a_request
from tests.contracts.image import Seen
from tests.contracts.provider import ProviderContract
from tests.fakes.ollama import FakeOllama
from tests.fakes.server import Fault, Loopback
from triptych.errors import Malformed, Rejected, Unavailable, Unsupported


@pytest.fixture
def local(loopback: Loopback) -> FakeOllama:
    return loopback.show(FakeOllama())


@pytest.fixture
def connector(local: FakeOllama) -> OllamaCopy:
    return OllamaCopy.from_env(local.env())


class TestOllamaCopy(CopyContract, ProviderContract):
    fake_type, connector_type, paid = FakeOllama, OllamaCopy, False

    @pytest.fixture
    def connector(self, fake: FakeOllama) -> OllamaCopy:
        connector: OllamaCopy = self.opened(fake)
        return connector

    async def call(self, connector: Any) -> object:
        return await connector.write(a_request(), Silent())


async def test_what_is_sent_is_the_harness_a_schema_and_enough_room(
    local: FakeOllama, connector: OllamaCopy
) -> None:
    extra = {"options": {"temperature": 0.4}, "think": False, "keep_alive": "5m"}
    await connector.write(a_request(seed=7, extra=extra), Silent())
    sent = local.sent[-1]
    assert sent["messages"][0]["role"] == "system"
    assert sent["format"]["required"] == ["items"]
    assert sent["options"] == {"num_ctx": 8192, "seed": 7, "temperature": 0.4}
    assert (sent["think"], sent["keep_alive"]) == (False, "5m")


async def test_a_model_that_is_not_there_says_how_to_get_it(connector: OllamaCopy) -> None:
    with pytest.raises(Rejected, match="get it with `ollama pull qwen3`"):
        await connector.write(a_request(extra={"model": "qwen3"}), Silent())


async def test_a_cut_off_answer_says_the_cure(
    local: FakeOllama, connector: OllamaCopy
) -> None:
    local.reason = "length"
    with pytest.raises(Rejected, match=r"raise extra\.options\.num_ctx"):
        await connector.write(a_request(), Silent())


async def test_an_error_inside_the_stream_is_one(
    local: FakeOllama, connector: OllamaCopy
) -> None:
    local.breaks = "server busy, please try again"
    with pytest.raises(Unavailable, match="server busy"):
        await connector.write(a_request(), Silent())


async def test_an_empty_answer_is_malformed(
    local: FakeOllama, connector: OllamaCopy
) -> None:
    local.writer.says = " "
    with pytest.raises(Malformed, match="without an answer"):
        await connector.write(a_request(), Silent())


async def test_it_costs_nothing_and_counts_its_tokens(connector: OllamaCopy) -> None:
    seen = Seen()
    usage = (await connector.write(a_request(), seen)).usage
    assert usage.usd == 0.0
    assert usage.units == {"input_tokens": 300, "output_tokens": 120}
    assert len(seen.steps) > 3


async def test_unknown_extra_is_refused(local: FakeOllama, connector: OllamaCopy) -> None:
    with pytest.raises(Unsupported, match=r"extra\.temperature"):
        await connector.write(a_request(extra={"temperature": 0.1}), Silent())
    assert not local.calls


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1:9999", "http://127.0.0.1:9999"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("http://box.local:11434", "http://box.local:11434"),
        ("https://ollama.example", "https://ollama.example:11434"),
    ],
)
def test_the_address_that_ollama_itself_reads_is_read(host: str, url: str) -> None:
    found = with_host({"OLLAMA_HOST": host})
    assert found["TRIPTYCH_OLLAMA_BASE_URL"] == url
    assert OllamaCopy.from_env({"OLLAMA_HOST": host}).line.address.url == url


def test_without_an_address_it_is_this_machine() -> None:
    assert OllamaCopy.from_env({}).line.address.url == "http://localhost:11434"
    ours = {"OLLAMA_HOST": "other", "TRIPTYCH_OLLAMA_BASE_URL": "http://ours:1"}
    assert OllamaCopy.from_env(ours).line.address.url == "http://ours:1"


class TestTheFake:
    """Ollama's own client reads the fake's answers, and its errors as its own."""

    @pytest.fixture
    def sdk(self, local: FakeOllama) -> ollama.AsyncClient:
        return ollama.AsyncClient(host=local.origin)

    MESSAGES: Any = (
        {"role": "system", "content": "You write."},
        {"role": "user", "content": "Write 1 items"},
    )

    async def test_answers_the_client(self, sdk: ollama.AsyncClient) -> None:
        answer = await sdk.chat(
            "llama3.2", messages=self.MESSAGES, options={"seed": 7, "temperature": 0.1}
        )
        assert "items" in (answer.message.content or "")
        assert answer.eval_count == 120

    async def test_streams_to_the_client(
        self, local: FakeOllama, sdk: ollama.AsyncClient
    ) -> None:
        local.writer.says = "Ripe figs, picked this morning, at your door in two days."
        stream = await sdk.chat("llama3.2", messages=self.MESSAGES, stream=True)
        parts = [part async for part in stream]
        assert "".join(p.message.content or "" for p in parts) == local.writer.says
        assert parts[-1].done_reason == "stop"

    async def test_refuses_as_ollama_does(self, sdk: ollama.AsyncClient) -> None:
        with pytest.raises(ollama.ResponseError, match="model 'x' not found") as caught:
            await sdk.chat("x", messages=self.MESSAGES)
        assert caught.value.status_code == 404


async def test_a_dropped_line_is_asked_again_for_nothing_is_charged(
    loopback: Loopback,
) -> None:
    ollama = loopback.show(FakeOllama())
    ollama.fault = Fault("truncated")
    with pytest.raises(Unavailable) as caught:
        await OllamaCopy.from_env(ollama.env()).write(a_request(), Silent())
    assert not caught.value.maybe_charged
    assert "charged" not in str(caught.value)


async def test_a_server_that_is_not_started_says_how() -> None:
    env = {"OLLAMA_HOST": "127.0.0.1:9"}
    with pytest.raises(Unavailable, match="start it with `ollama serve`"):
        await OllamaCopy.from_env(env).write(a_request(), Silent())
