"""What an image step names of the brand: subjects in its prompt, LoRAs by name."""

from collections.abc import Iterator

from pydantic import ValidationError

from triptych.brand.kit import Brand, Lora, Subject
from triptych.contracts import About
from triptych.documents.validation import sentence
from triptych.documents.yaml import Loc, did_you_mean
from triptych.errors import Problem, UnknownConnector
from triptych.workflow.expressions import ExpressionError, evaluate
from triptych.workflow.inspection.view import CheckContext
from triptych.workflow.model import Step
from triptych.workflow.reading import kind_of, readable
from triptych.workflow.requests import checked
from triptych.workflow.subjects import loras_of, names_in, unable


def casting_problems(view: CheckContext, step: Step, loc: Loc) -> Iterator[Problem]:
    """Yield names that the brand does not know, and what a connector cannot show."""
    if kind_of(step) != "image":
        return
    prompt = step.with_.get("prompt")
    if isinstance(prompt, str):
        yield from _unknown(view, prompt, (*loc, "with", "prompt"))
        yield from _unable(view, step, loc, _named(view, prompt))
    yield from _loras(view, step, loc)


def _unknown(view: CheckContext, prompt: str, at: Loc) -> Iterator[Problem]:
    known = view.names["brand"].cast()
    for name, offset in names_in(prompt):
        if name in known:
            continue
        hint = did_you_mean(name, known)
        message = f"the brand has no character or product {name!r}"
        yield view.inside(at, offset, message, "T201", hint)


def _named(view: CheckContext, prompt: str) -> dict[str, Subject]:
    """Return whom a prompt names, as `@name` or as `${{ brand.products.name }}`."""
    brand: Brand = view.names["brand"]
    names = [name for name, _ in names_in(prompt)]
    for reference in readable(prompt) or ():
        if reference.path[:2] in (("brand", "characters"), ("brand", "products")):
            names += reference.path[2:3]
    known = brand.cast()
    return {name: known[name] for name in names if name in known}


def _unable(
    view: CheckContext, step: Step, loc: Loc, named: dict[str, Subject]
) -> Iterator[Problem]:
    for where, about in _asked(view, step, loc):
        for subject in named.values():
            if message := unable(subject, about):
                yield view.at(where, message, "T402")


def _asked(view: CheckContext, step: Step, loc: Loc) -> Iterator[tuple[Loc, About]]:
    """Yield every connector that may be asked, and where the file names it."""
    for index, uses in enumerate((step.uses, *step.fallback)):
        where = (*loc, "uses") if index == 0 else (*loc, "fallback", index - 1)
        try:
            yield where, view.about(uses)
        except UnknownConnector:
            continue  # reported there


def _loras(view: CheckContext, step: Step, loc: Loc) -> Iterator[Problem]:
    written, at = step.with_.get("loras"), (*loc, "with", "loras")
    roots = {reference.path[0] for reference in readable(written) or ()}
    if not written or not roots <= {"brand", "inputs", "name", "brief"}:
        return
    try:
        named = loras_of(evaluate(written, view.names), view.names["brand"])
        found: tuple[Lora, ...] = checked(tuple[Lora, ...], named)
    except ExpressionError as error:
        place = (*at, error.at) if (*at, error.at) in view.tree.values else at
        yield view.at(place, str(error), "T201")
        return
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        yield view.at((*at, *detail["loc"]), sentence(detail), "T301")
        return
    for where, about in _asked(view, step, loc):
        if "loras" not in about.capabilities:
            continue  # reported at `loras`
        for lora in found:
            if about.name not in lora.weights:
                message = f"the LoRA {lora.name!r} has no weights.{about.name}"
                yield view.at(where, message, "T402")
