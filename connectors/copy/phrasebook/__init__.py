"""`copy/phrasebook`: copy from hand-written phrases and the brief's own words.

No model: it never invents a number or a claim, and it never surprises. What it writes
is as good as the brief's proposition and facts are.
"""

import time
from collections.abc import Mapping
from typing import ClassVar, Self

from triptych.contracts import About, Copy, CopyRequest, Usage, Watcher
from triptych.documents.yaml import did_you_mean
from triptych.errors import Rejected, Unsupported
from triptych.executor import run_blocking

# field -> what is written into it; several names for one idea, as channels use them
FIELDS: Mapping[str, str] = {
    "headline": "headline",
    "title": "headline",
    "subject": "headline",
    "long_headline": "headline",
    "hook": "headline",
    "body": "body",
    "primary_text": "body",
    "description": "body",
    "caption": "body",
    "preheader": "body",
    "text": "body",
    "cta": "cta",
    "button": "cta",
    "offer": "offer",
    "badge": "offer",
    "legal": "legal",
    "kicker": "kicker",
    "angle": "angle",
    "scene": "scene",
    "points": "points",
    "notes": "notes",
}


class Phrasebook:
    """Writes copy from phrases and facts."""

    about: ClassVar[About] = About(
        kind="copy",
        name="phrasebook",
        version="2",
        summary=(
            "Fills hand-written phrases (en, de, es, fr) with a brief's facts; no model."
        ),
        capabilities=frozenset({"seed", "structured-fields"}),
        languages=frozenset({"de", "en", "es", "fr"}),  # templates/phrases
        seconds=0.05,
    )

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a phrasebook; it needs nothing from `env`."""
        del env
        return cls()

    async def write(self, request: CopyRequest, watcher: Watcher, /) -> Copy:
        """Return `request.count` items, best first, every text within its limit.

        Raises:
            Unsupported: a field or the language is not one it knows.
            Rejected: the brief has no product, or a limit is too short for any phrase.
        """
        watcher.progress(0.0, "writes")
        _refuse(request)
        return await run_blocking(_write, request)


def _refuse(request: CopyRequest) -> None:
    name = "copy/phrasebook"
    if not request.fields:
        raise Unsupported("needs `fields`, e.g. {headline: 40}", connector=name)
    for field in request.fields:
        if field not in FIELDS:
            hint = did_you_mean(field, FIELDS) or "no field is like it."
            known = ", ".join(sorted(FIELDS))
            message = f"does not know the field {field!r}; {hint} It knows: {known}"
            raise Unsupported(message, connector=name)
    if not request.brief.product.strip():
        raise Rejected("the brief has no product to write about", connector=name)
    if not 1 <= request.count <= 50:
        raise Unsupported("writes 1 to 50 items", connector=name)


def _write(request: CopyRequest) -> Copy:
    from connectors.copy.phrasebook.writing import write_items

    started = time.monotonic()
    items, findings = write_items(request, FIELDS)
    return Copy(items, Usage("phrasebook-1", time.monotonic() - started, 0.0), findings)
