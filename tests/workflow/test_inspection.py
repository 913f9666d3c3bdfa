"""Whole messages, as they are printed: place, what is wrong, cure, code, caret."""

from pathlib import Path

import pytest

from tests.campaigns.small import Folder, a_folder
from triptych.cli.problems import shown
from triptych.errors import DefinitionError
from triptych.workflow.problem_codes import CODES


@pytest.fixture
def small(tmp_path: Path) -> Folder:
    return a_folder(tmp_path)


def test_a_good_file_has_no_problems(small: Folder) -> None:
    assert small.problems() == ""


# (what is replaced, by what, the whole message)
NAMES = [
    (
        "headline: ${{ steps.words.headline }}",
        "headline: ${{ steps.wrods.headline }}",
        """
small.yaml:23:27: deliverables.social.with.headline: steps has no 'wrods'; did you mean 'words'? [T201]
          headline: ${{ steps.wrods.headline }}
                              ^
""",
    ),
    (
        "headline: ${{ steps.words.headline }}",
        'headline: "Now: ${{ steps.words.headlin }}"',
        """
small.yaml:23:39: deliverables.social.with.headline: words writes no 'headlin'; did you mean 'headline'? [T201]
          headline: "Now: ${{ steps.words.headlin }}"
                                          ^
""",
    ),
    (
        "headline: ${{ steps.words.headline }}",
        "headline: ${{ steps.words.best.cat }}",
        """
small.yaml:23:38: deliverables.social.with.headline: words writes no 'cat'; did you mean 'cta'? [T201]
          headline: ${{ steps.words.best.cat }}
                                         ^
""",
    ),
    (
        "locale: ${{ brief.locales }}",
        "locale: ${{ breif.locales }}",
        """
small.yaml:6:15: matrix.locale: there is no name 'breif'; did you mean 'brief'? [T201]
      locale: ${{ breif.locales }}
                  ^
""",
    ),
    (
        "      language: ${{ matrix.locale }}\n      fields",
        "      language: ${{ matrix.local }}\n      fields",
        """
small.yaml:12:28: steps.words.with.language: matrix has no 'local'; did you mean 'locale'? [T201]
          language: ${{ matrix.local }}
                               ^
""",
    ),
    (
        "task: Write the ad.",
        "task: Write the ad for ${{ inputs.offer }}.",
        """
small.yaml:11:41: steps.words.with.task: inputs has no 'offer' [T201]
          task: Write the ad for ${{ inputs.offer }}.
                                            ^
""",
    ),
    (
        "task: Write the ad.",
        "task: Write ${{ brief. }}",
        """
small.yaml:11:22: steps.words.with.task: the expression cannot be read: expected name or number [T205]
          task: Write ${{ brief. }}
                         ^
""",
    ),
    (
        "task: Write the ad.",
        "task: Write ${{ brief.product }",
        """
small.yaml:11:19: steps.words.with.task: the expression `${{` is not closed with `}}` [T205]
          task: Write ${{ brief.product }
                      ^
""",
    ),
]
CONNECTORS = [
    (
        "uses: image/procedural",
        "uses: image/proceduarl",
        """
small.yaml:15:11: steps.hero.uses: no connector is called 'image/proceduarl'; did you mean 'image/procedural'? [T401]
        uses: image/proceduarl
              ^
""",
    ),
    (
        "uses: image/procedural",
        "uses: images/procedural",
        """
small.yaml:15:11: steps.hero.uses: there is no kind 'images'; did you mean 'image'? [T401]
        uses: images/procedural
              ^
""",
    ),
    (
        "uses: image/procedural",
        "uses: procedural",
        """
small.yaml:15:11: steps.hero.uses: should be kind/name, e.g. copy/phrasebook, got 'procedural' [T301]
        uses: procedural
              ^
""",
    ),
    (
        "uses: copy/phrasebook",
        "uses: copy/phrasebook\n    fallback: [copy/phrasebook, image/procedural]",
        """
small.yaml:10:33: steps.words.fallback.1: is of the kind image, not copy [T401]
        fallback: [copy/phrasebook, image/procedural]
                                    ^
""",
    ),
    (
        "size: 640x640}",
        "size: 640x640, mask: x.png}",
        """
small.yaml:16:56: steps.hero.with.mask: image/procedural has no mask; remove it or use another connector [T402]
        with: {prompt: "Paper waves, calm", size: 640x640, mask: x.png}
                                                           ^
small.yaml:16:62: steps.hero.with.mask: should be a mapping, got 'x.png' [T301]
        with: {prompt: "Paper waves, calm", size: 640x640, mask: x.png}
                                                                 ^
""",
    ),
]
FIELDS = [
    (
        'with: {prompt: "Paper waves, calm", size: 640x640}',
        'with: {promt: "Paper waves, calm", size: 640x640}',
        """
small.yaml:16:12: steps.hero.with.promt: is not a field of an image request; did you mean 'prompt'? [T202]
        with: {promt: "Paper waves, calm", size: 640x640}
               ^
""",
    ),
    (
        'with: {prompt: "Paper waves, calm", size: 640x640}',
        "with: {size: 640x640}",
        """
small.yaml:16:11: steps.hero.with: prompt is required [T302]
        with: {size: 640x640}
              ^
""",
    ),
    (
        "size: 640x640}",
        "size: large}",
        """
small.yaml:16:47: steps.hero.with.size: should be a size like 2048x2048 (width x height, pixels), got 'large' [T301]
        with: {prompt: "Paper waves, calm", size: large}
                                                  ^
""",
    ),
    (
        "fields: {headline: 40, cta: 20}",
        "fields: {headline: forty, cta: 20}",
        """
small.yaml:13:26: steps.words.with.fields.headline: should be a whole number, got 'forty' [T301]
          fields: {headline: forty, cta: 20}
                             ^
""",
    ),
    (
        "background: ${{ steps.hero }}",
        "background: ${{ steps.words }}",
        """
small.yaml:22:19: deliverables.social.with.background: wants a picture, but words is made by copy/phrasebook [T304]
          background: ${{ steps.words }}
                      ^
""",
    ),
    (
        "headline: ${{ steps.words.headline }}",
        "headline: ${{ steps.hero }}",
        """
small.yaml:23:17: deliverables.social.with.headline: takes no picture, but hero is one (made by image/procedural) [T304]
          headline: ${{ steps.hero }}
                    ^
""",
    ),
]
WHOLE = [
    (
        "name: small",
        "name: Small Jam",
        """
small.yaml:2:7: name: should be lower-case letters, digits, dots, _ and -, e.g. autumn-box, got 'Small Jam' [T301]
    name: Small Jam
          ^
""",
    ),
    (
        "deliverables:",
        "delivrables:",
        """
small.yaml:17:1: delivrables: is not a key here; did you mean 'deliverables'? [T202]
    delivrables:
    ^
""",
    ),
    (
        "triptych: 1",
        "triptych: 2",
        """
small.yaml:1:11: triptych: should be 1, got 2 [T301]
    triptych: 2
              ^
""",
    ),
    (
        "    uses: image/procedural",
        "    uses: image/procedural\n    pick: {by: check/contrast}",
        """
small.yaml:16:5: steps.hero.pick: there is nothing to choose from: add `candidates: n` [T302]
        pick: {by: check/contrast}
        ^
""",
    ),
    (
        "placements: [meta.feed.1x1]",
        "placements: [meta.feed.1x1, meta.feed.1x1, meta.feed.4x6]",
        """
small.yaml:20:33: deliverables.social.placements.1: 'meta.feed.1x1' is listed twice [T203]
        placements: [meta.feed.1x1, meta.feed.1x1, meta.feed.4x6]
                                    ^
small.yaml:20:48: deliverables.social.placements.2: there is no placement 'meta.feed.4x6'; did you mean 'meta.feed.4x5'? [T602]
        placements: [meta.feed.1x1, meta.feed.1x1, meta.feed.4x6]
                                                   ^
""",
    ),
    (
        "    placements: [meta.feed.1x1]\n",
        "",
        """
small.yaml:18:3: deliverables.social: needs placements, e.g. [meta.feed.4x5] [T302]
      social:
      ^
""",
    ),
    (
        "headline: ${{ steps.words.headline }}",
        "headline: ${{ deliverables.social.headline }}",
        """
small.yaml:18:3: deliverables.social: reads itself [T204]
      social:
      ^
""",
    ),
    (
        "pack:\n",
        "evals: {limits: {check: limit, on: [steps.word, hero]}}\npack:\n",
        """
small.yaml:25:25: evals.limits.check: there is no check 'limit'; did you mean 'limits'? [T201]
    evals: {limits: {check: limit, on: [steps.word, hero]}}
                            ^
small.yaml:25:37: evals.limits.on.0: steps has no 'word'; did you mean 'words'? [T201]
    evals: {limits: {check: limit, on: [steps.word, hero]}}
                                        ^
small.yaml:25:49: evals.limits.on.1: should be steps.<name> or deliverables.<name> [T301]
    evals: {limits: {check: limit, on: [steps.word, hero]}}
                                                    ^
""",
    ),
    (
        "pack:\n",
        'pack:\n  files: "{placment}.{ext}"\n',
        """
small.yaml:26:10: pack.files: {placment} is not a part of a file's name; did you mean 'placement'? [T201]
      files: "{placment}.{ext}"
             ^
""",
    ),
    (
        "    uses: image/procedural",
        "    uses: image/procedural\n    pick: {by: check/pretty}\n    checks: [limts]",
        """
small.yaml:16:16: steps.hero.pick.by: there is no check 'pretty'; there are: banned-words, contrast, facts, limits, logo, min-size, on-brand, overlap, reads-back, safe-zones [T201]
        pick: {by: check/pretty}
                   ^
small.yaml:17:14: steps.hero.checks.0: there is no check 'limts'; did you mean 'limits'? [T201]
        checks: [limts]
                 ^
""",
    ),
    (
        "    uses: image/procedural",
        "    uses: image/procedural\n    needs: [word]\n    once_per: [local]",
        """
small.yaml:16:13: steps.hero.needs.0: there is no step 'word'; did you mean 'words'? [T201]
        needs: [word]
                ^
small.yaml:17:16: steps.hero.once_per.0: the matrix has no axis 'local'; did you mean 'locale'? [T201]
        once_per: [local]
                   ^
""",
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), [*NAMES, *CONNECTORS, *FIELDS, *WHOLE])
def test_a_mistake_is_told_whole(small: Folder, old: str, new: str, message: str) -> None:
    small.edit(old, new)
    assert small.problems() == message.strip("\n")


