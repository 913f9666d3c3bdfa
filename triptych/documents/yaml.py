"""YAML documents with positions: safe to load, and every value knows where it stands.

PyYAML's own safe loader reads `no` as False and `12:30` as a number, keeps the last of
two equal keys in silence, and expands aliases without limit. This one does not.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.reader import ReaderError

from triptych.documents.files import read_limited
from triptych.documents.scalars import SURROGATES, cure_of, joined_surrogates, plain_scalar
from triptych.errors import DefinitionError, Problem, UnreadableFile

MAX_BYTES = 1_000_000
MAX_NODES = 50_000  # after aliases are followed
MAX_DEPTH = 40
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Loc = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a value was written: file, 1-based line and column, and the line itself."""

    file: str
    line: int
    column: int
    source: str = ""


@dataclass(slots=True)
class DocumentTree:
    """A document: plain data, and the place of every key and value by its path."""

    data: Any
    values: dict[Loc, Position] = field(default_factory=dict)
    keys: dict[Loc, Position] = field(default_factory=dict)
    prose: str = ""  # what follows the front matter, if the file has one
    warnings: list[Problem] = field(default_factory=list)  # valid, and probably not meant

    def place(self, loc: Loc, *, key: bool = False) -> Position:
        """Return the place of `loc`, or of the deepest part of it that exists."""
        for end in range(len(loc), -1, -1):
            part = loc[:end]
            if key and end == len(loc) and part in self.keys:
                return self.keys[part]
            if part in self.values:
                return self.values[part]
        return Position("", 1, 1)

    def problem(
        self, loc: Loc, message: str, code: str, *, hint: str = "", key: bool = False
    ) -> Problem:
        """Return a problem at `loc`."""
        at = self.place(loc, key=key)
        path = ".".join(map(str, loc)) or "file"
        return Problem(at.file, at.line, at.column, path, message, code, hint, at.source)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint naming the closest of `known`, or all of them if few, or nothing."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"there are: {', '.join(names)}" if 0 < len(names) <= 12 else ""


def read_text(path: Path) -> str:
    """Return the text of `path`, UTF-8 with or without a BOM.

    Raises:
        DefinitionError: missing, no regular file, too large, or not UTF-8.
    """
    try:
        data = read_limited(path, MAX_BYTES)
    except UnreadableFile as error:
        code = "T102" if "at most" in error.reason else "T101"
        raise _whole(path, error.reason, code) from None
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _whole(path, "is UTF-16; save it as UTF-8", "T103")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"byte {data[error.start]:#04x} is not UTF-8; save the file as UTF-8"
        raise DefinitionError(
            [Problem(str(path), line, 1, "file", message, "T103")]
        ) from None


def _whole(path: Path, message: str, code: str) -> DefinitionError:
    return DefinitionError([Problem(str(path), 1, 1, "file", message, code)])


def load_document(path: Path, *, front_matter: bool = False) -> DocumentTree:
    """Return the YAML document at `path`, or the front matter of a Markdown file.

    Raises:
        DefinitionError: it is not YAML as described above; lists every problem.
    """
    text = read_text(path)
    prose, skipped = "", 0
    if front_matter:
        text, prose, skipped = _split(text)
    lines = ("\n" * skipped + text).splitlines()
    reader = _Reader(str(path), lines, skipped)
    tree = reader.read(text)
    tree.prose = prose
    return tree


def parse_document(data: bytes, name: str) -> DocumentTree:
    """Return the YAML document in `data`; places call it `name`.

    Raises:
        DefinitionError: it is not YAML as described above; lists every problem.
    """
    text = data.decode("utf-8-sig", errors="replace")
    return _Reader(name, text.splitlines(), 0).read(text)


def _split(text: str) -> tuple[str, str, int]:
    """Return front matter, prose, and how many lines stand before the front matter."""
    found = re.match(
        r"---[ \t]*\r?\n(.*?)(?:^|\n)---[ \t]*(?:\r?\n|$)(.*)", text, re.DOTALL
    )
    if not found:
        return "", text.strip(), 0
    return found.group(1), found.group(2).strip(), 1


