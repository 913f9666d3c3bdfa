from triptych.brief.model import Brief, Translation

BRIEF = Brief(
    product="Figuera autumn box",
    offer="Free delivery",
    facts={"price": "€29 per box", "origin": "Llucmajor"},
    locales=("en-GB", "de-DE"),
    translations={"de-DE": Translation(product="Herbstbox", facts={"price": "29 €"})},
)


def test_a_translation_replaces_what_it_has_and_keeps_the_rest() -> None:
    german = BRIEF.in_locale("de-DE")
    assert german.product == "Herbstbox"
    assert german.offer == "Free delivery"
    assert german.facts == {"price": "29 €", "origin": "Llucmajor"}


def test_the_original_language_needs_no_translation() -> None:
    assert BRIEF.untranslated("en-US") == frozenset()


def test_facts_without_words_in_a_locale_are_named() -> None:
    assert BRIEF.untranslated("de-DE") == {"origin"}
    assert BRIEF.untranslated("fr-FR") == {"price", "origin"}


def test_a_locale_without_translation_is_the_brief_itself() -> None:
    assert BRIEF.in_locale("fr-FR") is BRIEF
