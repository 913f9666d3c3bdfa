"""The brief: what the campaign must achieve, for whom, with which facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from triptych.artifact import plain


@dataclass(frozen=True, slots=True)
class Audience:
    """Somebody the campaign talks to. `id` names folders: lower case and dashes."""

    id: str
    who: str = ""
    wants: str = ""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Something the deck must show: a chart (`rows`) or a table (`header`, `table`)."""

    kind: Literal["chart", "table"]
    title: str
    rows: Mapping[str, float] = field(default_factory=dict)  # chart: label -> value
    unit: str = ""
    header: tuple[str, ...] = ()  # table
    table: tuple[tuple[str, ...], ...] = ()  # table, in the file: `rows`


@dataclass(frozen=True, slots=True)
class DeckBrief:
    """What the deck is for and what it must show."""

    purpose: str = ""
    must_show: tuple[Exhibit, ...] = ()


@dataclass(frozen=True, slots=True)
class Translation:
    """The brief's own words in one locale. What is missing stays in the original."""

    product: str = ""
    proposition: str = ""
    call_to_action: str = ""
    offer: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    must_say: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """Front matter of the brief file, plus its prose."""

    product: str
    proposition: str = ""
    audience: tuple[Audience, ...] = ()
    landing_url: str = ""
    call_to_action: str = ""
    offer: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    must_say: tuple[str, ...] = ()
    never_say: tuple[str, ...] = ()
    tone: str = ""
    locales: tuple[str, ...] = ("en-GB",)  # BCP 47; the first is the original's
    translations: Mapping[str, Translation] = field(default_factory=dict)
    deck: DeckBrief | None = None
    prose: str = ""

    def in_locale(self, locale: str) -> "Brief":
        """Return the brief with its words in `locale`, as far as it has them.

        Facts without a translation keep their original words; whoever writes in
        `locale` decides whether they can be used (see `untranslated`).
        """
        words = self.translations.get(locale)
        if words is None:
            return self
        changes = {
            name: value
            for name in (
                "product",
                "proposition",
                "call_to_action",
                "offer",
                "must_say",
            )
            if (value := getattr(words, name))
        }
        facts = {**self.facts, **words.facts}
        return Brief(**{**_fields(self), **changes, "facts": facts})

    def untranslated(self, locale: str) -> frozenset[str]:
        """Return the names of the facts that have no words in `locale`'s language."""
        if locale.partition("-")[0] == self.locales[0].partition("-")[0]:
            return frozenset()
        words = self.translations.get(locale)
        return frozenset(self.facts) - frozenset(words.facts if words else ())


def _fields(brief: Brief) -> dict[str, object]:
    return {name: getattr(brief, name) for name in plain(brief)}
