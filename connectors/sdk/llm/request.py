"""A request as a conversation: the harness's templates, filled, and a schema."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

from connectors.sdk.llm.measuring import Miss
from triptych.artifact import Picture
from triptych.contracts import CopyRequest
from triptych.errors import Unsupported
from triptych.evals.texts import ruled_out
from triptych.prompts.render import TemplateError, render


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """What one side said. Pictures stand after the text, in order."""

    role: Literal["user", "assistant"]
    text: str
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class LLMRequest:
    """What a model is asked: who it is, what was said, and the shape of its answer.

    `schema` is JSON Schema with nothing that a provider's strict mode refuses: every
    object closed, every key required, no bounds.
    """

    system: str
    turns: tuple[ChatTurn, ...]
    schema: Mapping[str, Any]
    name: str = "copy"  # of the schema
    seed: int = 0
    extra: Mapping[str, Any] = field(default_factory=dict)
    tools: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)

    def and_then(self, answer: str, question: str) -> Self:
        """Return this conversation, gone on. No provider takes an empty turn."""
        more = (ChatTurn("assistant", answer.strip() or "{}"), ChatTurn("user", question))
        return replace(self, turns=(*self.turns, *more))


def ask_of(request: CopyRequest, fields: Mapping[str, int], connector: str) -> LLMRequest:
    """Return the first question: what a model is told, so that it writes `fields`.

    Raises:
        Unsupported: a template of the harness cannot be filled.
    """
    prompts, names = request.prompts, _names(request, fields)
    voiced = {key: names[key] for key in ("brand", "tone")} | {"voice": request.voice}
    names["voice"] = filled(prompts.voice, voiced, connector)
    system = filled(prompts.system, names, connector)
    return LLMRequest(
        system,
        turns=(ChatTurn("user", filled(prompts.ask, names, connector)),),
        schema=copy_schema(fields),
        seed=request.seed,
        extra=request.extra,
        tools=prompts.tools,
    )


def again(request: CopyRequest, misses: Sequence[Miss], connector: str) -> str:
    """Return the question for another try: what could not be used, and why."""
    language = _language(request)
    names = {"misses": misses, "language": language}
    return filled(request.prompts.again, names, connector)


def copy_schema(fields: Mapping[str, int]) -> dict[str, Any]:
    """Return the JSON Schema of `{"items": [{field: text, …}, …]}`."""
    texts = {
        name: {"type": "string", "description": f"at most {longest} characters"}
        for name, longest in fields.items()
    }
    return closed({"items": {"type": "array", "items": closed(texts)}})


def closed(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of an object with exactly these properties."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def filled(template: str, names: Mapping[str, Any], connector: str) -> str:
    """Return a template of the harness filled with `names`.

    Raises:
        Unsupported: it reads what is not there.
    """
    try:
        return render(template, names)
    except TemplateError as error:
        message = f"a template of the harness {error}"
        raise Unsupported(message, connector=connector) from None


def _names(request: CopyRequest, fields: Mapping[str, int]) -> dict[str, Any]:
    """Return what the templates of copy.md and ask.md may read."""
    brief = request.brief.in_locale(request.language)
    prompts = request.prompts
    told = [
        {"name": name, "limit": limit, "says": prompts.fields.get(name, "")}
        for name, limit in fields.items()
    ]
    examples = [example for example in prompts.examples if example.field in fields]
    return {
        "brand": request.brand_name,
        "product": brief.product,
        "proposition": brief.proposition,
        "offer": brief.offer,
        "call_to_action": brief.call_to_action,
        "landing_url": brief.landing_url,
        "facts": brief.facts,
        "untranslated": request.brief.untranslated(request.language),
        "must_say": brief.must_say,
        "ruled_out": ruled_out(brief, request.voice),
        "tone": brief.tone,
        "prose": brief.prose,
        "audience": request.audience,
        "angle": _angle(request),
        "task": request.task,
        "count": request.count,
        "counting": request.counting,
        "fields": told,
        "examples": examples,
        "language": _language(request),
    }


def _language(request: CopyRequest) -> dict[str, Any]:
    found = request.prompts.language(request.language)
    return {"code": request.language, "name": found.name, "write": found.write}


def _angle(request: CopyRequest) -> str:
    if isinstance(request.angle, Mapping):
        return "\n".join(f"{name}: {words}" for name, words in request.angle.items())
    return request.angle or ""
