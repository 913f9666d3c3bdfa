"""The items so far: the best text of each field that any answer gave."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.sdk.llm.measuring import EMPTY, Miss, misses_in
from connectors.sdk.llm.reading import LINES, Unread, cleaned, items_in
from connectors.sdk.llm.request import again
from triptych.contracts import CopyRequest, Finding
from triptych.errors import ConnectorError, Malformed, Rejected
from triptych.typography.markup import without_markup
from triptych.typography.measure import length, whole_sentences

Item = dict[str, str]
LEGAL, OFFERS = "legal", ("offer", "badge")


@dataclass
class Draft:
    """What has been written so far, and what is still wrong with it."""

    request: CopyRequest
    connector: str
    items: list[Item] = field(default_factory=list)
    misses: tuple[Miss, ...] = ()
    unread: str = ""
    unread_times: int = 0
    marked: dict[tuple[int, str], str] = field(default_factory=dict)  # as it was written

    def __post_init__(self) -> None:
        self.given = given(self.request)
        self.fields = {
            name: longest
            for name, longest in self.request.fields.items()
            if name not in self.given
        }

    def take(self, text: str) -> None:
        """Take an answer in: its texts replace those that could not be used."""
        try:
            found = items_in(text, self.fields)[: self.request.count]
        except Unread as error:
            self.unread = str(error)
            self.unread_times += 1
            return
        self.unread = ""
        self._unmark(found)
        wrong = {(miss.item, miss.field) for miss in self.misses}
        for number, item in enumerate(found, start=1):
            if number > len(self.items):
                self.items.append(item)
                continue
            kept = self.items[number - 1]
            kept |= {name: item[name] for name in item if (number, name) in wrong}
        self.misses = misses_in(self.items, self.fields, self.request)

    def _unmark(self, items: list[Item]) -> None:
        """Remove Markdown and HTML from the texts of an answer, and note where."""
        for number, item in enumerate(items, start=1):
            for name, text in item.items():
                plain = cleaned(without_markup(text), lines=name in LINES)
                if plain != text:
                    item[name], self.marked[number, name] = plain, text

    def is_hopeless(self) -> bool:
        """Return whether two answers could not be read: a third is not paid for."""
        return bool(self.unread) and self.unread_times > 1

    def is_done(self) -> bool:
        """Return whether everything that was asked for is there and can be used."""
        whole = len(self.items) == self.request.count
        return whole and not self.unread and not self.misses

    def says(self) -> str:
        """Return why it is asked again, for whoever watches."""
        if self.misses:
            return f"asks again: {self.misses[0].field} {self.misses[0].says}"
        return "asks again: the answer was not whole"

    def question(self) -> str:
        """Return what the model is asked next."""
        if self.unread:
            return f"{self.unread[:1].upper()}{self.unread[1:]}. Give the whole answer."
        have, want = len(self.items), self.request.count
        lacking = f"You gave {have} of {want} items. Give all {want}, the first ones too."
        told = again(self.request, self.misses, self.connector) if self.misses else ""
        return "\n\n".join(part for part in (lacking * (have < want), told) if part)

    def finished(
        self, late: ConnectorError | None
    ) -> tuple[tuple[Mapping[str, str], ...], tuple[Finding, ...]]:
        """Return the items that can be used, and what had to be done for it.

        A text that stayed too long is cut to its whole sentences that fit; an item with
        a text that still cannot be used is left out.

        Raises:
            Rejected: no item can be used.
            Malformed: nothing could be read.
            ConnectorError: `late`, where another try would have been needed.
        """
        findings = self._cut()
        if not self.items:
            message = f"{self.unread or 'answered no items'}{self._cure()}"
            raise late or Malformed(message, connector=self.connector)
        wrong = {miss.item for miss in self.misses}
        good = [item for number, item in enumerate(self.items, 1) if number not in wrong]
        if not good:
            first = self.misses[0]
            message = f"the {first.field} {first.says}, whatever is asked: {first.text!r}"
            kind = Malformed if first.says == EMPTY else Rejected
            raise late or kind(message, connector=self.connector)
        findings += self._unmarked()
        findings += self._fewer(len(good))
        return tuple(self._in_order(item) for item in good), tuple(findings)

    def _cut(self) -> list[Finding]:
        """Cut what is too long at the end of a sentence, where there is one that fits."""
        findings = []
        for miss in self.misses:
            limit = self.fields[miss.field]
            text = whole_sentences(miss.text, limit, self.request.counting)
            if text and text != miss.text:
                self.items[miss.item - 1][miss.field] = text
                where = f"item {miss.item}, {miss.field}"
                note = f"was cut to its whole sentences that fit in {limit} characters"
                findings.append(Finding("limits", "note", note, where, {"was": miss.text}))
        self.misses = misses_in(self.items, self.fields, self.request)
        return findings

    def _cure(self) -> str:
        """Return what helps a model that does not keep to the shape of an answer."""
        if self.request.extra.get("structured", "schema") == "schema":
            return ""
        cure = "take a larger model, or structured: schema where the server supports it"
        return f"; {cure}"

    def _unmarked(self) -> list[Finding]:
        """Return a finding for each text whose marks were removed, where it was kept."""
        note = "Markdown or HTML was removed from the text"
        return [
            Finding("markup", "note", note, f"item {item}, {name}", {"was": was})
            for (item, name), was in sorted(self.marked.items())
            if self.items[item - 1][name]
            == cleaned(without_markup(was), lines=name in LINES)
        ]

    def _fewer(self, good: int) -> list[Finding]:
        if good == self.request.count:
            return []
        message = f"wrote {good} usable items of {self.request.count}"
        if self.misses:
            first = self.misses[0]
            message += f"; left out, for one: {first.field} {first.says}: {first.text!r}"
        return [Finding("limits", "warn", message)]

    def _in_order(self, item: Item) -> Mapping[str, str]:
        found = {**item, **self.given}
        return {name: found[name] for name in self.request.fields}


def given(request: CopyRequest) -> Mapping[str, str]:
    """Return the fields that nobody need be asked for.

    What must be said is said letter for letter, as far as it fits, and no model is
    tempted to make up an offer where the brief has none.
    """
    brief = request.brief.in_locale(request.language)
    found = {}
    if LEGAL in request.fields:
        found[LEGAL] = ""
        for line in brief.must_say:
            grown = f"{found[LEGAL]} {line}".strip()
            if length(grown, request.counting) <= request.fields[LEGAL]:
                found[LEGAL] = grown
    if not brief.offer.strip():
        found |= {name: "" for name in OFFERS if name in request.fields}
    return found
