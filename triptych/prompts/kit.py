"""The harness in requests. Equality depends on the texts, not on the name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from triptych.artifact import digest_of

_NAME: Mapping[str, Any] = {"canonical": False}  # for people; keys know only the texts


@dataclass(frozen=True, slots=True)
class Example:
    """A good and a bad text for one message, and the reason; about an invented product."""

    field: str  # which of a request's fields it teaches
    known: str  # the facts that both had
    weak: str
    strong: str
    because: str


@dataclass(frozen=True, slots=True)
class Language:
    """How a language is written. `name` is English: "British English"."""

    name: str
    write: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CopyPrompts:
    """The prompts for copy. Templates are Jinja2, see `render`.

    `tools` maps a provider ("anthropic") to tools that it runs itself, in its words.
    """

    harness: str = field(metadata=_NAME)
    system: str  # a template: who the writer is, and the rules
    ask: str  # a template: the brief and the task
    again: str  # a template: what could not be used, and why
    voice: str  # a template: how the brand speaks
    fields: Mapping[str, str] = field(default_factory=dict)  # what each is for
    languages: Mapping[str, Language] = field(default_factory=dict)  # by BCP 47
    examples: tuple[Example, ...] = ()
    tools: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)

    def language(self, locale: str) -> Language:
        """Return how `locale` is written; its language where the locale is unknown."""
        for code in (locale, locale.partition("-")[0]):
            if code in self.languages:
                return self.languages[code]
        return Language(locale)


@dataclass(frozen=True, slots=True)
class JudgePrompts:
    """The prompts for judging. Both are Jinja2 templates, see `render`."""

    harness: str = field(metadata=_NAME)
    system: str
    ask: str


@dataclass(frozen=True, slots=True)
class Harness:
    """All prompts for models, by task."""

    name: str = field(metadata=_NAME)
    says: str = field(metadata=_NAME)
    copy: CopyPrompts
    judge: JudgePrompts

    @property
    def digest(self) -> str:
        """Return the version: a digest of every text in it, 64 hex digits."""
        return digest_of(self)
