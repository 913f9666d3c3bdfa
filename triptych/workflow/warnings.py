"""What is valid in a campaign and probably not meant: told by `check`, never an error."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from triptych.documents.files import exists, is_folder
from triptych.documents.yaml import load_document
from triptych.errors import DefinitionError, Problem
from triptych.workflow.languages import untranslated
from triptych.workflow.load import Campaign, Describe
from triptych.workflow.plan import Plan


def cut_texts(campaign: Campaign) -> list[Problem]:
    """Return each text that ends at a `#` in the workflow, its brief and its brand."""
    folder = campaign.file.parent
    brand = folder / campaign.workflow.brand
    brand = brand / "brand.yaml" if is_folder(brand) else brand
    return [
        *campaign.tree.warnings,
        *_warnings(folder / campaign.workflow.brief, front_matter=True),
        *_warnings(brand),
    ]


def _warnings(path: Path, *, front_matter: bool = False) -> list[Problem]:
    if not exists(path):
        return []
    try:
        return load_document(path, front_matter=front_matter).warnings
    except DefinitionError:  # reported when it was loaded
        return []


def budget_notes(plan: Plan, about: Describe, env: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence per connector whose calls do not count towards the budget."""
    if plan.campaign.workflow.budget is None:
        return
    for uses in sorted(plan.connectors()):
        declared = about(uses)
        variable = f"TRIPTYCH_{declared.name.upper().replace('-', '_')}_BASE_URL"
        if declared.usd == 0:
            continue
        if env.get(variable):
            reason = f"{variable} is set: what that server charges is not known"
        elif declared.usd is None:
            reason = "its price is not known"
        else:
            continue
        yield f"budget: {uses} does not count towards it ({reason})"


def translation_notes(plan: Plan) -> Iterator[str]:
    """Yield a sentence if the packs have languages that the brief has no words in."""
    campaign = plan.campaign
    tags = untranslated(campaign.workflow, plan.units, campaign.names())
    if tags:
        yield (
            f"brief: has no translations: for {', '.join(tags)}; what is taken from it "
            f"as it is stays in {campaign.brief.locales[0]}"
        )
