"""Access to JSON from providers, with checks of types."""

import base64
import binascii
from collections.abc import Iterator
from typing import Any, Final

from triptych.errors import ConnectorError, Malformed

_MISSING: Final = object()
MAX_NUMBER = 1e300  # an integer of more digits is no float


class Data:
    """A JSON value of a provider. A missing value or one of another type is `Malformed`.

    Paths are keys and indexes: `answer.text("data", 0, "b64_json")`. A method with a
    `default` returns it if the path does not exist or the value is null.
    """

    __slots__ = ("_connector", "_refusal", "_where", "value")

    def __init__(
        self,
        value: Any,
        connector: str,
        where: str = "the answer",
        refusal: ConnectorError | None = None,
    ) -> None:
        self.value, self._connector, self._where = value, connector, where
        # the error that the body reports; raised instead when a value is missing
        self._refusal = refusal

    def text(self, *path: str | int, default: Any = _MISSING) -> str:
        """Return the string at `path`."""
        return str(self._typed(path, str, "text", default))

    def number(self, *path: str | int, default: Any = _MISSING) -> float:
        """Return the number at `path`; booleans are not numbers."""
        found = self._typed(path, (int, float), "a number", default)
        if isinstance(found, bool) or abs(found) > MAX_NUMBER:
            raise self._wrong(path, "is not a number")
        return float(found)

    def at(self, *path: str | int) -> "Data":
        """Return the value at `path`, or an empty object if there is none."""
        found = self._find(path)
        value = {} if found is _MISSING or found is None else found
        return Data(value, self._connector, self._name(path), self._refusal)

    def items(self, *path: str | int) -> Iterator["Data"]:
        """Yield the items of the list at `path`; nothing if there is no list."""
        found = self._find(path)
        for index, item in enumerate(found if isinstance(found, list) else []):
            where = f"{self._name(path)}[{index}]"
            yield Data(item, self._connector, where, self._refusal)

    def has(self, *path: str | int) -> bool:
        """Return whether `path` holds a value other than null."""
        return self._find(path) not in (_MISSING, None)

    def decoded(self, *path: str | int) -> bytes:
        """Return the bytes of the base64 text (plain, URL-safe or a data URI) at `path`."""
        text = self.text(*path)
        if text[:5] == "data:":
            text = text.partition(",")[2]
        try:
            plain = text.replace("-", "+").replace("_", "/")
            return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
        except (binascii.Error, ValueError):
            raise self._wrong(path, "is not base64") from None

    def _find(self, path: tuple[str | int, ...]) -> Any:
        value: Any = self.value
        for part in path:
            if isinstance(part, int) and isinstance(value, list):
                value = value[part] if -len(value) <= part < len(value) else _MISSING
            elif isinstance(part, str) and isinstance(value, dict):
                value = value.get(part, _MISSING)
            else:
                return _MISSING
        return value

    def _typed(
        self, path: tuple[str | int, ...], kind: Any, name: str, default: Any
    ) -> Any:
        found = self._find(path)
        if found is _MISSING or found is None:
            if default is not _MISSING:
                return default
            raise self._wrong(path, "is missing")
        if not isinstance(found, kind):
            raise self._wrong(path, f"is not {name}")
        return found

    def _name(self, path: tuple[str | int, ...]) -> str:
        named = self._where if not path or isinstance(path[0], int) else ""
        for part in path:
            dot = "." if named else ""
            named += f"[{part}]" if isinstance(part, int) else f"{dot}{part}"
        return named

    def _wrong(self, path: tuple[str | int, ...], what: str) -> ConnectorError:
        if self._refusal is not None:
            return self._refusal
        inside = "" if self._where == "the answer" else f" of {self._where}"
        message = f"answered in another shape: {self._name(path)}{inside} {what}"
        return Malformed(message, connector=self._connector)
