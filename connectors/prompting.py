"""Harnesses: how a model is asked, as versioned data in `templates/prompts/`."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from triptych.contracts import CopyRequest
from triptych.data import templates
from triptych.documents import did_you_mean
from triptych.errors import Unsupported
from triptych.evals.texts import ruled_out

DEFAULT = "plain"


@dataclass(frozen=True, slots=True)
class Harness:
    """System prompt, question and second question, as Jinja templates, with a version."""

    name: str
    version: str
    says: str
    system: str
    user: str
    again: str

    def asks(self, request: CopyRequest, fields: Mapping[str, int]) -> tuple[str, str]:
        """Return the system prompt and the question for `fields` of `request`."""
        brief = request.brief.in_locale(request.language)
        angle = request.angle
        if isinstance(angle, Mapping):
            angle = "; ".join(f"{name}: {words}" for name, words in angle.items())
        known: dict[str, Any] = {
            "task": request.task,
            "brand": request.brand_name,
            "language": request.language,
            "voice": request.voice,
            "brief": brief,
            "banned": tuple(ruled_out(request.brief, request.voice)),
            "audience": request.audience,
            "angle": angle,
            "count": request.count,
            "fields": fields,
        }
        return _filled(self.system, known), _filled(self.user, known)

    def asks_again(self, faults: Sequence[str], count: int) -> str:
        """Return the question that names what is wrong, measured."""
        return _filled(self.again, {"faults": faults, "count": count})


@functools.cache
def harnesses() -> Mapping[str, Harness]:
    """Return every harness that ships, by name."""
    import yaml

    found = {}
    for file in sorted((templates() / "prompts").glob("*.yaml")):
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        found[file.stem] = Harness(name=file.stem, **data)
    return found


def harness_for(request: CopyRequest, connector: str) -> Harness:
    """Return the harness that `extra.harness` names.

    Raises:
        Unsupported: there is none of that name.
    """
    name = str(request.extra.get("harness", DEFAULT))
    known = harnesses()
    if name not in known:
        hint = did_you_mean(name, known) or f"there are: {', '.join(known)}"
        raise Unsupported(f"no harness is called {name!r}; {hint}", connector=connector)
    return known[name]


def _filled(template: str, known: Mapping[str, Any]) -> str:
    """Fill a template; what is filled in is never read as a template itself."""
    text = _environment().from_string(template).render(known)
    lines = [" ".join(line.split(" ")).rstrip() for line in text.splitlines()]
    return "\n".join(line for line in lines if line.strip()).strip()


@functools.cache
def _environment() -> Any:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
