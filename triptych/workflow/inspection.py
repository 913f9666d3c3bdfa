"""What the file says against what there is: names, connectors, types, placements."""

import re
from collections.abc import Callable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any, cast

from pydantic import ValidationError

from triptych.contracts import CAMPAIGN_DEFAULTS, CHECKS, VERBS, About, Kind
from triptych.documents import Loc, Tree, did_you_mean
from triptych.errors import Problem, UnknownConnector
from triptych.placements import placements
from triptych.workflow.expressions import (
    ATTRIBUTES,
    FUNCTIONS,
    NAMES,
    ExpressionError,
    Reference,
    evaluate,
    has_expression,
    parse,
)
from triptych.workflow.model import Deliverable, Step, Workflow
from triptych.workflow.requests import checked, field_types, wants_pictures

_KEY = re.compile(
    r"\b(sk-[A-Za-z0-9_-]{16,}|AKIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{30,}|r8_[A-Za-z0-9]{30,}"
    r"|gh[pousr]_[A-Za-z0-9]{30,}|xox[abp]-[A-Za-z0-9-]{20,}|hf_[A-Za-z0-9]{30,})"
)
_FILE_FIELDS = {
    "placement",
    "width",
    "height",
    "locale",
    "audience",
    "revision",
    "ext",
    "name",
}
_PICTURES = ("image", "cutout", "upscale")
_ABLE = {
    "loras": "loras",
    "mask": "mask",
    "transparent": "transparent",
}  # field -> capability


def inspect(
    workflow: Workflow,
    names: Mapping[str, Any],
    tree: Tree,
    about: Callable[[str], About],
) -> list[Problem]:
    """Return everything that is wrong with a workflow whose shape is right."""
    inspector = _Inspector(workflow, names, tree, about)
    return list(inspector.problems())


def references(step: Step) -> Iterator[Reference]:
    """Yield what the expressions of a step read, its campaign defaults included.

    Raises:
        ExpressionError: an expression cannot be read.
    """
    kind = cast("Kind", step.uses.partition("/")[0])
    defaults = CAMPAIGN_DEFAULTS.get(kind, {})
    values = [step.when, *step.with_.values()]
    values += [value for name, value in defaults.items() if name not in step.with_]
    for _, text in texts(values, ()):
        yield from parse(text)


