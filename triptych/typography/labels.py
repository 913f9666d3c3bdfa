"""Labels on a picture: one line of any text, in any script, drawn without an error."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from triptych.typography.fonts import face
from triptych.typography.fonts.scripts import own_cut
from triptych.typography.plain import one_line, spaced
from triptych.typography.runs import FontSpec, Pen, drawn, runs_of

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True, slots=True)
class Label:
    """How a label is set: family and weight, size in pixels, colour ("#rrggbb")."""

    spec: FontSpec
    px: float
    fill: str


def draw_label(
    image: "Image.Image", text: str, at: tuple[float, float], label: Label
) -> None:
    """Draw `text` on one line, with the left end of its baseline at `at`.

    Characters that the family lacks are drawn in the fonts that have them.
    """
    from PIL import Image, ImageDraw

    text, spec = spaced(one_line(text)), label.spec
    own = own_cut(spec.family)
    if all(run.cut == own and run.direction == "ltr" for run in runs_of(text, spec)):
        font = face(spec.family, spec.weight, label.px)
        ImageDraw.Draw(image).text(at, text, font=font, fill=label.fill, anchor="ls")
        return
    for run in drawn(at, text, spec, Pen(label.px, label.px)):
        image.paste(label.fill, (run.left, run.top), Image.fromarray(run.mask))
