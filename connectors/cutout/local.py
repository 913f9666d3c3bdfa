"""`cutout/local`: GrabCut on this machine; says when it is unsure.

It is statistics of colour, not a model: it cuts a product from a ground of other
colours well, and people, hair and white on white badly.
"""

import time
from collections.abc import Mapping
from typing import ClassVar, Self

from triptych.contracts import About, Cutout, CutoutRequest, Finding, Usage, Watcher
from triptych.errors import PictureError, Rejected
from triptych.executor import run_blocking


class LocalCutout:
    """Cuts the subject of a picture from its ground."""

    about: ClassVar[About] = About(
        kind="cutout",
        name="local",
        version="1",
        summary="Cuts a product from a plainer ground by colour (GrabCut); not for hair.",
        capabilities=frozenset({"transparent"}),
        seconds=1.5,
    )

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector; it needs nothing from `env`."""
        del env
        return cls()

    async def cut(self, request: CutoutRequest, watcher: Watcher, /) -> Cutout:
        """Return the subject with alpha, at the size of the picture.

        Raises:
            Rejected: the picture cannot be decoded.
        """
        watcher.progress(0.0, "looks for the subject")
        try:
            return await run_blocking(_cut, request)
        except PictureError as error:
            raise Rejected(str(error), connector="cutout/local") from None


def _cut(request: CutoutRequest) -> Cutout:
    from triptych.raster.intake import decode, encode_png
    from triptych.vision.grabcut import SURE, cut_subject

    started = time.monotonic()
    found = cut_subject(decode(request.image.data, "the picture to cut"))
    findings = []
    if found.score < SURE:
        message = (
            f"ground and subject are too alike to be sure of the cut ({found.score:.2f} "
            f"of {SURE}); hand in a PNG with alpha, or a photo on a plainer ground"
        )
        findings.append(Finding("cutout", "note", message, evidence={"score": found.score}))
    usage = Usage("grabcut", time.monotonic() - started, 0.0)
    return Cutout(encode_png(found.image), request.image.size, usage, tuple(findings))
