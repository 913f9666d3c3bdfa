"""What a model answered: which model it was."""

import pytest

from connectors.sdk.llm.response import is_same_model


@pytest.mark.parametrize(
    ("asked", "answered", "same"),
    [
        ("gpt-6.1-sol", "gpt-6.1-sol", True),
        ("gpt-6-sol", "gpt-6-sol-2026-09-22", True),
        ("gemini-3.8-flash", "models/gemini-3.8-flash-001", True),
        ("gemini-flash-latest", "gemini-3.8-flash", True),
        ("gemini-2.5-flash", "gemini-3.8-flash", False),
        ("gemini-3.5-flash", "gemini-3.5-flash-lite", False),
        ("claude-sonnet-5", "claude-sonnet-5-5", False),
    ],
)
def test_a_snapshot_is_the_model_that_was_asked(
    asked: str, answered: str, *, same: bool
) -> None:
    assert is_same_model(asked, answered) is same
