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
        "a file cannot be read",
        "Check the spelling, and that the file lies beside the workflow and may be read.",
        "brief: breif.md",
    ),
    "T102": Code(
        "a file is too large",
        "Files are read up to 1 MB. Split it and join the parts with `include:`.",
        "(2 MB of YAML)",
    ),
    "T103": Code(
        "a file is not UTF-8",
        "Save it as UTF-8; in most editors: Save with encoding, UTF-8.",
        "(UTF-16 from an old editor)",
    ),
    "T104": Code(
        "the text is not YAML",
        "Look at the marked place and the line above it: a bracket or a quote that does "
        "not close, a missing space after a colon, another indentation than its siblings.",
        "steps: [hero",
    ),
    "T105": Code(
        "a line is indented with a tab",
        "YAML counts spaces. Replace the tab by spaces.",
        "<tab>uses: copy/phrasebook",
    ),
    "T106": Code(
        "an expression in [ ] or { } has no quotes",
        'To YAML a brace starts a mapping there. Write it in quotes: "${{ … }}".',
        "references: [${{ inputs.photo }}]",
    ),
    "T107": Code(
        "aliases or nesting grow too far",
        "Write the values out instead of repeating them with `*`; use `extends:` to share.",
        "a: &a [*a]  # contains itself",
    ),
    "T108": Code(
        "a key stands twice",
        "Only one of them would count. Remove or rename the other one.",
        "name: a\n  name: b",
    ),
    "T109": Code(
        "a YAML tag is not allowed",
        "Tags (`!…`) can run code, so none is read. Remove it; write plain text.",
        "name: !!python/object:os.system y",
    ),
    "T110": Code(
        "a # cuts a text",
        "After a space, YAML reads # as the start of a comment. Put the whole text into "
        "quotes; write comments with a space after the #.",
        "headline: Only #1 candle",
    ),
    "T201": Code(
        "a name does not exist",
        "The message says which names there are, or which one is spelled like yours. "
        "Known are inputs, brief, brand, matrix, steps, deliverables, secrets, name.",
        "angle: ${{ steps.angels.best }}  # the step is called angles",
    ),
    "T202": Code(
        "a key does not belong here",
        "The message names a key that is spelled like yours, if there is one. `triptych "
        "schema` prints every key; provider-only fields go under `with.extra:`.",
        "steps: {hero: {colour: red}}",
    ),
    "T203": Code(
        "a name is used twice",
        "Steps, deliverables, audiences and the placements of one deliverable have names "
        "of their own. Choose another, or remove one.",
        "placements: [meta.feed.4x5, meta.feed.4x5]",
    ),
    "T204": Code(
        "things wait for each other",
        "Each would have to be made before the other. Remove one of the references.",
        "a reads ${{ steps.b }}, b reads ${{ steps.a }}",
    ),
    "T205": Code(
        "an expression cannot be read or evaluated",
        "Look at the marked place: a dot too many, a bracket that does not close, a value "
        "that is not there.",
        "angle: ${{ steps.angles. }}",
    ),
    "T206": Code(
        "once_per names other axes than the step reads",
        "A step runs once per combination of the axes that it reads, directly or through "
        "what it reads. Correct `once_per`, or what the step reads.",
        "once_per: [audience]  # but it reads matrix.locale",
    ),
    "T207": Code(
        "two packs would have the same name",
        "One would overwrite the other. Name every axis of the matrix in pack.name.",
        "name: ${{ name }}  # better: ${{ name }}/${{ matrix.locale }}",
    ),
    "T301": Code(
        "a value is of another type or out of bounds",
        "The message says what is expected and what stands there.",
        "size: large  # better: 2048x2048",
    ),
    "T302": Code(
        "something required is missing", "Add it.", "uses: image/procedural  # no prompt"
    ),
    "T303": Code(
        "an input's value does not fit",
        "Correct the default in the file, or what `--set` gives.",
        "--set until=soon  # better: until=2027-10-15",
    ),
    "T304": Code(
        "a product of another kind is wanted",
        "Refer to a step that makes it (image, cutout and upscale make pictures), or to a "
        "field of it.",
        "background: ${{ steps.words }}",
    ),
    "T401": Code(
        "no such connector is installed",
        "`triptych connectors` lists those that are; install the other one's package.",
        "uses: image/midjourney",
    ),
    "T402": Code(
        "the connector cannot do this",
        "Remove the field, or use a connector that can: `triptych connectors` says which.",
        "loras: [...]  # for image/procedural",
    ),
    "T403": Code(
        "text looks like an API key",
        "Put the key into the environment or a .env file and remove it here. If the file "
        "was ever shared, revoke the key.",
        "api_key: sk-…",
    ),
    "T501": Code(
        "a brand's colour is wrong",
        'Write it as "#rrggbb", in quotes: after a space, YAML reads # as a comment. The '
        "usual roles are ink, primary, accent, support, paper.",
        "accent: terracotta",
    ),
    "T502": Code(
        "a type family is not known, or its entry is not complete",
        "Choose one that ships, or list your files under `type.files:` (docs/brand.md).",
        "family: Helvetica",
    ),
    "T503": Code(
        "a brand's file cannot be used",
        "Logos are self-contained SVG or PNG files in the brand's folder, decks are .pptx, "
        "fonts are .ttf, .otf, .woff or .woff2.",
        "on_light: logo.ai",
    ),
    "T504": Code(
        "a path leads out of the folder",
        "A campaign is whole in its folder, so that it can be moved and shared. Copy the "
        "file into it.",
        "brief: ../../secret.md",
    ),
    "T505": Code(
        "a LoRA of the brand cannot be used",
        "See the message; docs/brand.md shows a whole entry.",
        "weights: {fal: http://files.example/box.safetensors}",
    ),
    "T506": Code(
        "a training set cannot be used",
        "Each message says what lacks: a right, a consent, a picture. See docs/lora.md.",
        "people:  # left out: say `none`, or name the files of their consent",
    ),
    "T601": Code(
        "the brief lacks what it needs",
        "A brief is Markdown whose front matter (between two lines `---`) names the "
        "product, its facts and its locales.",
        "product: ''",
    ),
    "T602": Code(
        "there is no such placement",
        "The message names one that is spelled like yours; `triptych schema` lists all.",
        "placements: [meta.feed.4x6]",
    ),
    "T603": Code(
        "a layout extends what it cannot",
        "`extends:` names another layout, and no layout may come back to itself.",
        "extends: full-blead",
    ),
    "T604": Code(
        "a layout cannot be laid out",
        "Shares are x, y, width and height from 0 to 1; docs/connectors/compose-images.md "
        "shows a whole layout.",
        "text: [0.5, 0, 0.8, 1]",
    ),
    "T605": Code(
        "the brief is not translated into a pack's language",
        "Add the locale under `translations:` in the brief; `--allow-untranslated` makes a "
        "draft without it, which shows the original's words where no step writes its own.",
        "translations: {de-DE: {…}}  # and matrix.locale is also es-ES",
    ),
    "T801": Code(
        "a schedule cannot be read",
        "Give one of cron (five fields, or @weekly), interval, rrule or on (first monday), "
        "and a time zone such as Europe/Berlin.",
        'schedule: {cron: "every monday"}',
    ),
    "T802": Code(
        "a schedule never fires",
        "Choose a time that comes.",
        'cron: "0 0 30 2 *"  # 30 February',
    ),
    "T803": Code(
        "a scheduled run would lack an input",
        "Give the input a default: nobody fills in the form of a scheduled run.",
        "packshot: {type: image, required: true}",
    ),
}
