"""The functions that expressions may call: `rows`, `file`, `date` and `money`."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from triptych.documents.files import outside, read_limited, shown
from triptych.documents.tables import cells_of
from triptych.errors import UnreadableFile

MAX_BYTES = 1_000_000  # of a file that an expression reads


def functions(folder: Path) -> dict[str, Callable[..., Any]]:
    """Return the functions by name; files are read from `folder`."""
    return {
        "rows": lambda name: _rows(folder, name),
        "file": lambda name: _read(folder, name),
        "date": _date,
        "money": _money,
    }


def _read(folder: Path, name: str) -> str:
    if not isinstance(name, str):
        raise TypeError(f"wants the name of a file, got {name!r}")
    path = folder / name
    if reason := outside(path, folder):
        raise ValueError(f"{shown(name)} {reason}")
    try:
        return read_limited(path, MAX_BYTES).decode("utf-8-sig")
    except UnreadableFile as error:
        raise ValueError(f"{shown(name)}: {error.reason}") from None
    except UnicodeDecodeError:
        raise ValueError(
            f"{name!r} is not text (UTF-8), and file() reads text; "
            "a picture is an input: `type: image`"
        ) from None


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file as mappings by its first line."""
    header, *lines = [*cells_of(_read(folder, name))] or [[]]
    names = [cell.text for cell in header]
    empty = dict.fromkeys(names, "")
    return [
        empty | {key: cell.text for key, cell in zip(names, line, strict=False)}
        for line in lines
    ]


def _date(value: Any, pattern: str = "%Y-%m-%d") -> str:
    """Return an ISO date written by `pattern` (strftime), e.g. "%d.%m.%Y"."""
    if len(str(pattern)) > 100:
        raise ValueError("the pattern of a date has at most 100 characters")
    return date.fromisoformat(str(value)).strftime(str(pattern))


_MONEY = {"de": "{} {}", "es": "{} {}", "fr": "{} {}"}


def _money(amount: Any, currency: Any = "€", locale: Any = "en-GB") -> str:
    """Return an amount as `locale` writes it: €29.90, 29,90 €."""
    if not isinstance(currency, str) or not isinstance(locale, str):
        raise TypeError("money takes an amount, a currency and a locale")
    text = f"{float(amount):,.2f}".removesuffix(".00")
    language = locale.partition("-")[0]
    if language not in _MONEY:
        return f"{currency}{text}"
    swapped = text.translate(str.maketrans(",.", ".,"))
    return _MONEY[language].format(swapped, currency)
