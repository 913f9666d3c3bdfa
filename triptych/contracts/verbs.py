"""One Protocol per kind, one verb each, and what a connector of any kind may declare."""

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
    """What all kinds share."""

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
    """A connector whose calls count against an account; none: it runs on this machine."""

    @property
    def account(self) -> Account:
        """Return the account; equal ids share one limit in a run."""
        ...


@runtime_checkable
class QueuedConnector(Protocol):
    """A connector of a provider with a queue: its job outlives a crash of ours.

    The engine calls these in place of the verb. The job is kept between the two, so that
    the next run collects it and does not pay again.
    """

    async def submit(self, request: Any, /) -> Mapping[str, Any]:
        """Submit a job and return what `collect` needs, as plain data.

        Raises:
            ConnectorError: the provider did not take it.
        """
        ...

    async def collect(
        self, job: Mapping[str, Any], request: Any, watcher: Watcher, /
    ) -> Any:
        """Wait for the job and return the answer of the connector's kind.

        Raises:
            Unavailable: it is not done yet; with `job_over` it never will be.
            ConnectorError: it failed; another one is submitted by the next run.
        """
        ...


@runtime_checkable
class ParallelCompositor(Protocol):
    """A compositor that composes more placements at once than one machine would."""

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
        """Return a .pptx: one slide per item of the outline, then what must be shown.

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
    """Lays out and paints; lives in `triptych.compose`, not behind the network."""

    async def compose(self, request: ComposeRequest, watcher: Watcher, /) -> Composition:
        """Return the files of one placement or document.

        Raises:
            ComposeError: the parts do not fit and the overflow policy says fail.
        """
        ...
