"""Layouts: archetypes as data, from templates/layouts/*.yaml."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from triptych.checking import validated
from triptych.data import templates
from triptych.documents import load_document
from triptych.errors import ComposeError, DefinitionError

Shares = tuple[float, float, float, float]  # x, y, width, height, 0 to 1


@dataclass(frozen=True, slots=True)
class LayoutFile:
    """A layout as it is written. Shares are of the whole picture, `text` of its safe zone
    where the ground is a picture."""

    says: str
    structure: Literal["column", "row"]
    aspect: tuple[float, float]  # width / height that it is made for
    ground: Literal["picture", "panel"]
    text: Shares
    picture: Shares | None = None
    align: Literal["start", "middle", "end"] = "middle"


@dataclass(frozen=True, slots=True)
class Layout:
    """An archetype: where picture and type go, for a range of proportions."""

    name: str
    file: LayoutFile

    def fits(self, aspect: float) -> bool:
        """Say whether the layout is made for pictures of this width / height."""
        low, high = self.file.aspect
        return low <= aspect <= high


@functools.cache
def layouts(folder: Path | None = None) -> Mapping[str, Layout]:
    """Return every layout in `folder` (those that ship, if none is given), by name.

    Raises:
        DefinitionError: a layout file is wrong; lists every problem.
    """
    found = {}
    for path in sorted((folder or templates() / "layouts").glob("*.yaml")):
        tree = load_document(path)
        file, problems = validated(LayoutFile, tree.data, tree, ())
        if file is None:
            raise DefinitionError(problems)
        found[path.stem] = Layout(path.stem, file)
    return MappingProxyType(found)


def layout(name: str) -> Layout:
    """Return the layout called `name`.

    Raises:
        ComposeError: there is none; names those there are.
    """
    try:
        return layouts()[name]
    except KeyError:
        known = ", ".join(layouts())
        raise ComposeError(f"no layout is called {name!r}; there are: {known}") from None
