"""The one dispatcher: measure a check on a view, once for equal views and rules."""

import dataclasses
from typing import Any

from triptych.artifact import Artifact, digest_of, plain
from triptych.contracts import Finding, Product, ProductFile, Usage
from triptych.evals.contract import Check, CheckResult, Rule, not_measured
from triptych.evals.registry import load
from triptych.evals.view import View
from triptych.executor import run_blocking
from triptych.store.contract import Record


async def measure(name: str, rule: Rule, view: View) -> CheckResult:
    """Return the result of the check `name`, from the store if it was measured before.

    Raises:
        UnknownConnector: there is no such check.
        StoreError: what it looks at cannot be read.
    """
    return await run_blocking(measured, name, rule, view)


def measured(name: str, rule: Rule, view: View) -> CheckResult:
    """Return what `measure` returns. Blocking."""
    if not view.chosen:
        return not_measured("nothing that it looks at was made")
    check, store = load(name), view.context.store
    key = key_of(check, rule, view)
    if (record := store.find(key)) is not None:
        return result_of(record)
    result = dataclasses.replace(check.measure(view, rule), record=key)
    store.put_record(_record(check, rule, key, result))
    return result


def key_of(check: Check, rule: Rule, view: View) -> str:
    """Return the key of a result: check, version, parameters, and all that it can read."""
    about = check.about
    asked = plain(dataclasses.asdict(rule))
    return digest_of(
        {"check": about.name, "version": about.version, "rule": asked, "view": view.seen}
    )


def _record(check: Check, rule: Rule, key: str, result: CheckResult) -> Record:
    about = check.about
    item: dict[str, Any] = {
        "state": result.state,
        "measure": result.measure,
        "score": result.score,
        "why": result.why,
    }
    files = tuple(
        ProductFile("evidence", artifact, artifact.media_type.rpartition("/")[2])
        for artifact in result.evidence
    )
    product = Product("check", (item,), files=files, findings=result.findings)
    usage = Usage(f"check/{about.name}", 0.0, 0.0)
    return Record(
        key=key,
        unit=f"check/{about.name}",
        uses=f"check/{about.name}",
        version=about.version,
        request=plain(dataclasses.asdict(rule)),
        inputs=(),
        seed=0,
        product=product,
        usage=(usage,),
    )


def result_of(record: Record) -> CheckResult:
    """Return the result that a record keeps."""
    product = record.product
    item = product.items[0]
    evidence: tuple[Artifact, ...] = tuple(file.artifact for file in product.files)
    findings: tuple[Finding, ...] = product.findings
    return CheckResult(
        state=item["state"],
        findings=findings,
        measure=item["measure"],
        score=item["score"],
        why=item["why"],
        evidence=evidence,
        record=record.key,
    )
