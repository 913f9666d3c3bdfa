"""copy/local against a stand-in for llama_cpp: there is no model file to test with here.

What the stand-in does, llama-cpp-python 0.3 does: `Llama(model_path=…)`, and
`create_chat_completion(stream=True)` yielding chunks in OpenAI's shape.
"""

import asyncio
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from connectors.copy.local import LocalCopy
from tests.contracts.copy import CopyContract, Silent, a_request
from tests.contracts.image import Seen
from tests.fakes.writer import Writer
from triptych.errors import Malformed, Rejected, Unsupported


class Llama:
    """Stands in for `llama_cpp.Llama`."""

    opened: list[dict[str, Any]]
    writer: Writer
    asked: list[dict[str, Any]]
    reason = "stop"
    waits: threading.Event | None = None
    ended = 0
    decoding = 0
    most_decoding = 0  # more than one at once aborts the real library's process

    def __init__(self, **settings: Any) -> None:
        type(self).opened.append(settings)
        if "broken" in settings["model_path"]:
            raise ValueError(f"Failed to load model from file: {settings['model_path']}")
        self.context = settings["n_ctx"]

    def create_chat_completion(self, **asked: Any) -> Iterator[dict[str, Any]]:
        type(self).asked.append(asked)
        system, *turns = [message["content"] for message in asked["messages"]]
        if len(system) // 4 > self.context:
            raise ValueError(f"Requested tokens (9000) exceed context {self.context}")
        return self.chunks(
            self.writer.answer(system, turns, asked["response_format"]["schema"])
        )

    def chunks(self, text: str) -> Iterator[dict[str, Any]]:
        yield {"choices": [{"delta": {"role": "assistant"}, "finish_reason": None}]}
        kind = type(self)
        kind.decoding += 1
        kind.most_decoding = max(kind.most_decoding, kind.decoding)
        try:
            for start in range(0, len(text), 30):
                delta = {"content": text[start : start + 30]}
                yield {"choices": [{"delta": delta, "finish_reason": None}]}
                if self.waits is not None:
                    self.waits.wait(5)
            yield {"choices": [{"delta": {}, "finish_reason": self.reason}]}
        finally:
            kind.decoding -= 1
            kind.ended += 1


@pytest.fixture
def llama(monkeypatch: pytest.MonkeyPatch) -> type[Llama]:
    fresh = type("Llama", (Llama,), {"opened": [], "asked": [], "writer": Writer()})
    monkeypatch.setitem(sys.modules, "llama_cpp", SimpleNamespace(Llama=fresh))
    return fresh


@pytest.fixture
def model(tmp_path: Path) -> str:
    file = tmp_path / "tiny.gguf"
    file.write_bytes(b"GGUF")
    return str(file)


@pytest.fixture
def connector(llama: type[Llama], model: str) -> LocalCopy:
    del llama
    return LocalCopy.from_env({"TRIPTYCH_LOCAL_MODEL": model})


class TestLocalCopy(CopyContract):
    @pytest.fixture
    def connector(self, llama: type[Llama], model: str) -> LocalCopy:
        del llama
        return LocalCopy.from_env({"TRIPTYCH_LOCAL_MODEL": model})


async def test_the_model_is_read_once_and_held_to_a_schema(
    llama: type[Llama], connector: LocalCopy, model: str
) -> None:
    await connector.write(a_request(seed=7, extra={"temperature": 0.2}), Silent())
    copy = await connector.write(a_request(), Silent())
    settings = {"model_path": model, "n_ctx": 8192, "n_gpu_layers": 0, "verbose": False}
    assert llama.opened == [settings]
    assert llama.asked[0]["seed"] == 7
    assert llama.asked[0]["temperature"] == 0.2
    assert llama.asked[0]["response_format"]["type"] == "json_object"
    assert copy.usage.model == "tiny"
    assert copy.usage.usd == 0.0


async def test_another_model_takes_the_place_of_the_first(
    llama: type[Llama], connector: LocalCopy, tmp_path: Path
) -> None:
    other = tmp_path / "other.gguf"
    other.write_bytes(b"GGUF")
    await connector.write(a_request(), Silent())
    await connector.write(a_request(extra={"model": str(other)}), Silent())
    assert [settings["model_path"][-10:] for settings in llama.opened] == [
        "/tiny.gguf",
        "other.gguf",
    ]


