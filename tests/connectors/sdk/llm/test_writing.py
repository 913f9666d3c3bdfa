import dataclasses
import json
import unicodedata
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sdk.llm import LLMRequest, LLMResponse
from connectors.sdk.llm import written as written_with
from connectors.sdk.llm.reading import Unread, cleaned, items_in, json_in
from connectors.sdk.llm.response import Growing, readable
from tests.contracts.copy import Silent, a_request, example
from triptych.contracts import Copy, Usage, Watcher
from triptych.errors import Malformed, Rejected, Unavailable, Unsupported
from triptych.typography.measure import length

GOOD = {"headline": "Ripe figs at your door", "cta": "Order your box"}
LONG = {**GOOD, "headline": "Ripe figs, picked this morning, at your own door"}
FIELDS = {"headline": 40, "cta": 20}


class Model:
    """Answers what it is given, one after the other, and remembers what it was asked."""

    def __init__(self, *answers: str | Sequence[dict[str, str]], usd: Any = 0.5) -> None:
        self.answers = [
            answer if isinstance(answer, str) else json.dumps({"items": answer})
            for answer in answers
        ]
        self.asked: list[LLMRequest] = []
        self.usd = usd

    async def __call__(self, ask: LLMRequest, watcher: Watcher) -> LLMResponse:
        del watcher
        self.asked.append(ask)
        usage = Usage("model-1", 0.1, self.usd, {"input_tokens": 10}, "req_1")
        return LLMResponse(self.answers.pop(0), usage)

    @property
    def last(self) -> str:
        """The last question."""
        return self.asked[-1].turns[-1].text


class Late(Model):
    """Answers once, then is busy."""

    async def __call__(self, ask: LLMRequest, watcher: Watcher) -> LLMResponse:
        if not self.answers:
            raise Unavailable("busy", connector="copy/test")
        return await super().__call__(ask, watcher)


async def written(model: Model, **changes: Any) -> Copy:
    request = a_request(**{"fields": FIELDS, "count": 1, **changes})
    return await written_with(request, model, Silent(), "copy/test")


async def test_a_good_answer_is_taken_at_once() -> None:
    model = Model([GOOD])
    copy = await written(model)
    assert copy.items == (GOOD,)
    assert len(model.asked) == 1
    assert not copy.findings


async def test_too_long_is_asked_again_with_its_measure() -> None:
    model = Model([LONG], [GOOD])
    assert (await written(model)).items == (GOOD,)
    assert "item 1, headline: is 48 of 40 characters, 8 too many" in model.last
    assert LONG["headline"] in model.last
    roles = [turn.role for turn in model.asked[1].turns]
    assert roles == ["user", "assistant", "user"]
    assert json.loads(model.asked[1].turns[1].text) == {"items": [LONG]}


async def test_texts_that_were_right_stay_letter_for_letter() -> None:
    model = Model([LONG], [{**GOOD, "cta": "Something else"}])
    assert (await written(model)).items == (GOOD,)


async def test_nothing_is_asked_a_fourth_time() -> None:
    model = Model([LONG], [LONG], [LONG], [GOOD])
    with pytest.raises(
        Rejected, match="the headline is 48 of 40 characters, 8 too many, whatever"
    ) as caught:
        await written(model)
    assert len(model.asked) == 3
    assert caught.value.connector == "copy/test"


async def test_an_item_that_stays_too_long_is_left_out_and_told() -> None:
    other = {**LONG, "headline": LONG["headline"] + "!"}
    model = Model(*[[GOOD, other]] * 3)
    copy = await written(model, count=2)
    assert copy.items == (GOOD,)
    assert "wrote 1 usable items of 2" in copy.findings[0].message
    assert "is 49 of 40 characters" in copy.findings[0].message


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("Now 20 % off", "says 20, which stands nowhere in the brief"),
        ("An artisanal box", "uses 'artisanal', which the brand or brief rules out"),
        ("A hamper of figs", "say 'box'"),
        ("Figs that travel…", "ends on an ellipsis"),
        ("", "is empty"),
    ],
)
async def test_what_may_not_be_said_is_asked_again(wrong: str, says: str) -> None:
    model = Model([{**GOOD, "headline": wrong}], [GOOD])
    assert (await written(model)).items == (GOOD,)
    assert says in model.last


