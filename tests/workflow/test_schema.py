import json
from typing import Any

import pytest

from connectors import about, known
from triptych.evals import registry
from triptych.placements import placements
from triptych.workflow.schema import workflow_schema


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    names = [*known(), *(f"check/{name}" for name in registry.known())]
    return workflow_schema([about(name) for name in sorted(names)])


def test_it_names_every_installed_connector_placement_and_check(
    schema: dict[str, Any],
) -> None:
    definitions = schema["$defs"]
    uses = definitions["Step"]["properties"]["uses"]["anyOf"][0]["enum"]
    assert uses == sorted(known())
    listed = definitions["Deliverable"]["properties"]["placements"]["items"]["enum"]
    assert listed == sorted(placements())
    assert definitions["Eval"]["properties"]["check"]["enum"] == sorted(registry.known())


def test_every_reference_in_it_leads_somewhere(schema: dict[str, Any]) -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return own + [found for value in node.values() for found in references(value)]
        if isinstance(node, list):
            return [found for value in node for found in references(value)]
        return []

    names = {f"#/$defs/{name}" for name in schema["$defs"]}
    assert set(references(schema)) <= names


def test_with_takes_the_kinds_fields_and_refuses_others(schema: dict[str, Any]) -> None:
    image = schema["$defs"]["with-image"]
    assert {"prompt", "size", "references", "quality"} <= set(image["properties"])
    assert image["additionalProperties"] is False
    assert "placement" not in schema["$defs"]["with-compose"]["properties"]
    rules = schema["$defs"]["Step"]["allOf"]
    assert {rule["if"]["properties"]["uses"]["pattern"] for rule in rules} >= {
        "^copy/",
        "^image/",
    }


def test_a_field_may_be_an_expression_instead(schema: dict[str, Any]) -> None:
    for name in ("size", "references", "seed"):
        first = schema["$defs"]["with-image"]["properties"][name]["anyOf"][0]
        assert first == {"type": "string", "pattern": r"\$\{\{"}


def test_it_is_json_and_says_which_dialect(schema: dict[str, Any]) -> None:
    assert json.loads(json.dumps(schema))["$schema"].endswith("2020-12/schema")
    assert schema["required"] == ["triptych", "name", "brief", "brand"]
