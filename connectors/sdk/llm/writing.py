"""Ask, measure, ask again: until every text can be used, at most twice more."""

from connectors.sdk.llm.draft import LEGAL, Draft
from connectors.sdk.llm.request import LLMRequest, ask_of
from connectors.sdk.llm.response import Forward, Say, rerouted, total
from triptych.contracts import Copy, CopyRequest, Finding, Usage, Watcher
from triptych.errors import Rejected, Unavailable, Unsupported
from triptych.evals.texts import unsaid

MAX_AGAIN = 2  # how often a model is asked again
MAX_ITEMS = 50


async def written(request: CopyRequest, say: Say, watcher: Watcher, connector: str) -> Copy:
    """Return the items that `say` writes; what cannot be used is not among them.

    The model is told what is wrong with a text by its measure ("is 47 of 40 characters,
    7 too many") and asked again, at most `MAX_AGAIN` times, in the same conversation.
    Texts that were right stay as they were.

    Raises:
        Unsupported: there are no fields, or more items than `MAX_ITEMS`.
        Rejected: the brief has no product, or no item can be used.
        Malformed: the answers cannot be read.
        ConnectorError: whatever `say` raises at the first question.
    """
    _refuse(request, connector)
    draft = Draft(request, connector)
    if not draft.fields:  # only what must be said: nobody need be asked
        same = (draft.given,) * request.count
        return Copy(same, Usage("none", 0.0, 0.0), _unsaid(request, draft))
    watcher, usages, late = Forward(watcher), list[Usage](), None
    ask, asked_model = first_ask(request, connector), ""
    for again in range(MAX_AGAIN + 1):
        watcher.progress(0.1 + 0.25 * again, draft.says() if again else "asks")
        try:
            said = await say(ask, watcher)
        except Unavailable as error:
            if not again:
                raise
            late = error  # what was paid for is used as far as it goes
            break
        usages.append(said.usage)
        asked_model = said.asked_model
        draft.take(said.text)
        if draft.is_done() or draft.is_hopeless():
            break
        ask = ask.and_then(said.text, draft.question())
    items, findings = draft.finished(late)
    told = (
        *rerouted(asked_model, usages),
        *findings,
        *_again(len(usages)),
        *_unsaid(request, draft),
    )
    return Copy(items, total(usages), told)


def first_ask(request: CopyRequest, connector: str) -> LLMRequest:
    """Return what a model is asked first: every field that only a writer can fill.

    Raises:
        Unsupported: a template of the harness cannot be filled.
    """
    return ask_of(request, Draft(request, connector).fields, connector)


def _refuse(request: CopyRequest, connector: str) -> None:
    if not request.fields:
        raise Unsupported("needs `fields`, e.g. {headline: 40}", connector=connector)
    if not 1 <= request.count <= MAX_ITEMS:
        raise Unsupported(f"writes 1 to {MAX_ITEMS} items", connector=connector)
    if not request.brief.product.strip():
        raise Rejected("the brief has no product to write about", connector=connector)


def _again(asked: int) -> tuple[Finding, ...]:
    if asked == 1:
        return ()
    note = f"was asked {asked} times until every text could be used"
    return (Finding("asked-again", "note", note),)


def _unsaid(request: CopyRequest, draft: Draft) -> tuple[Finding, ...]:
    """Return a finding for each line that must be said and does not fit its field."""
    if LEGAL not in request.fields:
        return ()
    said = [(LEGAL, draft.given[LEGAL])]
    return tuple(unsaid(said, request.brief, request.language))