class _Reader:
    """Turns nodes into data, collecting places and problems on the way."""

    def __init__(self, file: str, lines: list[str], skipped: int) -> None:
        self.file, self.lines, self.skipped = file, lines, skipped
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.count = 0

    def read(self, text: str) -> DocumentTree:
        root = self._composed(text)
        tree = DocumentTree(None, warnings=self.warnings)
        tree.values[()] = self._place(root.start_mark if root else None)
        tree.data = {} if root is None else self._value(root, (), tree, frozenset())
        if self.problems:
            raise DefinitionError(self.problems)
        return tree

    def _composed(self, text: str) -> yaml.Node | None:
        try:
            root: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            if "Unicode character escape" in str(error.problem):
                whole = SURROGATES.sub(joined_surrogates, text)
                if whole != text:
                    return self._composed(whole)
            raise DefinitionError([self._syntax(error)]) from None
        except ReaderError:
            raise DefinitionError([self._character(text)]) from None
        except RecursionError:
            raise DefinitionError([self._at(None, (), _DEEP, "T107")]) from None
        return root

    def _character(self, text: str) -> Problem:
        """Return the problem of a character that YAML does not allow.

        Where it stands is looked up: libyaml counts bytes, PyYAML characters.
        """
        at = next((i for i, c in enumerate(text) if _FORBIDDEN.match(c)), 0)
        line = text.count("\n", 0, at) + 1 + self.skipped
        column = at - text.rfind("\n", 0, at)
        message = f"holds the character U+{ord(text[at]):04X}, which YAML does not allow"
        hint = "delete it; it may be invisible"
        return Problem(self.file, line, column, "file", message, "T104", hint)

    def _syntax(self, error: yaml.MarkedYAMLError) -> Problem:
        at = self._place(error.problem_mark)
        reason = f"{error.context or ''} {error.problem}"
        message, code = f"is not YAML: {error.problem}", "T104"
        hint = cure_of(reason)
        if "maximum nesting" in reason:
            message, code = _DEEP, "T107"
        elif "Unicode character escape" in reason:
            message = "is not YAML: half of a character (\\ud800 to \\udfff)"
            hint = "write the character itself"
        elif "\t" in at.source[: len(at.source) - len(at.source.lstrip())] or (
            "'\\t'" in str(error.problem)
        ):
            message, code = "is indented with a tab; YAML wants spaces", "T105"
        elif at.source[max(0, at.column - 2) :].startswith("${{"):
            message = 'an expression inside [ ] or { } needs quotes: "${{ … }}"'
            code = "T106"
        hint = hint if code == "T104" else ""
        return Problem(
            self.file, at.line, at.column, "file", message, code, hint, at.source
        )

    def _line(self, number: int) -> str:
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def _place(self, mark: Any) -> Position:
        if mark is None:
            return Position(self.file, 1, 1, self._line(1))
        line = mark.line + 1 + self.skipped
        return Position(self.file, line, mark.column + 1, self._line(line))

    def _at(self, node: yaml.Node | None, loc: Loc, message: str, code: str) -> Problem:
        at = self._place(node.start_mark if node else None)
        path = ".".join(map(str, loc)) or "file"
        return Problem(self.file, at.line, at.column, path, message, code, "", at.source)

    def _value(
        self, node: yaml.Node, loc: Loc, tree: DocumentTree, above: frozenset[int]
    ) -> Any:
        self.count += 1
        if self.count > MAX_NODES:
            message = f"grows to more than {MAX_NODES:,} values; an alias repeats too much"
            raise DefinitionError([self._at(node, loc, message, "T107")])
        if len(loc) > MAX_DEPTH or id(node) in above:
            message = _ITSELF if id(node) in above else _DEEP
            raise DefinitionError([self._at(node, loc, message, "T107")])
        tree.values[loc] = self._place(node.start_mark)
        inside = above | {id(node)}
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, loc, tree, inside)
        if isinstance(node, yaml.SequenceNode):
            self._check_tag(node, loc, "seq")
            pairs = enumerate(node.value)
            return [self._value(item, (*loc, i), tree, inside) for i, item in pairs]
        return self._scalar(node, loc)

    def _mapping(
        self, node: yaml.MappingNode, loc: Loc, tree: DocumentTree, inside: frozenset[int]
    ) -> dict[str, Any]:
        self._check_tag(node, loc, "map")
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                code = "T106" if "${{" in self._place(node.start_mark).source else "T104"
                message = 'an expression inside [ ] or { } needs quotes: "${{ … }}"'
                message = message if code == "T106" else "a key must be plain text"
                self.problems.append(self._at(node, loc, message, code))
                continue
            name = str(key_node.value)
            if name in found:
                first = tree.keys[(*loc, name)].line
                message = (
                    f"the key {name!r} stands here again; the first is in line {first}"
                )
                self.problems.append(self._at(key_node, (*loc, name), message, "T108"))
            tree.keys[(*loc, name)] = self._place(key_node.start_mark)
            found[name] = self._value(value_node, (*loc, name), tree, inside)
        return found

    def _check_tag(self, node: yaml.Node, loc: Loc, expected: str) -> None:
        if node.tag != f"tag:yaml.org,2002:{expected}":
            tag = node.tag.replace("tag:yaml.org,2002:", "!!")
            message = f"the tag {tag!r} is not allowed; remove it"
            self.problems.append(self._at(node, loc, message, "T109"))

    def _scalar(self, node: yaml.Node, loc: Loc) -> Any:
        text = str(node.value)
        style = getattr(node, "style", None)
        tag = node.tag.removeprefix("tag:yaml.org,2002:")
        if style in ("'", '"', "|", ">"):
            if tag != "str":
                self._check_tag(node, loc, "str")
            return text
        if tag not in _IMPLICIT:
            self._check_tag(node, loc, "str")
        self._warn_of_comment(node, loc)
        return plain_scalar(text)

    def _warn_of_comment(self, node: yaml.Node, loc: Loc) -> None:
        """Warn of a comment that looks like the rest of a text: `Only #1 candle`."""
        end = self._place(node.end_mark)
        if not node.value or _HASHTAG.match(end.source[end.column - 1 :]) is None:
            return
        message = "ends before the #, which begins a comment"
        hint = "put the text into quotes if the # belongs to it; write `# ` if it does not"
        path = ".".join(map(str, loc)) or "file"
        self.warnings.append(
            Problem(
                self.file, end.line, end.column, path, message, "T110", hint, end.source
            )
        )


# what PyYAML's resolver may call a plain scalar; only the text of it is used
_IMPLICIT = ("str", "int", "float", "bool", "null", "timestamp", "merge", "value")
_DEEP = f"is nested deeper than {MAX_DEPTH} levels"
_ITSELF = "an alias (`*`) contains itself; write the value out"
# what YAML 1.1 calls non-printable
_FORBIDDEN = re.compile(
    r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_HASHTAG = re.compile(r"\s+#[^\s#]")
