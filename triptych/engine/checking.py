"""Run the `checks:` of one step as soon as it is made."""

import dataclasses

from triptych.contracts import Finding
from triptych.engine.events import CheckDone, Listener
from triptych.evals.contract import Rule
from triptych.evals.measure import measure
from triptych.evals.view import Context, View, made_of
from triptych.store.contract import Outcome, Store
from triptych.workflow.load import Campaign


async def check_unit(
    outcome: Outcome, campaign: Campaign, store: Store, tell: Listener
) -> tuple[Finding, ...]:
    """Return the findings of the unit's checks, as warnings.

    Checks that block a pack are listed under `evals:`. A check that could not measure is
    a finding, too, because it did not pass.
    """
    request = outcome.records[0].request if outcome.records else {}
    locale = str(request.get("language") or campaign.brief.locales[0])
    context = Context(campaign.brief, campaign.brand, locale, store)
    view = View((made_of(outcome),), (), context)
    findings: list[Finding] = []
    for name in outcome.unit.checks:
        result = await measure(name, Rule(), view)
        done = CheckDone(outcome.unit.id, name, result.state, result.findings)
        tell(dataclasses.replace(done, record=result.record))
        if result.state == "not measured":
            message = f"check/{name} was not measured: {result.why}"
            findings.append(Finding(name, "note", message, outcome.unit.id))
        findings += [dataclasses.replace(f, level="warn") for f in result.findings]
    return tuple(findings)
