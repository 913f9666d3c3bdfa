"""Where secrets come from: the environment, a `.env` file, keys kept in Prefect.

The first that has a name wins. Values are read when they are used and live nowhere else:
in no parameter, no log, no manifest, no key of a record.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from triptych.errors import DefinitionError, Problem

Source = tuple[str, Mapping[str, str]]  # what people call it, and what it holds


class Environment(Mapping[str, str]):
    """Names to values, from several sources."""

    def __init__(self, *sources: Source) -> None:
        self._sources = sources

    def __getitem__(self, name: str) -> str:
        for _, source in self._sources:
            if value := source.get(name):
                return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for _, source in self._sources for name in source))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"Environment({', '.join(said for said, _ in self._sources)})"

    def where(self, name: str) -> str:
        """Return what people call the source that has `name`; empty if none has."""
        return next((said for said, source in self._sources if source.get(name)), "")


def environment(*folders: Path, more: tuple[Source, ...] = ()) -> Environment:
    """Return the process's environment, then the `.env` of each folder, then `more`.

    Raises:
        DefinitionError: a `.env` file cannot be read.
    """
    files = dict.fromkeys((folder / ".env").resolve() for folder in (Path(), *folders))
    found = [(str(file), read_env(file)) for file in files if file.is_file()]
    return Environment(("the environment", os.environ), *found, *more)


def read_env(file: Path) -> Mapping[str, str]:
    """Return what a `.env` file says: NAME=value lines, quotes, `export`, comments.

    Nothing is expanded: a `$` in a password is a `$`.

    Raises:
        DefinitionError: it cannot be read, or a line is none of the above.
    """
    from dotenv.main import DotEnv
    from dotenv.parser import parse_stream

    from triptych.documents.yaml import read_text

    read_text(file)  # says clearly what is wrong with its bytes
    with file.open(encoding="utf-8-sig") as stream:
        bad = [each.original.line for each in parse_stream(stream) if each.error]
    if bad:
        said = "is not NAME=value"  # the line itself may hold a secret
        raise DefinitionError(
            [Problem(str(file), line, 1, "file", said, "T104") for line in bad]
        )
    values = DotEnv(file, interpolate=False, encoding="utf-8-sig").dict()
    return {name: value for name, value in values.items() if value}
