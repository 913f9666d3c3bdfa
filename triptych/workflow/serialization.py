"""The run form: a workflow's typed inputs as the JSON Schema that Prefect's UI draws."""

from collections.abc import Mapping
from typing import Any

from triptych.workflow.model import Input, Workflow

_FROM_OUTSIDE = (
    "A web address (https://…), or a path on the machine that runs it; a relative path "
    "starts at the workflow's folder. Prefect's form cannot upload files."
)
FILE = "names a file"  # the comment by which a form's readers know such fields
# a path, or an address that can be read; the form refuses others before a run begins
_ADDRESS_OR_PATH = r"^(https?://[^\s/?#]+\S*|(?![A-Za-z][A-Za-z0-9+.-]*://).*)$"
_TYPES: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "choice": {"type": "string"},
    "image": {"type": "string", "$comment": FILE, "pattern": _ADDRESS_OR_PATH},
    "file": {"type": "string", "$comment": FILE, "pattern": _ADDRESS_OR_PATH},
    "url": {"type": "string", "format": "uri", "pattern": r"^https?://[^\s/?#]+\S*$"},
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


def changed_inputs(workflow: Workflow, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of `inputs` that differ from the workflow's defaults."""
    defaults = form_defaults(workflow)
    return {n: v for n, v in inputs.items() if v is not None and defaults.get(n) != v}


def _must_be_given(workflow: Workflow, name: str) -> bool:
    rule = workflow.inputs[name]
    return rule.required and rule.default is None


def _field(name: str, rule: Input, place: int) -> dict[str, Any]:
    field: dict[str, Any] = {**_TYPES[rule.type], "title": name, "position": place}
    if description := _description(rule):
        field["description"] = description
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


def _description(rule: Input) -> str:
    """Return the description and the hint as sentences of their own."""
    texts = (rule.description.strip(), _hint(rule))
    return " ".join(_sentence(text) for text in texts if text)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", ":", "…")) else f"{text}."


def _hint(rule: Input) -> str:
    """Return the limits of a field in words; Prefect's form shows patterns otherwise."""
    match rule.type:
        case "image" | "file":
            small = f" At least {rule.min_px} pixels wide and high." if rule.min_px else ""
            return _FROM_OUTSIDE + small
        case "integer" | "number":
            return _range(rule)
        case "color":
            return "A colour as # and six hexadecimal digits, e.g. #1a7f37."
        case "url":
            return "A web address that begins with http:// or https://."
    return f"At most {rule.max_length} characters." if rule.max_length else ""


def _range(rule: Input) -> str:
    if rule.min is not None and rule.max is not None:
        return f"From {rule.min:g} to {rule.max:g}."
    if rule.min is not None:
        return f"At least {rule.min:g}."
    return f"At most {rule.max:g}." if rule.max is not None else ""


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
