"""The manifest: the files of the pack, their connectors and requests, and the findings.

It does not hold times, run ids or local paths: equal packs have equal manifests.
"""

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from triptych import __version__
from triptych.artifact import plain
from triptych.contracts import Finding, sum_usd
from triptych.pack.contents import PackEntry
from triptych.store.contract import Outcome, Record

if TYPE_CHECKING:
    from triptych.pack.job import PackJob


def manifest_of(
    job: "PackJob",
    entries: tuple[PackEntry, ...],
    blocked: tuple[Finding, ...],
) -> dict[str, Any]:
    """Return the manifest as plain data."""
    return {
        "manifest": 1,
        "made_with": f"triptych {__version__}",
        "pack": job.name,
        "workflow": job.workflow,
        "description": job.description,
        "revision": job.revision,
        "scope": dict(job.scope),
        "locale": job.locale,
        "brand": {"name": job.brand.name, "digest": job.brand.digest},
        "harness": _harness(job),
        "product": job.brief.product,
        "landing_url": job.brief.landing_url,
        "credits": list(job.credits),
        "released": not blocked,
        "blocked_by": plain(blocked),
        "approved": plain(job.approval),
        "files": [_file(entry) for entry in entries],
        "units": [_unit(outcome, job.summaries) for outcome in job.outcomes],
        **_charged_twice(job),
        "evals": [plain(result) for result in job.evals],
    }


def _harness(job: "PackJob") -> dict[str, str] | None:
    """Return the name and version of the prompts for language models."""
    if job.harness is None:
        return None
    return {"name": job.harness.name, "digest": job.harness.digest}


def _charged_twice(job: "PackJob") -> dict[str, int]:
    """Return the number of paid calls that were repeated without a known end."""
    findings = [f.check for outcome in job.outcomes for f in outcome.product.findings]
    count = findings.count("maybe-charged-twice")
    return {"maybe_charged_twice": count} if count else {}


def _file(entry: PackEntry) -> dict[str, Any]:
    size, digest = entry.artifact.size, entry.artifact.digest
    if entry.data is not None:
        size, digest = len(entry.data), hashlib.sha256(entry.data).hexdigest()
    return {
        "path": entry.path,
        "role": entry.role,
        "deliverable": entry.deliverable,
        "placement": entry.placement or None,
        "pixels": str(entry.size) if entry.size else None,
        "bytes": size,
        "sha256": digest,
    }


def _unit(outcome: Outcome, summaries: Mapping[str, str]) -> dict[str, Any]:
    return {
        "unit": outcome.unit.id,
        "ran": outcome.product.ran,
        "quality": outcome.product.quality,
        "records": [_record(record, summaries) for record in outcome.records],
        "findings": plain(outcome.product.findings),
    }


def _record(record: Record, summaries: Mapping[str, str]) -> dict[str, Any]:
    return {
        "key": record.key,
        "connector": record.uses,
        "version": record.version,
        "is": summaries.get(record.uses, ""),
        "models": sorted({usage.model for usage in record.usage}),
        "usd": sum_usd(usage.usd for usage in record.usage),
        "seed": record.seed,
        "candidates": len(record.candidates),
        **_recipes(record),
        "inputs": list(record.inputs),
        "instead_of": record.instead_of or None,
        "why": record.why or None,
    }


def _recipes(record: Record) -> dict[str, Any]:
    """Return the seed, model and prompt that the provider reports for each candidate."""
    recipes = [plain(candidate.recipe) for candidate in record.candidates]
    return {"recipes": recipes} if any(recipes) else {}
