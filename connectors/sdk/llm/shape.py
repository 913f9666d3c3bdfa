"""The shape of an answer in words, for servers that cannot hold a model to a schema."""

import dataclasses
import functools
import json
from collections.abc import Mapping
from typing import Any

from connectors.sdk.llm.request import LLMRequest
from triptych.prompts.render import render
from triptych.resources import templates


def with_shape(request: LLMRequest) -> LLMRequest:
    """Return `request` with the shape of the answer at the end of its first turn.

    JSON mode of OpenAI's APIs also requires that a message contains the word JSON.
    """
    first, *rest = request.turns
    example = json.dumps(example_of(request.schema), ensure_ascii=False)
    shape = render(_template(), {"shape": example}).strip()
    text = f"{first.text.rstrip()}\n\n{shape}\n"
    return dataclasses.replace(
        request, turns=(dataclasses.replace(first, text=text), *rest)
    )


def example_of(schema: Mapping[str, Any]) -> Any:
    """Return a value that `schema` allows: one item per list, "…" for each text."""
    match schema.get("type"):
        case "object":
            properties = schema["properties"]
            return {name: example_of(inner) for name, inner in properties.items()}
        case "array":
            return [example_of(schema["items"])]
        case "number":
            return 0.5
        case _:
            return "…"


@functools.cache
def _template() -> str:
    return (templates() / "prompts" / "shape.md").read_text(encoding="utf-8")
