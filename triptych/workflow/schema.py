"""The JSON Schema of the workflow file: from the models and every installed connector."""

from collections.abc import Iterable
from typing import Any

from triptych.contracts import KINDS, About
from triptych.documents.validation import adapter
from triptych.placements import placements
from triptych.workflow.model import Workflow
from triptych.workflow.requests import RESERVED

DIALECT = "https://json-schema.org/draft/2020-12/schema"
EXPRESSION = {"type": "string", "pattern": r"\$\{\{"}


def workflow_schema(installed: Iterable[About]) -> dict[str, Any]:
    """Return the schema; `uses` is one of the installed connectors, `with` its request.

    `installed` holds the checks, too: their kind is "check".
    """
    schema = Workflow.model_json_schema(by_alias=True)
    definitions: dict[str, Any] = schema["$defs"]
    declared = list(installed)
    connectors = [about for about in declared if about.kind != "check"]
    checks = sorted(about.name for about in declared if about.kind == "check")
    for name in ("Step", "Deliverable"):
        definitions[name] = _with_connectors(definitions[name], connectors)
    for kind in sorted({about.kind for about in connectors}):
        definitions[f"with-{kind}"] = _request(kind, definitions)
    _allow_one_schedule(schema)
    definitions["Deliverable"]["properties"]["placements"]["items"] = {
        "enum": sorted(placements())
    }
    definitions["Eval"]["properties"]["check"] = {"enum": checks}
    schema["patternProperties"] = {"^x-": {"description": "holds anchors"}}
    title = {"$schema": DIALECT, "title": "Triptych workflow, version 1"}
    return {**title, **{key: value for key, value in schema.items() if key != "title"}}


def _allow_one_schedule(schema: dict[str, Any]) -> None:
    """Let `schedule:` be a mapping, or a list of several."""
    listed = schema["properties"]["schedule"]
    schema["properties"]["schedule"] = {"anyOf": [listed["items"], listed]}


def _with_connectors(step: dict[str, Any], connectors: list[About]) -> dict[str, Any]:
    names = {f"{about.kind}/{about.name}": about for about in connectors}
    uses = {
        "type": "string",
        "anyOf": [
            {"enum": sorted(names), "description": "installed"},
            {"pattern": "^[a-z]+/[a-z0-9]"},
        ],
    }
    rules = [
        {
            "if": {
                "properties": {"uses": {"pattern": f"^{kind}/"}},
                "required": ["uses"],
            },
            "then": {"properties": {"with": {"$ref": f"#/$defs/with-{kind}"}}},
        }
        for kind in sorted({about.kind for about in connectors})
    ]
    properties = {**step["properties"], "uses": uses}
    # an entry that extends another one takes its connector, too
    needed = [{"required": ["uses"]}, {"required": ["extends"]}]
    shape = {key: value for key, value in step.items() if key != "required"}
    return {**shape, "properties": properties, "anyOf": needed, "allOf": rules}


def _request(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """Return what may stand under `with:`; every field may be an expression instead."""
    request: Any = KINDS[kind].request
    schema = adapter(request).json_schema(ref_template="#/$defs/{model}")
    definitions.update(
        {k: v for k, v in schema.get("$defs", {}).items() if k not in definitions}
    )
    reserved = RESERVED.get(kind, frozenset())
    properties = {
        name: {"anyOf": [EXPRESSION, _field(field)]}
        for name, field in schema["properties"].items()
        if name not in reserved
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _field(field: dict[str, Any]) -> dict[str, Any]:
    if str(field.get("$ref", "")).endswith("/Size"):
        return {
            "type": "string",
            "pattern": r"^\s*\d+\s*[x×]\s*\d+\s*$",
            "description": "width x height, pixels",
        }
    if str(field.get("items", {}).get("$ref", "")).endswith("/Lora"):
        named = {"type": "string", "description": "a LoRA of the brand, by name"}
        return {"type": "array", "items": {"anyOf": [named, {"type": "object"}]}}
    if field.get("type") == "array":
        return {**field, "items": {"anyOf": [EXPRESSION, field.get("items", True)]}}
    return field
