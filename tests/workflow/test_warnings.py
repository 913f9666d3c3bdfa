"""What `check` says of a valid campaign: cut texts, budgets, languages."""

from pathlib import Path

import pytest

from connectors import about
from tests.campaigns.small import Folder, a_folder, told
from triptych.app.campaigns import load_plan
from triptych.workflow.warnings import (
    budget_notes,
    cut_texts,
    marked_texts,
    translation_notes,
)


@pytest.fixture
def small(tmp_path: Path) -> Folder:
    return a_folder(tmp_path)


def test_a_hash_that_cuts_a_text_is_told(small: Folder) -> None:
    small.edit("headline: ${{ steps.words.headline }}", "headline: Only #1 candle")
    small.edit("proposition: Jam", "offer: Only #1 jam\nproposition: Jam", "brief.md")
    warnings = [str(warning) for warning in cut_texts(small.campaign())]
    assert [w.rpartition("/")[2] for w in warnings] == [
        "small.yaml:23:21: deliverables.social.with.headline: ends before the #, which begins "
        "a comment; put the text into quotes if the # belongs to it; write `# ` if it does "
        "not [T110]",
        "brief.md:3:12: offer: ends before the #, which begins a comment; put the text into "
        "quotes if the # belongs to it; write `# ` if it does not [T110]",
    ]


def test_comments_and_quoted_texts_are_not_cut(small: Folder) -> None:
    small.edit(
        "headline: ${{ steps.words.headline }}", 'headline: "Only #1"  # as on the box'
    )
    small.edit("name: small\n", "name: small ## once\ndescription: 'C#1'\n")
    assert not cut_texts(small.campaign())


@pytest.mark.parametrize("headline", ['"  "', '"\\t "', '"\\u00a0"'])
def test_a_headline_of_blanks_is_refused(small: Folder, headline: str) -> None:
    small.edit("headline: ${{ steps.words.headline }}", f"headline: {headline}")
    assert (
        "with.headline: is blank; write words, or leave it out [T301]" in small.problems()
    )


def test_a_blank_input_as_a_headline_is_refused(small: Folder) -> None:
    small.edit("steps:\n", "inputs: {title: {}}\nsteps:\n")
    small.edit("headline: ${{ steps.words.headline }}", "headline: ${{ inputs.title }}")
    assert "is blank" in small.problems(title=" ")
    assert small.problems(title="Jam") == ""


def test_a_budget_names_what_does_not_count(small: Folder) -> None:
    small.edit("pack:\n", "budget: {usd: 5}\npack:\n")
    small.edit("uses: image/procedural", "uses: image/openai")
    plan = small.plan()
    variable = "TRIPTYCH_OPENAI_BASE_URL"
    assert list(budget_notes(plan, about, {variable: "http://gateway.example"})) == [
        "budget: image/openai does not count towards it "
        "(TRIPTYCH_OPENAI_BASE_URL is set: what that server charges is not known)"
    ]
    assert list(budget_notes(plan, about, {})) == []


def test_without_a_budget_nothing_is_said_of_it(small: Folder) -> None:
    assert list(budget_notes(small.plan(), about, {})) == []


def test_a_language_without_words_in_the_brief_is_told(small: Folder) -> None:
    assert list(translation_notes(small.plan())) == [
        "brief: has no translations: for de-DE; what is taken from it as it is stays in en-GB"
    ]


def test_a_language_that_a_translated_brief_leaves_out_is_an_error(small: Folder) -> None:
    small.edit(
        "locales: [en-GB, de-DE]",
        "locales: [en-GB, en-US, de-DE, es-ES]\ntranslations: {de-DE: {product: Quitten}}",
        "brief.md",
    )
    assert told(lambda: load_plan(small.file), small.path).splitlines()[0] == (
        "small.yaml:3:8: brief: is translated into de-DE, but not into es-ES; add it under "
        "translations: in the brief, or draft with --allow-untranslated [T605]"
    )
    assert load_plan(small.file, allow_untranslated=True).cells


def test_locales_that_no_pack_has_need_no_words(small: Folder) -> None:
    small.edit(
        "locales: [en-GB, de-DE]",
        "locales: [en-GB, de-DE, es-ES]\ntranslations: {de-DE: {product: Quitten}}",
        "brief.md",
    )
    small.edit("locale: ${{ brief.locales }}", "locale: [en-GB, de-DE]")
    assert told(lambda: load_plan(small.file), small.path) == ""


def test_marks_in_the_words_of_a_brief_are_a_warning_at_their_line(small: Folder) -> None:
    brief = small.file.parent / "brief.md"
    text = brief.read_text().replace("Order a jar", "Order <b>a jar</b>")
    brief.write_text(text.replace("origin: Navarra", 'origin: "**Navarra** &amp; hills"'))
    first, second = map(str, marked_texts(small.campaign()))
    assert "brief.md:4:17: call_to_action: an ad prints marks of Markdown" in first
    assert "write 'Order a jar'" in first
    assert "facts.origin" in second
    assert "write 'Navarra & hills'" in second


def test_marks_in_the_prose_of_a_brief_are_meant(small: Folder) -> None:
    brief = small.file.parent / "brief.md"
    brief.write_text(brief.read_text() + "\n# Sell **all** of them\n")
    assert not list(marked_texts(small.campaign()))