def test_every_problem_is_told_at_once_in_the_files_order(small: Folder) -> None:
    small.edit("steps.words.headline", "steps.word.headline")
    small.edit("image/procedural", "image/stud")
    small.edit("fields: {headline: 40", "fields: {headline: x")
    places = [
        line.split(":")[1] for line in small.problems().splitlines() if ".yaml:" in line
    ]
    assert places == ["13", "15", "23"]


def test_a_mistake_that_is_inherited_is_told_once(small: Folder) -> None:
    small.edit("background: ${{ steps.hero }}", "background: ${{ steps.heroo }}")
    small.edit("pack:\n", "  other:\n    extends: social\npack:\n")
    assert small.problems().count("heroo'") == 1


def test_a_refused_input_is_told_once_not_where_it_is_used(small: Folder) -> None:
    small.edit("matrix:", "inputs: {photo: {type: image, default: no.jpg}}\nmatrix:")
    small.edit("size: 640x640}", 'size: 640x640, references: ["${{ inputs.photo }}"]}')
    assert small.problems().count("[T") == 1


def test_a_key_in_the_file_is_told_but_never_repeated(small: Folder) -> None:
    key = "sk-abcdefghijklmnop0123456789"
    small.edit("task: Write the ad.", f"task: {key}")
    said = small.problems()
    assert "looks like a secret; put it into the environment" in said
    assert "[T403]" in said
    assert key not in said