async def test_what_must_be_said_is_not_asked_for_but_said_to_the_letter() -> None:
    model = Model([GOOD])
    copy = await written(model, fields={**FIELDS, "legal": 90})
    assert copy.items == ({**GOOD, "legal": "Delivery within the EU only."},)
    asked = model.asked[0].schema["properties"]["items"]["items"]["properties"]
    assert list(asked) == ["headline", "cta"]
    assert not copy.findings


async def test_nobody_is_asked_where_only_what_must_be_said_is_wanted() -> None:
    copy = await written(Model(), fields={"legal": 90}, count=2)
    assert copy.items == ({"legal": "Delivery within the EU only."},) * 2
    assert copy.usage.usd == 0.0


async def test_what_must_be_said_and_does_not_fit_is_told() -> None:
    copy = await written(Model([GOOD]), fields={**FIELDS, "legal": 12})
    assert copy.items[0]["legal"] == ""
    assert [finding.level for finding in copy.findings] == ["block"]


async def test_no_offer_is_made_up_where_the_brief_has_none() -> None:
    brief = dataclasses.replace(example()[0], offer="")
    model = Model([GOOD])
    copy = await written(model, fields={**FIELDS, "offer": 44}, brief=brief)
    assert copy.items[0]["offer"] == ""
    assert "- offer," not in model.last


async def test_what_was_paid_for_is_used_if_the_next_try_is_not_answered() -> None:
    other = {**LONG, "headline": LONG["headline"] + "!"}
    copy = await written(Late([GOOD, other]), count=2)
    assert copy.items == (GOOD,)
    with pytest.raises(Unavailable, match="busy"):
        await written(Late([LONG]))


async def test_a_body_that_stays_too_long_is_cut_at_a_sentence() -> None:
    body = "Picked this morning. At your door within 48 hours of picking."
    model = Model(*[[{"body": body}]] * 3)
    copy = await written(model, fields={"body": 40})
    assert copy.items == ({"body": "Picked this morning."},)
    assert [finding.check for finding in copy.findings] == ["limits", "asked-again"]
    assert copy.findings[0].evidence == {"was": body}


async def test_twice_the_same_headline_is_asked_again() -> None:
    other = {**GOOD, "headline": "Two kilos, two days"}
    model = Model([GOOD, GOOD], [GOOD, other])
    assert (await written(model, count=2)).items == (GOOD, other)
    assert "item 2, headline: is the same as in item 1" in model.last


async def test_too_few_items_are_asked_for_again() -> None:
    other = {**GOOD, "headline": "Two kilos, two days"}
    model = Model([GOOD], [GOOD, other])
    assert len((await written(model, count=2)).items) == 2
    assert "You gave 1 of 2 items." in model.last


async def test_more_items_than_asked_for_are_dropped() -> None:
    assert len((await written(Model([GOOD, LONG, LONG]))).items) == 1


@pytest.mark.parametrize("answer", ["", "Sure! Here you go", '{"items": [', '{"items": 3}'])
async def test_what_cannot_be_read_is_asked_again(answer: str) -> None:
    model = Model(answer, [GOOD])
    assert (await written(model)).items == (GOOD,)
    assert "Give the whole answer." in model.last
    assert model.asked[1].turns[1].text  # no provider takes an empty turn


async def test_three_answers_that_cannot_be_read_are_malformed() -> None:
    with pytest.raises(Malformed, match="no JSON, or was cut off"):
        await written(Model("x", "y", "z"))


async def test_wide_characters_count_double_where_the_platform_does() -> None:
    wide = {**GOOD, "headline": "朝摘みのいちじくを二日でお届けします、二キロ"}
    assert len(wide["headline"]) < 40 < length(wide["headline"], "width")
    assert (await written(Model([wide]))).items == (wide,)
    model = Model([wide], [GOOD])
    await written(model, counting="width")
    assert "wide ones counted double" in model.last
    assert "count double" in model.asked[0].system


