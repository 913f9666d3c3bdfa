"""The run form: a workflow's typed inputs as the JSON Schema that Prefect's UI draws."""

from collections.abc import Mapping
from typing import Any

from triptych.workflow.model import Input, Workflow

_FROM_OUTSIDE = (
    "A web address (https://…), or a path on the machine that runs it; a relative path "
    "starts at the workflow's folder. Prefect's form cannot upload files."
)
FILE = "names a file"  # the comment by which a form's readers know such fields
_TYPES: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "choice": {"type": "string"},
    "image": {"type": "string", "$comment": FILE},
    "file": {"type": "string", "$comment": FILE},
    "url": {"type": "string", "format": "uri"},
    "color": {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"},
}


def run_form(workflow: Workflow) -> dict[str, Any]:
    """Return the schema of a deployment's parameters: one group, `inputs`.

    What else the flow takes (the file, the store) is the deployment's own and has no
    place in the form.
    """
    fields = {
        name: _field(name, rule, place)
        for place, (name, rule) in enumerate(workflow.inputs.items())
    }
    required = [name for name in workflow.inputs if _must_be_given(workflow, name)]
    group: dict[str, Any] = {
        "type": "object",
        "title": "Inputs",
        "description": f"What a run of {workflow.name} may be given.",
        "position": 0,
        "properties": fields,
        "required": required,
        "additionalProperties": False,
    }
    if not fields:
        return {"title": "Parameters", "type": "object", "properties": {}, "required": []}
    return {
        "title": "Parameters",
        "type": "object",
        "properties": {"inputs": group},
        "required": ["inputs"] if required else [],
    }


def form_defaults(workflow: Workflow) -> dict[str, Any]:
    """Return what the form shows before anything is typed."""
    rules = workflow.inputs.items()
    return {name: _default(rule) for name, rule in rules if rule.default is not None}


def _must_be_given(workflow: Workflow, name: str) -> bool:
    rule = workflow.inputs[name]
    return rule.required and rule.default is None


def _field(name: str, rule: Input, place: int) -> dict[str, Any]:
    field: dict[str, Any] = {**_TYPES[rule.type], "title": name, "position": place}
    if says := " ".join(filter(None, [rule.description, _hint(rule)])):
        field["description"] = says
    if rule.type == "choice":
        field["enum"] = list(rule.choices)
    if rule.min is not None:
        field["minimum"] = rule.min
    if rule.max is not None:
        field["maximum"] = rule.max
    if rule.max_length is not None:
        field["maxLength"] = rule.max_length
    if rule.default is not None:
        field["default"] = _default(rule)
    return field


def _hint(rule: Input) -> str:
    if rule.type in ("image", "file"):
        small = f" At least {rule.min_px} pixels wide and high." if rule.min_px else ""
        return _FROM_OUTSIDE + small
    if rule.max_length:
        return f"At most {rule.max_length} characters."
    return ""


def _default(rule: Input) -> Any:
    """Return the default as the JSON type that the form wants; files spell all as text."""
    given = rule.default
    match rule.type:
        case "integer":
            return int(str(given))
        case "number":
            return float(str(given))
        case "boolean":
            return str(given).lower() == "true"
    return str(given)
