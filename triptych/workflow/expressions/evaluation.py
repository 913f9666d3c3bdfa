"""Evaluate expressions: alone they keep their type, inside a text they become text."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Undefined

from triptych.workflow.expressions.limits import WorkMeter, metered
from triptych.workflow.expressions.syntax import Span, function_of, has_expression, spans
from triptych.workflow.expressions.values import ExpressionError, as_text, shortened


def evaluate(value: Any, names: Mapping[str, Any]) -> Any:
    """Return `value` with every expression in it replaced, lists and mappings too.

    Raises:
        ExpressionError: a name does not exist, the sandbox refuses, or it costs too much.
    """
    with metered() as meter:
        return _evaluated(value, names, meter)


def _evaluated(value: Any, names: Mapping[str, Any], meter: WorkMeter) -> Any:
    if isinstance(value, Mapping):
        return {key: _evaluated(item, names, meter) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_evaluated(item, names, meter) for item in value]
    if not has_expression(value):
        return value
    found = spans(value)
    if len(found) == 1 and _is_whole(value, found[0]):
        return _one(found[0].source, names, meter)
    return _text(value, found, names, meter)


def _is_whole(text: str, span: Span) -> bool:
    return not text[: span.start].strip() and not text[span.end :].strip()


def _text(
    text: str, found: tuple[Span, ...], names: Mapping[str, Any], meter: WorkMeter
) -> str:
    parts, end = [], 0
    for span in found:
        parts += [text[end : span.start], as_text(_one(span.source, names, meter))]
        end = span.end
    written = "".join([*parts, text[end:]])
    result: str = _guarded("the text", lambda: meter.charge(written))
    return result


def _one(source: str, names: Mapping[str, Any], meter: WorkMeter) -> Any:
    function = function_of(source.strip())

    def result() -> Any:
        value = function(**names)
        if isinstance(value, Undefined):
            raise ExpressionError("there is no such value")
        return meter.charge(value)

    return _guarded(shortened(source), result)


def _guarded(what: str, function: Any) -> Any:
    """Return the result of `function`; whatever it raises names the expression."""
    try:
        return function()
    except RecursionError:
        raise ExpressionError(f"{what}: is nested too deeply") from None
    except Exception as error:  # noqa: BLE001 - any error of a filter is the file's
        raise ExpressionError(f"{what}: {str(error) or type(error).__name__}") from None