def test_mistakes_in_brief_and_brand_point_into_their_files(small: Folder) -> None:
    small.edit("facts:", "fcats:", "brief.md")
    small.edit("accent:", "acent:", "brand.yaml")
    said = small.problems()
    assert (
        "brief.md:6:1: fcats: is not a key of a brief; did you mean 'facts'? [T202]" in said
    )
    assert "brand.yaml:2:47: palette.acent: nothing is painted in 'acent'" in said


@pytest.mark.parametrize("key", ["brief", "brand"])
def test_a_file_that_is_not_there_or_outside_is_told(small: Folder, key: str) -> None:
    name = "brief.md" if key == "brief" else "brand.yaml"
    small.edit(f"{key}: {name}", f"{key}: no-{name}")
    assert f"{key}: there is no 'no-{name}' beside the file [T101]" in small.problems()
    small.edit(f"{key}: no-{name}", f"{key}: ../{name}")
    assert f"{key}: '../{name}' leads out of the folder [T504]" in small.problems()


def test_every_code_that_is_told_is_explained() -> None:
    """The table and the code agree: nothing is told that `explain` does not know."""
    import re

    import triptych

    source = "".join(p.read_text() for p in Path(triptych.__file__).parent.rglob("*.py"))
    told = set(re.findall(r'"(T\d{3})"', source))
    assert told == set(CODES)


def test_a_long_line_is_shown_around_its_caret(small: Folder) -> None:
    small.edit("task: Write the ad.", f"task: {'very ' * 60}${{{{ brief.prodct }}}}")
    with pytest.raises(DefinitionError) as caught:
        small.plan()
    _, line, caret, _ = shown(caught.value.problems, "text").splitlines()
    assert len(line) < 120
    assert line[caret.index("^") :].startswith("prodct")


def test_a_field_that_no_picture_has_is_told_before_the_picture_is_paid(
    small: Folder,
) -> None:
    small.edit("background: ${{ steps.hero }}", "background: ${{ steps.hero.image }}")
    assert (
        "hero gives no 'image'; there are: all, best, height, picture" in small.problems()
    )


@pytest.mark.parametrize("field", ["picture", "width", "best", "best.size", "ran"])
def test_the_fields_of_a_picture_are_known(small: Folder, field: str) -> None:
    small.edit("${{ steps.hero }}", f"${{{{ steps.hero.{field} }}}}")
    assert "gives no" not in small.problems()