async def test_calls_at_once_take_turns(llama: type[Llama], connector: LocalCopy) -> None:
    both = await asyncio.gather(
        connector.write(a_request(), Silent()), connector.write(a_request(), Silent())
    )
    assert len(both) == 2
    assert len(llama.opened) == 1
    assert llama.ended == 2


async def test_progress_is_seen(connector: LocalCopy) -> None:
    seen = Seen()
    await connector.write(a_request(), seen)
    assert len(seen.steps) > 3
    assert seen.steps == sorted(seen.steps)


async def test_a_cancelled_call_stops_the_model_at_its_next_word(
    llama: type[Llama], connector: LocalCopy
) -> None:
    llama.waits = threading.Event()
    calling = asyncio.create_task(connector.write(a_request(count=4), Silent()))
    while not llama.asked:
        await asyncio.sleep(0.01)
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    llama.waits.set()
    for _ in range(200):
        if llama.ended:
            break
        await asyncio.sleep(0.01)
    assert llama.ended == 1


async def test_a_call_after_a_time_limit_waits_for_the_thread_of_the_first(
    llama: type[Llama], connector: LocalCopy
) -> None:
    llama.waits = threading.Event()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await connector.write(a_request(count=4), Silent())
    second = asyncio.create_task(connector.write(a_request(), Silent()))
    await asyncio.sleep(0.05)
    assert llama.decoding == 1  # the first thread still decodes, the second call waits
    llama.waits.set()
    await second
    assert llama.most_decoding == 1


def test_a_call_on_another_loop_waits_for_the_thread_of_the_first(
    llama: type[Llama], connector: LocalCopy
) -> None:
    llama.waits = threading.Event()

    async def stopped() -> None:
        async with asyncio.timeout(0.05):
            await connector.write(a_request(count=4), Silent())

    with pytest.raises(TimeoutError):
        asyncio.run(stopped())
    threading.Timer(0.05, llama.waits.set).start()
    asyncio.run(connector.write(a_request(), Silent()))
    assert llama.most_decoding == 1


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ({"model": "/nowhere/x.gguf"}, "there is no model file at /nowhere/x.gguf"),
        ({"mood": "sunny"}, r"extra\.mood"),
    ],
)
async def test_what_is_missing_is_told(
    connector: LocalCopy, extra: dict[str, Any], says: str
) -> None:
    with pytest.raises(Unsupported, match=says):
        await connector.write(a_request(extra=extra), Silent())


async def test_without_a_model_it_says_how_to_name_one() -> None:
    with pytest.raises(Unsupported, match=r"extra\.model or TRIPTYCH_LOCAL_MODEL"):
        await LocalCopy.from_env({}).write(a_request(), Silent())


async def test_without_the_library_it_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    with pytest.raises(Unsupported, match=r"pip install 'triptych\[local\]'"):
        await LocalCopy(model).write(a_request(), Silent())


async def test_a_file_that_is_no_model_is_told(
    connector: LocalCopy, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"nothing")
    with pytest.raises(Unsupported, match="Failed to load model"):
        await connector.write(a_request(extra={"model": str(broken)}), Silent())


async def test_a_brief_that_does_not_fit_says_the_cure(connector: LocalCopy) -> None:
    with pytest.raises(Rejected, match=r"exceed context 256; raise extra\.context"):
        await connector.write(a_request(extra={"context": 256}), Silent())


async def test_a_cut_off_answer_says_the_cure(
    llama: type[Llama], connector: LocalCopy
) -> None:
    llama.reason = "length"
    with pytest.raises(Rejected, match=r"raise extra\.max_tokens"):
        await connector.write(a_request(), Silent())


async def test_an_empty_answer_is_malformed(
    llama: type[Llama], connector: LocalCopy
) -> None:
    llama.writer.says = ""
    with pytest.raises(Malformed, match="no text"):
        await connector.write(a_request(), Silent())
