"""`compose/images` as a connector: what it declares, without importing the compositor.

`triptych check` reads the declaration of every connector and paints nothing.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from triptych.contracts import About, ComposeRequest, Composition, Watcher
from triptych.executor import run_blocking


def _machine_fonts(request: Any) -> Mapping[str, Any]:
    from triptych.compose.fonts_used import machine_fonts

    return machine_fonts(request)


def _compose(request: ComposeRequest) -> Composition:
    from triptych.compose.images import compose

    return compose(request)


class ComposeImages:
    """Lays out and paints one placement."""

    about: ClassVar[About] = About(
        kind="compose",
        name="images",
        version="26",
        summary=(
            "Lays out and paints every placement; contrast and safe zones are measured."
        ),
        seconds=0.4,
        machine=_machine_fonts,
    )

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a compositor; `env` is not used."""
        del env
        return cls()

    async def compose(self, request: ComposeRequest, watcher: Watcher, /) -> Composition:
        """Return the picture, its plate, its layout, and the product's mask.

        Raises:
            TextOverflow: a text does not fit at the smallest legible size.
            ComposeError: no layout fits, or the file would be too heavy.
        """
        watcher.progress(0.0, request.placement)
        return await run_blocking(_compose, request)
