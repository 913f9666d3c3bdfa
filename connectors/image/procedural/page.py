"""The vocabulary as Markdown, for docs/connectors/image-procedural.md; a test compares."""

from collections.abc import Mapping
from typing import Any

from connectors.image.procedural.vocabulary import (
    BODIES,
    LIGHT,
    LOOKS,
    ROOMS,
    SCENES,
    STANDING,
)

START, END = "<!-- vocabulary -->", "<!-- end of vocabulary -->"


def vocabulary_table() -> str:
    """Return a Markdown table of every phrase that a prompt may use."""
    rows = ["| what | is | words |", "|---|---|---|"]
    tables: tuple[tuple[str, Mapping[Any, tuple[str, ...]]], ...] = (
        ("scene", SCENES),
        ("body", BODIES),
        ("light", LIGHT),
        ("room for type", ROOMS),
    )
    for what, table in tables:
        rows += [
            f"| {what} | `{name}` | {', '.join(words)} |" for name, words in table.items()
        ]
    rows.append(f"| colour | the brand's nearest leads | {', '.join(LOOKS)} |")
    rows.append(f"| props | always there | {', '.join(STANDING)} |")
    return "\n".join(rows)
