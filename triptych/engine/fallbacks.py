"""Fallbacks: the record of the one that answered, or an error that names all."""

import dataclasses
from collections.abc import Sequence

from triptych.contracts import Finding, Level, Usage
from triptych.errors import AllFailed, ComposeError, ConnectorError, Unauthorized
from triptych.store.contract import Record

# Any failure of a connector leads to the fallback. The budget, a full disk and a
# cancellation are not failures of a connector.
Failure = ConnectorError | ComposeError
FAILURES = (ConnectorError, ComposeError)


def instead(record: Record, first: str, errors: Sequence[Failure]) -> Record:
    """Return the record of a fallback that answered, with the reason and the cost."""
    why = str(errors[0])
    note = f"{first} could not ({why}); {record.uses} answered instead"
    level: Level = "warn" if isinstance(errors[0], Unauthorized) else "note"
    finding = Finding("fallback", level, note, where=record.unit)
    record = with_findings(record, (finding,))
    usage = (*costs_of(errors), *record.usage)
    return dataclasses.replace(record, instead_of=first, why=why, usage=usage)


def all_failed(errors: Sequence[Failure]) -> Failure:
    """Return the only error, or an error that names all connectors that were called."""
    if len(errors) == 1:
        return errors[0]
    return AllFailed(errors)


def costs_of(errors: Sequence[Exception]) -> tuple[Usage, ...]:
    """Return the cost of failed calls."""
    usages: list[Usage] = []
    for error in errors:
        if isinstance(error, AllFailed):
            usages += costs_of(error.errors)
        elif isinstance(error, ConnectorError) and isinstance(error.usage, Usage):
            usages.append(error.usage)
    return tuple(usages)


def with_findings(record: Record, findings: tuple[Finding, ...]) -> Record:
    """Return `record` with further findings on its product."""
    if not findings:
        return record
    product = dataclasses.replace(
        record.product, findings=(*record.product.findings, *findings)
    )
    return dataclasses.replace(record, product=product)
