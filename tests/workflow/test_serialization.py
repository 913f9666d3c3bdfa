from typing import Any

import pytest
from jsonschema import Draft202012Validator

from triptych.workflow.model import Workflow
from triptych.workflow.serialization import form_defaults, run_form


def a_workflow(**inputs: dict[str, Any]) -> Workflow:
    data = {"triptych": 1, "name": "box", "brief": "b.md", "brand": "b/", "inputs": inputs}
    return Workflow.model_validate(data)


def fields(workflow: Workflow) -> dict[str, Any]:
    found: dict[str, Any] = run_form(workflow)["properties"]["inputs"]["properties"]
    return found


@pytest.mark.parametrize(
    ("rule", "schema"),
    [
        ({"type": "text", "max_length": 40}, {"type": "string", "maxLength": 40}),
        (
            {"type": "integer", "min": 1, "max": 9},
            {"type": "integer", "minimum": 1, "maximum": 9},
        ),
        ({"type": "number"}, {"type": "number"}),
        ({"type": "boolean"}, {"type": "boolean"}),
        ({"type": "date"}, {"type": "string", "format": "date"}),
        ({"type": "choice", "choices": ["a", "b"]}, {"enum": ["a", "b"]}),
        ({"type": "url"}, {"format": "uri"}),
        ({"type": "color"}, {"pattern": "^#[0-9a-fA-F]{6}$"}),
    ],
)
def test_every_type_is_a_field_of_its_own(
    rule: dict[str, Any], schema: dict[str, Any]
) -> None:
    field = fields(a_workflow(it=rule))["it"]
    assert schema.items() <= field.items()


def test_a_picture_is_a_path_or_an_address_and_says_so() -> None:
    field = fields(a_workflow(photo={"type": "image", "min_px": 1080}))["photo"]
    assert field["type"] == "string"
    assert "https://" in field["description"]
    assert "cannot upload" in field["description"]
    assert "1080 pixels" in field["description"]


def test_defaults_have_the_types_that_the_form_wants() -> None:
    workflow = a_workflow(
        n={"type": "integer", "default": "3"},
        on={"type": "boolean", "default": "true"},
        share={"type": "number", "default": 0.5},
        word={"type": "text", "default": 12},
        none={"type": "text"},
    )
    assert form_defaults(workflow) == {"n": 3, "on": True, "share": 0.5, "word": "12"}
    assert fields(workflow)["n"]["default"] == 3


def test_fields_keep_the_order_of_the_file() -> None:
    found = fields(a_workflow(b={}, a={}, c={}))
    assert [found[name]["position"] for name in ("b", "a", "c")] == [0, 1, 2]


def test_only_what_has_no_default_must_be_filled_in() -> None:
    form = run_form(a_workflow(a={"required": True}, b={"required": True, "default": "x"}))
    assert form["properties"]["inputs"]["required"] == ["a"]
    assert form["required"] == ["inputs"]


def test_a_workflow_without_inputs_has_an_empty_form() -> None:
    assert run_form(a_workflow())["properties"] == {}


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ({"type": "integer", "min": 1, "max": 9}, "From 1 to 9."),
        ({"type": "number", "min": 0.5}, "At least 0.5."),
        ({"type": "integer", "max": 9}, "At most 9."),
        ({"type": "color"}, "six hexadecimal digits"),
        ({"type": "url"}, "http:// or https://"),
        (
            {"type": "text", "description": "As on the door", "max_length": 30},
            "As on the door. At most 30 characters.",
        ),
        ({"type": "image", "description": "Product photo!"}, "Product photo! A web"),
    ],
)
def test_limits_are_told_in_sentences(rule: dict[str, Any], text: str) -> None:
    assert text in fields(a_workflow(it=rule))["it"]["description"]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("image", ["fig.jpg", "a/b c.png", "https://x.example/a.jpg"], ["ftp://x/a.jpg"]),
        ("file", ["", "notes.txt", "http://x.example/"], ["https://", "file:///etc/x"]),
        ("url", ["https://x.example/a?b=c"], ["x.example", "https:///a", "ftp://x/"]),
    ],
)
def test_the_form_refuses_addresses_that_cannot_be_read(
    kind: str, good: list[str], bad: list[str]
) -> None:
    check = Draft202012Validator(fields(a_workflow(it={"type": kind}))["it"])
    assert all(check.is_valid(value) for value in good)
    assert not any(check.is_valid(value) for value in bad)
