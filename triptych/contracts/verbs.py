"""One Protocol per kind, one verb each."""

from collections.abc import Mapping
from typing import ClassVar, Protocol, Self

from triptych.contracts.about import About, Watcher
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
