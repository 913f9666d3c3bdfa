"""One Protocol per kind, with one verb each, and the optional Protocols of connectors."""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

from triptych.contracts.about import About, Account, Watcher
from triptych.contracts.answers import Composition, Copy, Cutout, Deck, Image, Judgement
from triptych.contracts.requests import (
    ComposeRequest,
    CopyRequest,
    CutoutRequest,
    ImageRequest,
    JudgeRequest,
    SlidesRequest,
    UpscaleRequest,
)


class Connector(Protocol):
    """The members that connectors of all kinds share."""

    about: ClassVar[About]

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector configured from `env`.

        Raises:
            Unauthorized: the key is not in `env`.
        """
        ...


@runtime_checkable
class MeteredConnector(Protocol):
    """A connector whose calls count against an account.

    Connectors that run on this machine do not have one.
    """

    @property
    def account(self) -> Account:
        """Return the account; accounts with equal ids share one limit in a run."""
        ...


@runtime_checkable
class QueuedConnector(Protocol):
    """A connector of a provider with a queue: its job survives a crash of this process.

    The engine calls these methods instead of the verb and stores the job between them, so
    that the next run collects it and does not pay again.
    """

    async def submit(self, request: Any, /) -> Mapping[str, Any]:
        """Submit a job and return the data that `collect` needs, as plain data.

        Raises:
            ConnectorError: the provider did not accept it.
        """
        ...

    async def collect(
        self, job: Mapping[str, Any], request: Any, watcher: Watcher, /
    ) -> Any:
        """Wait for the job and return the answer of the connector's kind.

        Raises:
            Unavailable: the job is not done yet; with `job_over` it never will be.
            ConnectorError: the job failed; the next run submits another one.
        """
        ...


@runtime_checkable
class ParallelCompositor(Protocol):
    """A compositor that composes more placements at once than one machine does."""

    at_once: int


class CopyConnector(Connector, Protocol):
    """Writes copy."""

    async def write(self, request: CopyRequest, watcher: Watcher, /) -> Copy:
        """Return `request.count` items with every field of `request.fields`.

        Raises:
            ConnectorError: see `triptych.errors`; nothing else escapes.
        """
        ...


class ImageConnector(Connector, Protocol):
    """Draws images."""

    async def draw(self, request: ImageRequest, watcher: Watcher, /) -> Image:
        """Return one image of exactly `request.size`.

        Raises:
            ConnectorError: see `triptych.errors`; nothing else escapes.
        """
        ...


class CutoutConnector(Connector, Protocol):
    """Cuts subjects out."""

    async def cut(self, request: CutoutRequest, watcher: Watcher, /) -> Cutout:
        """Return the subject with alpha, at the size of the picture.

        Raises:
            ConnectorError: see `triptych.errors`; nothing else escapes.
        """
        ...


class UpscaleConnector(Connector, Protocol):
    """Enlarges pictures."""

    async def enlarge(self, request: UpscaleRequest, watcher: Watcher, /) -> Image:
        """Return the same picture at exactly `request.size`.

        Raises:
            ConnectorError: see `triptych.errors`; nothing else escapes.
        """
        ...


class SlidesConnector(Connector, Protocol):
    """Builds decks."""

    async def build(self, request: SlidesRequest, watcher: Watcher, /) -> Deck:
        """Return a .pptx: one slide per item of the outline, then the required charts.

        Raises:
            ConnectorError: see `triptych.errors`; nothing else escapes.
        """
        ...


class JudgeConnector(Connector, Protocol):
    """Judges candidates."""

    async def judge(self, request: JudgeRequest, watcher: Watcher, /) -> Judgement:
        """Return a score from 0 to 1 and a reason for each candidate, in order.

        Raises:
            ConnectorError: see `triptych.errors`; nothing else escapes.
        """
        ...


class Compositor(Connector, Protocol):
    """Lays out and paints placements; the implementation is in `triptych.compose`."""

    async def compose(self, request: ComposeRequest, watcher: Watcher, /) -> Composition:
        """Return the files of one placement or document.

        Raises:
            ComposeError: the parts do not fit, and the overflow policy is to fail.
        """
        ...
