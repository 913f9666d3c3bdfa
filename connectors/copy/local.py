"""`copy/local`: a GGUF file writes, in this process, through llama-cpp-python.

Source: llama-cpp-python 0.3 `llama.py`, `create_chat_completion`.
"""

import asyncio
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import closing, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Self

from connectors.sdk.images.refusals import refuse_unknown_extra
from connectors.sdk.llm import Growing, LLMRequest, LLMResponse, written
from triptych.contracts import About, Copy, CopyRequest, Usage, Watcher
from triptych.errors import Malformed, Rejected, Unsupported
from triptych.executor import run_blocking

NAME = "copy/local"
CONTEXT = 8_192  # tokens of question and answer together
MAX_TOKENS = 2_048  # of an answer
EXTRA_PARAMS = ("model", "context", "max_tokens", "temperature", "gpu_layers")


class LocalCopy:
    """Writes with a model file. One is kept in memory, and answers one call at a time."""

    about: ClassVar[About] = About(
        kind="copy",
        name="local",
        version="1",
        summary="Writes with a GGUF model file in this process; needs triptych[local].",
        capabilities=frozenset({"seed", "structured-fields"}),
        usd=0.0,
        seconds=60.0,
    )

    def __init__(self, model: str = "") -> None:
        self.model = model
        self._loaded: tuple[tuple[Any, ...], Any] | None = None
        self._turn = asyncio.Lock()  # a model has one state: it answers one at a time
        self._model_lock = threading.Lock()

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector; TRIPTYCH_LOCAL_MODEL names the file where a step does not."""
        return cls(env.get("TRIPTYCH_LOCAL_MODEL", ""))

    async def write(self, request: CopyRequest, watcher: Watcher, /) -> Copy:
        """Return `request.count` items, every text within its limit.

        `extra` takes `model` (the path of a .gguf file), `context` and `max_tokens`
        (tokens), `temperature`, `gpu_layers`.

        Raises:
            Unsupported: llama-cpp-python or the file is missing, unknown `extra`.
            Rejected: the question does not fit the context, or a limit cannot be kept.
        """
        refuse_unknown_extra(request.extra, EXTRA_PARAMS, NAME)
        return await written(request, self._say, watcher, NAME)

    async def _say(self, ask: LLMRequest, watcher: Watcher) -> LLMResponse:
        await self._turn.acquire()
        growing, stop = Growing(watcher), threading.Event()
        loop, started = asyncio.get_running_loop(), time.monotonic()

        def hear(piece: str) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(growing.add, piece)

        watcher.progress(0.02, "reads the model")
        work = asyncio.ensure_future(run_blocking(self._answer, ask, hear, stop))
        work.add_done_callback(self._release)
        try:
            await asyncio.shield(work)
        finally:
            stop.set()  # a cancelled call: its thread ends with the next token
        await asyncio.sleep(0)  # the last piece was sent before the thread ended
        if not growing.text:
            raise Malformed("answered no text", connector=NAME)
        name = Path(str(ask.extra.get("model") or self.model)).stem
        return LLMResponse(growing.text, Usage(name, time.monotonic() - started, 0.0))

    def _release(self, work: asyncio.Future[None]) -> None:
        """Let the next call start: the thread has ended, not only its caller's wait."""
        self._turn.release()
        if not work.cancelled():
            work.exception()  # a cancelled caller does not retrieve it

    def _answer(self, ask: LLMRequest, hear: Any, stop: threading.Event) -> None:
        """Load the model and let it answer; blocking.

        A model that decodes in two threads aborts the process, so the thread holds a
        lock of its own: it is still valid when the event loop of the call is closed.
        """
        with self._model_lock:
            if not stop.is_set():
                _complete(self._model(ask.extra), ask, hear, stop)

    def _model(self, extra: Mapping[str, Any]) -> Any:
        """Return the model, read once; blocking, seconds the first time."""
        path = str(extra.get("model") or self.model)
        context, layers = extra.get("context", CONTEXT), extra.get("gpu_layers", 0)
        wanted = (path, context, layers)
        if self._loaded is None or self._loaded[0] != wanted:
            self._loaded = None  # the old one goes before the new one comes: memory
            self._loaded = (wanted, _read(path, context, layers))
        return self._loaded[1]


def _read(path: str, context: int, layers: int) -> Any:
    if not path:
        message = "needs a model: extra.model or TRIPTYCH_LOCAL_MODEL names a .gguf file"
        raise Unsupported(message, connector=NAME)
    if not Path(path).is_file():
        raise Unsupported(f"there is no model file at {path}", connector=NAME)
    try:
        library = import_module("llama_cpp")
    except ImportError:
        message = "needs llama-cpp-python: pip install 'triptych[local]'"
        raise Unsupported(message, connector=NAME) from None
    try:
        return library.Llama(
            model_path=path, n_ctx=context, n_gpu_layers=layers, verbose=False
        )
    except (ValueError, RuntimeError) as error:
        message = f"cannot read {path} as a model: {error}"
        raise Unsupported(message, connector=NAME) from None


def _complete(model: Any, ask: LLMRequest, hear: Any, stop: threading.Event) -> None:
    """Let the model answer, piece by piece; blocking.

    Raises:
        Rejected: the question does not fit, or the answer was cut off.
    """
    reason = ""
    try:
        with closing(_chunks(model, ask)) as chunks:
            for chunk in chunks:
                if stop.is_set():
                    return
                choice = chunk["choices"][0]
                hear(choice.get("delta", {}).get("content") or "")
                reason = choice.get("finish_reason") or reason
    except ValueError as error:  # "Requested tokens (9000) exceed context window of 8192"
        message = f"{error}; raise extra.context"
        raise Rejected(message, connector=NAME) from None
    except (KeyError, IndexError, TypeError, AttributeError):
        message = "llama-cpp-python answered in another shape"
        raise Malformed(message, connector=NAME) from None
    if reason == "length":
        message = "the answer was cut off (length); raise extra.max_tokens"
        raise Rejected(message, connector=NAME)


def _chunks(model: Any, ask: LLMRequest) -> Generator[Any, None, None]:
    extra = ask.extra
    said = [{"role": turn.role, "content": turn.text} for turn in ask.turns]
    more = {"temperature": extra["temperature"]} if "temperature" in extra else {}
    yield from model.create_chat_completion(
        messages=[{"role": "system", "content": ask.system}, *said],
        response_format={"type": "json_object", "schema": dict(ask.schema)},
        seed=ask.seed,
        max_tokens=extra.get("max_tokens", MAX_TOKENS),
        stream=True,
        **more,
    )
