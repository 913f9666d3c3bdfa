"""The suite that copy connectors inherit notices a connector that breaks its word."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from connectors.copy.phrasebook import Phrasebook
from tests.contracts.copy import CopyContract
from triptych.contracts import Copy, CopyRequest, Watcher

Spoil = Callable[[dict[str, str]], dict[str, str]]


class Spoiled(Phrasebook):
    """Writes like the phrasebook, then spoils every item."""

    def __init__(self, spoil: Spoil) -> None:
        self.spoil = spoil

    async def write(self, request: CopyRequest, watcher: Watcher, /) -> Copy:
        copy = await super().write(request, watcher)
        return Copy(tuple(self.spoil(dict(item)) for item in copy.items), copy.usage)


async def kept(promise: str, spoil: Spoil, **asked: Any) -> None:
    test = getattr(CopyContract(), promise)
    assert inspect.iscoroutinefunction(test)
    await test(Spoiled(spoil), **asked)


@pytest.mark.parametrize(
    ("promise", "spoil", "asked"),
    [
        (
            "test_gives_as_many_items_as_asked_with_exactly_the_fields",
            lambda item: {**item, "aside": "more than was asked"},
            {"count": 1, "fields": {"body": 90}},
        ),
        (
            "test_keeps_every_limit",
            lambda item: {**item, "cta": "Order your box before they are gone"},
            {"shorter": 1.0},
        ),
        (
            "test_writes_in_the_language_asked_for",
            lambda item: {**item, "body": "Figs with the taste of the island"},
            {"locale": "de-DE"},
        ),
        (
            "test_invents_no_number_and_uses_no_ruled_out_word",
            lambda item: {**item, "body": "Now 20 % off"},
            {"name": "figuera"},
        ),
        (
            "test_invents_no_number_and_uses_no_ruled_out_word",
            lambda item: {**item, "body": "An artisanal hamper"},
            {"name": "figuera"},
        ),
        (
            "test_says_what_must_be_said_in_legal",
            lambda item: {**item, "legal": "Terms apply."},
            {"locale": "en-GB"},
        ),
        (
            "test_the_items_of_one_answer_differ",
            lambda item: {**item, "headline": "Figs"},
            {},
        ),
    ],
)
async def test_a_broken_promise_is_noticed(
    promise: str, spoil: Spoil, asked: dict[str, Any]
) -> None:
    await kept(promise, dict, **asked)
    with pytest.raises(AssertionError):
        await kept(promise, spoil, **asked)
