"""Where secrets come from: the environment, a `.env` file, keys kept in Prefect.

The first source that has a name wins. Values are read when they are used and are kept
nowhere else: in no parameter, log, manifest or key of a record.
"""

import os
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path

from triptych.documents.files import exists
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
        return f"Environment({', '.join(name for name, _ in self._sources)})"

    def where(self, name: str) -> str:
        """Return what people call the source that has `name`; empty if none has."""
        sources = (label for label, source in self._sources if source.get(name))
        return next(sources, "")


def environment(*folders: Path, more: tuple[Source, ...] = ()) -> Environment:
    """Return the process's environment, then the `.env` of each folder, then `more`.

    Raises:
        DefinitionError: a `.env` file cannot be read.
        FileNotFoundError: the current folder was deleted; the command line says so.
    """
    files = dict.fromkeys((folder / ".env").resolve() for folder in (Path(), *folders))
    sources = [(str(file), read_env(file)) for file in files if _is_file(file)]
    return Environment(("the environment", os.environ), *sources, *more)


def _is_file(path: Path) -> bool:
    """Return whether `path` is there; a folder `.env` is a Python environment."""
    return exists(path) and not path.is_dir()


def read_env(file: Path) -> Mapping[str, str]:
    """Return the values of a `.env` file: NAME=value lines, quotes, `export`, comments.

    Nothing is expanded: a `$` in a password is a `$`.

    Raises:
        DefinitionError: it cannot be read, or a line is none of the above.
    """
    from dotenv.parser import parse_stream

    from triptych.documents.yaml import read_text

    text = read_text(file)  # read once: what is checked is what is used
    bindings = list(parse_stream(StringIO(text)))
    wrong = [binding.original.line for binding in bindings if binding.error]
    if wrong:
        message = "is not NAME=value"  # the line itself may hold a secret
        raise DefinitionError(
            [Problem(str(file), line, 1, "file", message, "T104") for line in wrong]
        )
    return {
        binding.key: binding.value for binding in bindings if binding.key and binding.value
    }
