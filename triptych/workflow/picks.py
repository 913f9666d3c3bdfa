"""Who chooses among candidates, and by which rubric."""

from triptych.documents.files import exists, is_inside, shown
from triptych.documents.yaml import read_text
from triptych.errors import DefinitionError
from triptych.workflow.load import Campaign
from triptych.workflow.model import Step
from triptych.workflow.units import Pick


def pick_of(campaign: Campaign, name: str, step: Step) -> Pick | None:
    """Return who chooses; a rubric that names a file is the text in it."""
    if step.pick is None:
        return None
    rubric = step.pick.rubric.strip()
    if rubric.endswith(".md") and "\n" not in rubric:
        section = "steps" if name in campaign.workflow.steps else "deliverables"
        loc = (section, name, "pick", "rubric")
        target = campaign.file.parent / rubric
        if not is_inside(target, campaign.file.parent) or not exists(target):
            message = f"there is no {shown(rubric)} in the workflow's folder"
            raise DefinitionError([campaign.tree.problem(loc, message, "T101")])
        rubric = read_text(target).strip()
    return Pick(step.pick.by, step.pick.keep, rubric)
