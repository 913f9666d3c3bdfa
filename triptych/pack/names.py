"""File names in packs: readable, safe on every system, unique."""

import re
from collections.abc import Mapping

from triptych.slugs import path_part


def safe(text: str) -> str:
    """Return `text` as one path part: letters, digits, dots, dashes, underscores."""
    return path_part(text, 100, ascii_only=True)


def file_name(pattern: str, values: Mapping[str, str]) -> str:
    """Return the name by `pattern`; separators around empty parts are removed.

    `pattern` is the workflow's `pack.files`, e.g. "{placement}_{width}x{height}.{ext}".
    """
    filled = re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], ""), pattern)
    stem, dot, ext = filled.rpartition(".")
    stem = re.sub(r"(?<![a-zA-Z0-9])x(?![a-zA-Z0-9])", "", stem)  # no size: no "x" alone
    stem = re.sub(r"[_-]{2,}", "_", stem).strip("_-. ")
    return f"{safe(stem)}{dot}{safe(ext)}" if dot else safe(filled)


class Names:
    """Assigns unique names in one pack; a repeated name gets a number."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def take(self, folder: str, name: str) -> str:
        """Return `folder/name`, numbered if it exists (case-insensitive)."""
        stem, dot, ext = name.partition(".")
        path, number = f"{folder}/{name}", 1
        while path.casefold() in self.taken:
            number += 1
            path = f"{folder}/{stem}-{number}{dot}{ext}"
        self.taken.add(path.casefold())
        return path