def texts(value: Any, loc: Loc) -> Iterator[tuple[Loc, str]]:
    """Yield every text inside `value` with its path."""
    if isinstance(value, str):
        yield loc, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from texts(item, (*loc, key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from texts(item, (*loc, index))


class _Inspector:
    def __init__(
        self,
        workflow: Workflow,
        names: Mapping[str, Any],
        tree: Tree,
        about: Callable[[str], About],
    ) -> None:
        self.workflow, self.names, self.tree, self.about = workflow, names, tree, about
        self.sections: dict[str, Mapping[str, Step]] = {
            "steps": workflow.steps,
            "deliverables": workflow.deliverables,
        }

    def problems(self) -> Iterator[Problem]:
        yield from self._secrets()
        yield from self._expressions()
        for section, entries in self.sections.items():
            for name, step in entries.items():
                yield from self._step(step, (section, name))
        yield from self._twice()
        yield from self._cycles()
        yield from self._evals()
        yield from self._rest()

    def _at(
        self, loc: Loc, message: str, code: str, hint: str = "", *, key: bool = False
    ) -> Problem:
        return self.tree.problem(loc, message, code, hint=hint, key=key)

    # --- text everywhere

    def _secrets(self) -> Iterator[Problem]:
        for loc, text in texts(self.tree.data, ()):
            if _KEY.search(text):
                message = (
                    "looks like an API key; put it into the environment and remove it here"
                )
                yield self._at(loc, message, "T403")

    def _expressions(self) -> Iterator[Problem]:
        for loc, text in texts(self.tree.data, ()):
            try:
                for reference in parse(text):
                    yield from self._reference(reference, loc)
            except ExpressionError as error:
                yield self._inside(loc, error.at, f"the expression {error}", "T205")

    def _inside(
        self, loc: Loc, at: int, message: str, code: str, hint: str = ""
    ) -> Problem:
        """Return a problem at offset `at` of the text at `loc`."""
        problem = self._at(loc, message, code, hint)
        place = self.tree.place(loc)
        rest = place.source[place.column - 1 :]
        quoted = 1 if rest[:1] in "\"'" else 0
        if rest[:1] in "|>":  # a block: its text is on the lines below
            return problem
        column = problem.column + quoted + at
        return Problem(
            problem.file,
            problem.line,
            column,
            problem.path,
            message,
            code,
            hint,
            problem.source,
        )

    def _reference(self, reference: Reference, loc: Loc) -> Iterator[Problem]:
        root, *rest = reference.path
        at = reference.at
        if root not in NAMES and root not in FUNCTIONS:
            hint = did_you_mean(root, (*NAMES, *FUNCTIONS))
            yield self._inside(loc, at, f"there is no name {root!r}", "T201", hint)
            return
        known = self._known(root)
        if not rest or known is None:
            return
        if rest[0] not in known:
            hint = did_you_mean(rest[0], known)
            yield self._inside(loc, at, f"{root} has no {rest[0]!r}", "T201", hint)
        elif root in self.sections and len(rest) > 1:
            yield from self._field(self.sections[root][rest[0]], rest, loc, at)

    def _known(self, root: str) -> tuple[str, ...] | None:
        """Return the names under `root`; None where any name may stand."""
        if root in self.sections:
            return tuple(self.sections[root])
        if root == "matrix":
            return tuple(axis for axis in self.workflow.matrix if axis != "exclude")
        if root == "inputs":
            return tuple(self.workflow.inputs)
        if root in ("brief", "brand"):
            return tuple(type(self.names[root]).__dataclass_fields__)
        return None

    def _field(self, step: Step, rest: list[str], loc: Loc, at: int) -> Iterator[Problem]:
        """Check a copy step's field: they are known before it runs."""
        fields = step.with_.get("fields")
        if not step.uses.startswith("copy/") or not isinstance(fields, Mapping):
            return
        wanted = rest[2] if rest[1] == "best" and len(rest) > 2 else rest[1]
        if wanted not in (*fields, *ATTRIBUTES):
            hint = did_you_mean(wanted, (*fields, *ATTRIBUTES))
            message = f"{rest[0]} writes no {wanted!r}"
            yield self._inside(loc, at, message, "T201", hint)

    # --- one step or deliverable

    def _step(self, step: Step, loc: Loc) -> Iterator[Problem]:
        kind = cast("Kind", step.uses.partition("/")[0])
        if kind not in VERBS:
            message = f"there is no kind {kind!r}"
            yield self._at((*loc, "uses"), message, "T401", did_you_mean(kind, VERBS))
            return
        declared: About | None = None
        for index, uses in enumerate((step.uses, *step.fallback)):
            where = (*loc, "uses") if index == 0 else (*loc, "fallback", index - 1)
            try:
                found = self.about(uses)
            except UnknownConnector as error:
                yield self._at(where, str(error), "T401")
                continue
            declared = declared or found
            if found.kind != kind:
                message = f"is of the kind {found.kind}, not {kind}"
                yield self._at(where, message, "T401")
        yield from self._needs(step, loc)
        yield from self._with(kind, step, loc)
        if declared is not None:
            yield from self._abilities(declared, step, loc)
        if isinstance(step, Deliverable):
            yield from self._placements(step, loc)
        yield from self._choices(step, loc)

    def _needs(self, step: Step, loc: Loc) -> Iterator[Problem]:
        parts = self.workflow.parts()
        for index, need in enumerate(step.needs):
            if need not in parts:
                message = f"there is no step {need!r}"
                yield self._at(
                    (*loc, "needs", index), message, "T201", did_you_mean(need, parts)
                )
        axes = [axis for axis in self.workflow.matrix if axis != "exclude"]
        for index, axis in enumerate(step.once_per or ()):
            if axis not in axes:
                message = f"the matrix has no axis {axis!r}"
                at = (*loc, "once_per", index)
                yield self._at(at, message, "T201", did_you_mean(axis, axes))

    def _with(self, kind: Kind, step: Step, loc: Loc) -> Iterator[Problem]:
        types = field_types(kind)
        for name, value in step.with_.items():
            at = (*loc, "with", name)
            if name not in types:
                hint = did_you_mean(name, types)
                message = f"is not a field of a {kind} request"
                yield self._at(at, message, "T202", hint, key=True)
            else:
                yield from self._type(types[name], value, at)
        defaults = CAMPAIGN_DEFAULTS.get(kind, {})
        required = _required(kind)
        for name in sorted(required - set(step.with_) - set(defaults)):
            yield self._at((*loc, "with"), f"{name} is required", "T302")

    def _type(self, hint: Any, value: Any, at: Loc) -> Iterator[Problem]:
        """Check a value whose expressions, if any, can be evaluated before the run."""
        roots = {ref.path[0] for _, text in texts(value, ()) for ref in _parsed(text)}
        if roots & {"steps", "deliverables"}:
            yield from self._product(hint, value, at)
            return
        if roots & {"matrix", "secrets"} or not roots <= {*NAMES, *FUNCTIONS}:
            return
        try:
            checked(hint, evaluate(value, self.names))
        except ExpressionError as error:
            yield self._at(at, str(error), "T205")
        except ValidationError as error:
            detail = error.errors(include_url=False)[0]
            message = detail["msg"].removeprefix("Value error, ")
            inner = tuple(part for part in detail["loc"] if (*at, part) in self.tree.values)
            shown = "" if has_expression(value) else f", got {detail['input']!r}"
            said = message[:1].lower() + message[1:] + shown
            yield self._at((*at, *inner), said[:240], "T301")

    def _product(self, hint: Any, value: Any, at: Loc) -> Iterator[Problem]:
        """Check that a whole product is of a kind that the field can take."""
        for loc, text in texts(value, at):
            found = re.fullmatch(
                r"\$\{\{\s*(steps|deliverables)\.(\w+)\s*\}\}", text.strip()
            )
            step = self.sections[found[1]].get(found[2]) if found else None
            if found is None or step is None:
                continue
            is_picture = step.uses.partition("/")[0] in _PICTURES
            if wants_pictures(hint) and not is_picture:
                message = f"wants a picture, but {found[2]} is made by {step.uses}"
                yield self._at(loc, message, "T304")
            elif is_picture and not wants_pictures(hint):
                message = f"cannot take a picture, but {found[2]} is made by {step.uses}"
                yield self._at(loc, message, "T304")

    def _abilities(self, about: About, step: Step, loc: Loc) -> Iterator[Problem]:
        for name, capability in _ABLE.items():
            asked = step.with_.get(name)
            empty = not asked or (
                asked == "${{ brand.loras }}" and not self.names["brand"].loras
            )
            if not empty and capability not in about.capabilities:
                message = (
                    f"{step.uses} has no {capability}; remove it or use another connector"
                )
                yield self._at((*loc, "with", name), message, "T402", key=True)
        quality = step.with_.get("quality", "final")
        if (
            about.kind == "image"
            and quality not in about.qualities
            and quality in ("final", "draft")
        ):
            message = (
                f"{step.uses} makes only {', '.join(sorted(about.qualities))} pictures"
            )
            yield self._at((*loc, "with", "quality"), message, "T402")

    def _placements(self, step: Deliverable, loc: Loc) -> Iterator[Problem]:
        for index, name in enumerate(step.placements):
            at = (*loc, "placements", index)
            if name not in placements():
                hint = did_you_mean(name, placements())
                yield self._at(at, f"there is no placement {name!r}", "T602", hint)
            elif name in step.placements[:index]:
                yield self._at(at, f"{name!r} is listed twice", "T203")
            elif step.uses == "compose/images" and placements()[name].size is None:
                yield self._at(at, f"{name!r} shows text only, no picture", "T602")
        if step.uses == "compose/images" and not step.placements:
            yield self._at(loc, "needs placements", "T302", key=True)

    def _choices(self, step: Step, loc: Loc) -> Iterator[Problem]:
        for index, name in enumerate(step.checks):
            if name not in CHECKS:
                at = (*loc, "checks", index)
                yield self._at(
                    at, f"there is no check {name!r}", "T201", did_you_mean(name, CHECKS)
                )
        if step.pick is None:
            return
        who, _, name = step.pick.by.partition("/")
        at = (*loc, "pick", "by")
        if who == "check" and name not in CHECKS:
            yield self._at(
                at, f"there is no check {name!r}", "T201", did_you_mean(name, CHECKS)
            )
        elif who == "judge":
            try:
                self.about(step.pick.by)
            except UnknownConnector as error:
                yield self._at(at, str(error), "T401")
        elif who not in ("check", "person"):
            yield self._at(at, "should be check/<name>, judge/<name> or person", "T301")

    # --- the whole

    def _twice(self) -> Iterator[Problem]:
        for name in self.workflow.deliverables:
            if name in self.workflow.steps:
                message = f"{name!r} is a step already; names are unique"
                yield self._at(("deliverables", name), message, "T203", key=True)

    def _cycles(self) -> Iterator[Problem]:
        try:
            TopologicalSorter(dependencies(self.workflow)).prepare()
        except CycleError as error:
            loop = " → ".join(error.args[1])
            section = "steps" if error.args[1][0] in self.workflow.steps else "deliverables"
            message = f"units wait for each other: {loop}"
            yield self._at((section, error.args[1][0]), message, "T204", key=True)
        except ExpressionError:
            return  # told where it stands

    def _evals(self) -> Iterator[Problem]:
        for name, rule in self.workflow.evals.items():
            loc: Loc = ("evals", name)
            if rule.check not in CHECKS:
                hint = did_you_mean(rule.check, CHECKS)
                at = (*loc, "check")
                yield self._at(at, f"there is no check {rule.check!r}", "T201", hint)
            for index, selector in enumerate(rule.on):
                section, _, part = selector.partition(".")
                at = (
                    (*loc, "on", index)
                    if (*loc, "on", index) in self.tree.values
                    else (*loc, "on")
                )
                if section not in self.sections or not part:
                    yield self._at(
                        at, "should be steps.<name> or deliverables.<name>", "T301"
                    )
                elif part != "*" and part not in self.sections[section]:
                    hint = did_you_mean(part, self.sections[section])
                    yield self._at(at, f"{section} has no {part!r}", "T201", hint)

    def _rest(self) -> Iterator[Problem]:
        fields = re.findall(r"\{([^{}]*)\}", self.workflow.pack.files)
        for name in fields:
            if name not in _FILE_FIELDS:
                hint = did_you_mean(name, _FILE_FIELDS)
                message = f"{{{name}}} is not a part of a file's name"
                yield self._at(("pack", "files"), message, "T201", hint)
        schedule = self.workflow.schedule
        if schedule is not None:
            yield from _schedule(schedule, self.tree)
        if not self.workflow.deliverables:
            yield self._at((), "has no deliverables: nothing would ship", "T302")


def _schedule(schedule: Any, tree: Tree) -> Iterator[Problem]:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    given = [name for name in ("cron", "interval", "rrule") if getattr(schedule, name)]
    if len(given) != 1:
        message = "needs exactly one of cron, interval, rrule"
        yield tree.problem(("schedule",), message, "T301", key=True)
    if schedule.cron and not re.fullmatch(r"\S+(\s+\S+){4}|@\w+", schedule.cron.strip()):
        message = f"should have five parts, got {schedule.cron!r}"
        yield tree.problem(("schedule", "cron"), message, "T301")
    try:
        ZoneInfo(schedule.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        message = f"there is no time zone {schedule.timezone!r}"
        yield tree.problem(("schedule", "timezone"), message, "T301")


def _parsed(text: str) -> list[Reference]:
    try:
        return list(parse(text))
    except ExpressionError:
        return []


def _required(kind: Kind) -> set[str]:
    import dataclasses

    from triptych.contracts import REQUESTS

    request: Any = REQUESTS[kind]
    missing = dataclasses.MISSING
    return {
        field.name
        for field in dataclasses.fields(request)
        if field.default is missing and field.default_factory is missing
    }


def dependencies(workflow: Workflow) -> dict[str, set[str]]:
    """Return what each step and deliverable reads or needs, by name.

    Raises:
        ExpressionError: an expression cannot be read.
    """
    parts = workflow.parts()
    graph: dict[str, set[str]] = {}
    for name, step in parts.items():
        read = {
            reference.path[1]
            for reference in references(step)
            if reference.path[0] in ("steps", "deliverables") and len(reference.path) > 1
        }
        graph[name] = {need for need in (*read, *step.needs) if need in parts}
    return graph
