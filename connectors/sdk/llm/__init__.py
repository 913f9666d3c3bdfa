"""What every connector with a language model shares: asking, reading, measuring.

    request    a request as a conversation: the harness, filled, and a schema
    shape      the schema in words, for servers that hold a model to none
    response   what a model answered, and which model it was
    reading    the answer as items or scores
    markup     Markdown and HTML, removed from texts
    measuring  what cannot be used: too long, invented, ruled out
    draft      the best text of each field so far
    writing    ask, measure, ask again
    judging    the same for judges

A connector gives one function that turns an `Ask` into what the model `Said`:

    async def write(self, request, watcher, /):
        return await written(request, self._say, watcher, NAME)
"""

from connectors.sdk.llm.judging import judged, judging_of
from connectors.sdk.llm.request import ChatTurn, LLMRequest
from connectors.sdk.llm.response import Growing, LLMResponse, Say, total
from connectors.sdk.llm.writing import first_ask, written

__all__ = [
    "ChatTurn",
    "Growing",
    "LLMRequest",
    "LLMResponse",
    "Say",
    "first_ask",
    "judged",
    "judging_of",
    "total",
    "written",
]
