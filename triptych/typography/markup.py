"""Markdown and HTML in copy: layouts print the marks, so they are removed or reported."""

import html
import re

_TAGS = (
    r"a|abbr|b|blockquote|br|code|div|em|font|h[1-6]|i|li|mark|ol|p|s|small|span|strong|"
    r"sub|sup|u|ul"
)
_BREAK = re.compile(r"<br\b[^<>]*>|</(?:p|li|div|h[1-6])>", re.IGNORECASE)
_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_LINK = re.compile(r"\[([^\[\]\n]+)\]\((?:https?:|mailto:|/|#)[^()\s]*\)")
_HEADING = re.compile(r"^#{1,6} +", re.MULTILINE)
# a mark touches the words that it encloses: "3 * 4 * 5" and "snake_case" keep theirs
_STRONG = re.compile(r"(?<![\w*])(\*\*\*|\*\*)(?=\S)([^*\n]+?)(?<=\S)\1(?![\w*])")
_BOLD = re.compile(r"(?<!\w)__(?=\S)([^_\n]+?)(?<=\S)__(?!\w)")
_ITALIC = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])")
_UNDERLINED = re.compile(r"(?<!\w)_(?=\S)([^_\n]+?)(?<=\S)_(?!\w)")
_CODE = re.compile(r"`([^`\n]+)`")


def without_markup(text: str) -> str:
    """Return `text` without the marks of Markdown and HTML; the words stay."""
    text = _TAG.sub("", _BREAK.sub("\n", text))
    text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    text = _LINK.sub(r"\1", _HEADING.sub("", text))
    text = _BOLD.sub(r"\1", _STRONG.sub(r"\2", text))
    text = _UNDERLINED.sub(r"\1", _ITALIC.sub(r"\1", text))
    return _CODE.sub(r"\1", text).replace("\u00a0\n", "\n")


def markup_message(text: str) -> str:
    """Return what is wrong with `text` if it has such marks, and the cure; else ""."""
    plain = without_markup(text)
    if plain == text.replace("\u00a0\n", "\n"):
        return ""
    return f"prints marks of Markdown or HTML: {text[:80]!r}; write {plain[:80]!r}"
