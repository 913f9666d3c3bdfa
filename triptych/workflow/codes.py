"""The stable codes of what can be wrong with a file; `triptych explain` reads them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """What a code means, what to do about it, and a small example of it."""

    means: str
    cure: str
    example: str


CODES: Mapping[str, Code] = {
    "T101": Code(
        "a file cannot be read", "check the path and the rights", "brief: breif.md"
    ),
    "T102": Code("a file is too large", "split it; 1 MB is read", "(2 MB of YAML)"),
    "T103": Code("a file is not UTF-8", "save it as UTF-8", "(UTF-16 from an old editor)"),
    "T104": Code("the text is not YAML", "look at the marked place", "steps: [hero"),
    "T105": Code(
        "a line is indented with a tab", "use spaces", "<tab>uses: copy/phrasebook"
    ),
    "T106": Code(
        "an expression in [ ] or { } has no quotes",
        'write "${{ … }}" in quotes there',
        "references: [${{ inputs.photo }}]",
    ),
    "T107": Code(
        "aliases or nesting grow too far",
        "write the values out",
        "a: &a [*a]  # contains itself",
    ),
    "T108": Code("a key stands twice", "remove one of them", "name: a\nname: b"),
    "T109": Code(
        "a YAML tag is not allowed", "remove the tag", "x: !!python/object:os.system y"
    ),
    "T201": Code("a name does not exist", "see the hint", "${{ steps.angels.best }}"),
    "T202": Code(
        "a key does not belong here", "see the hint", "steps: {hero: {colour: red}}"
    ),
    "T203": Code(
        "a name is used twice", "choose another", "audience ids, steps, placements"
    ),
    "T204": Code("things wait for each other", "break the loop", "a reads b, b reads a"),
    "T205": Code(
        "an expression cannot be read", "look at the marked place", "${{ brief. }}"
    ),
    "T206": Code(
        "once_per names other axes than the step reads",
        "correct it, or what the step reads",
        "once_per: [audience]  # but it reads matrix.locale",
    ),
    "T207": Code(
        "two packs would have the same name",
        "name every axis in pack.name",
        "name: ${{ name }}",
    ),
    "T301": Code("a value is of another type", "see what is expected", "size: large"),
    "T302": Code(
        "something required is missing", "add it", "uses: image/studio  # no prompt"
    ),
    "T303": Code("an input's value does not fit", "correct it", "--set until=soon"),
    "T304": Code(
        "a product of another kind is wanted",
        "refer to a step of that kind",
        "background: ${{ steps.words }}",
    ),
    "T401": Code(
        "no such connector is installed", "see those that are", "uses: image/midjourney"
    ),
    "T402": Code(
        "the connector cannot do this", "remove the field, or use another", "loras: [...]"
    ),
    "T403": Code(
        "text looks like an API key", "put it into the environment", "api_key: sk-…"
    ),
    "T501": Code("a brand's colour is wrong", "write #rrggbb", "accent: terracotta"),
    "T502": Code(
        "a type family does not ship", "choose one that does", "family: Helvetica"
    ),
    "T503": Code("a brand's file cannot be used", "see the message", "on_light: logo.ai"),
    "T504": Code(
        "a path leads out of the folder", "copy the file into it", "brief: ../../secret.md"
    ),
    "T601": Code("the brief lacks what it needs", "add it", "product: ''"),
    "T602": Code("there is no such placement", "see the hint", "meta.feed.4x6"),
    "T801": Code(
        "a schedule cannot be read",
        "give one of cron (5 fields), interval, rrule; a time zone like Europe/Berlin",
        'schedule: {cron: "every monday"}',
    ),
    "T802": Code(
        "a schedule never fires", "choose a time that comes", 'cron: "0 0 30 2 *"'
    ),
    "T803": Code(
        "a scheduled run would lack an input",
        "give the input a default: nobody fills in the form of a scheduled run",
        "packshot: {type: image, required: true}",
    ),
}