async def test_the_cost_of_all_tries_is_told() -> None:
    usage = (await written(Model([LONG], [GOOD]))).usage
    assert usage.usd == 1.0
    assert usage.units == {"input_tokens": 20}
    assert usage.request_id == "req_1"
    assert (await written(Model([LONG], [GOOD], usd=None))).usage.usd is None


@pytest.mark.parametrize("count", [0, 51])
async def test_no_more_than_fifty_items_are_asked_for(count: int) -> None:
    with pytest.raises(Unsupported, match="1 to 50"):
        await written(Model(), count=count)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}',
        '```json\n{"a": 1}\n```',
        'Here it is:\n```\n{"a": 1}\n```\nAnything else?',
        '  {"a": 1}\n',
    ],
)
def test_json_is_read_however_it_is_wrapped(text: str) -> None:
    assert json_in(text) == {"a": 1}


def test_a_field_that_is_missing_or_of_another_type_is_named() -> None:
    with pytest.raises(Unread, match="item 2 had no text for 'cta'"):
        items_in(json.dumps({"items": [GOOD, {"headline": "x"}]}), FIELDS)
    with pytest.raises(Unread, match="item 1 had no text for 'cta'"):
        items_in(json.dumps({"items": [{**GOOD, "cta": 3}]}), FIELDS)


def test_one_item_needs_no_list_around_it() -> None:
    assert items_in(json.dumps(GOOD), FIELDS) == [GOOD]
    assert items_in(json.dumps([GOOD]), FIELDS) == [GOOD]


def test_points_may_come_as_a_list() -> None:
    answer = '{"items": [{"points": ["One thing", "Another"]}]}'
    assert items_in(answer, {"points": 90}) == [{"points": "One thing\nAnother"}]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ('"Ripe figs"', "Ripe figs"),
        ("„Reife Feigen“", "Reife Feigen"),
        ("« Figues mûres »", "Figues mûres"),
        ('Ask for "ripe" figs', 'Ask for "ripe" figs'),
        ('"One" and "two"', '"One" and "two"'),
        ("Ripe\u202e figs\x00", "Ripe figs"),
        ("Ripe\n  figs", "Ripe figs"),
        ("29,90\u00a0€", "29,90\u00a0€"),
    ],
)
def test_a_text_is_cleaned_of_what_stands_around_it(said: str, meant: str) -> None:
    assert cleaned(said, lines=False) == meant


@given(st.text())
def test_what_is_cleaned_holds_nothing_that_nobody_sees(text: str) -> None:
    once = cleaned(text)
    hidden = [c for c in once if unicodedata.category(c) == "Cc" and c not in "\n\x85"]
    assert not [c for c in hidden if c < "\x80"]
    assert not set("\u202e\ufeff\u200b") & set(once)


@given(st.text())
def test_showing_unfinished_json_never_fails(text: str) -> None:
    assert len(readable(text)) <= 60


def test_whoever_watches_sees_the_words_and_not_the_json() -> None:
    notes: list[str] = []

    class Watching(Silent):
        def progress(self, done: float, note: str = "") -> None:
            assert 0 < done < 1
            notes.append(note)

    growing = Growing(Watching())
    said = "Two kilos of figs, picked this morning, and at your door by tomorrow"
    answer = json.dumps({"items": [{"headline": said}]})
    for character in answer:
        growing.add(character)
    assert growing.text == answer
    assert any("figs, picked" in note for note in notes)
    assert len(notes) < len(answer) / 10


async def test_markup_is_removed_with_a_finding() -> None:
    model = Model([{"headline": "**Ripe** figs &amp; sun", "cta": "<b>Order</b> a box"}])
    copy = await written(model)
    assert copy.items == ({"headline": "Ripe figs & sun", "cta": "Order a box"},)
    marks = [(f.check, f.where) for f in copy.findings]
    assert marks == [("markup", "item 1, cta"), ("markup", "item 1, headline")]


@pytest.mark.parametrize("blank", ["", "   ", "\u2800", "—", "..", "**"])
async def test_a_blank_text_is_asked_again_then_malformed(blank: str) -> None:
    model = Model(*[[{**GOOD, "headline": blank}]] * 3)
    with pytest.raises(Malformed, match="headline is empty"):
        await written(model)
    assert len(model.asked) == 3
