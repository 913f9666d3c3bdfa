"""What is valid in a campaign and probably not meant: told by `check`, never an error."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from triptych.documents.files import exists, is_folder
from triptych.documents.yaml import Loc, load_document
from triptych.errors import DefinitionError, Problem
from triptych.typography.markup import markup_message
from triptych.workflow.languages import untranslated
from triptych.workflow.load import Campaign, Describe
from triptych.workflow.plan import Plan

_PRINTED = ("product", "proposition", "offer", "call_to_action", "facts", "must_say")


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


def marked_texts(campaign: Campaign) -> Iterator[Problem]:
    """Yield each text of the brief that an ad prints, with marks of Markdown or HTML."""
    path = campaign.file.parent / campaign.workflow.brief
    tree = load_document(path, front_matter=True)
    data: Mapping[str, Any] = tree.data
    words = [*_printed(data, ())]
    for locale, translation in (data.get("translations") or {}).items():
        words += _printed(translation, ("translations", locale))
    for loc, text in words:
        if message := markup_message(text):
            yield tree.problem(loc, f"an ad {message}", "")


def _printed(data: Any, loc: Loc) -> Iterator[tuple[Loc, str]]:
    """Yield the texts of a brief or translation that are set as they are written."""
    for name in _PRINTED:
        value = data.get(name) if isinstance(data, Mapping) else None
        parts: Iterable[tuple[Any, Any]] = [(None, value)]
        if isinstance(value, Mapping):
            parts = value.items()
        elif isinstance(value, list):
            parts = enumerate(value)
        for key, text in parts:
            if isinstance(text, str):
                yield (*loc, name) if key is None else (*loc, name, key), text


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
