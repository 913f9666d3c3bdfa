"""`slides/pptx`: native, editable PowerPoint, built on this machine."""

import time
from collections.abc import Mapping
from typing import ClassVar, Self

from triptych.contracts import About, Deck, Finding, SlidesRequest, Usage, Watcher
from triptych.errors import PictureError, Rejected, Unsupported
from triptych.executor import run_blocking


class PptxSlides:
    """Builds decks with python-pptx."""

    about: ClassVar[About] = About(
        kind="slides",
        name="pptx",
        version="3",
        summary="Builds native PowerPoint: theme colours, charts, tables, notes, alt text.",
        seconds=2.0,
    )

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector; it needs nothing from `env`."""
        del env
        return cls()

    async def build(self, request: SlidesRequest, watcher: Watcher, /) -> Deck:
        """Return a .pptx: the slides of the outline and the exhibits of the brief.

        Raises:
            Unsupported: a template is given; `triptych check` refuses it earlier.
            Rejected: the outline is empty, or a picture cannot be decoded.
        """
        watcher.progress(0.0, "builds slides")
        if request.template is not None:
            raise Unsupported(
                "does not map templates yet; leave it out", connector="slides/pptx"
            )
        if not any(item.get("title", "").strip() for item in request.outline):
            raise Rejected("the outline has no slide with a title", connector="slides/pptx")
        try:
            return await run_blocking(_build, request)
        except PictureError as error:
            raise Rejected(str(error), connector="slides/pptx") from None


def _build(request: SlidesRequest) -> Deck:
    from triptych.decks.render import build_deck

    started = time.monotonic()
    data, count, findings = build_deck(request)
    family = request.brand.type.headline.family
    note = f"names the family {family}; a viewer without it sets another one instead"
    fonts = Finding("fonts", "note", note, "deck")
    usage = Usage("python-pptx", time.monotonic() - started, 0.0)
    return Deck(data, count, usage, (*findings, fonts))
