"""A training set is used only if every right is there; what lacks is told at its place."""

from pathlib import Path

import pytest

from tests.training.sets import MANIFEST, written
from triptych.errors import DefinitionError
from triptych.training.manifest import Manifest, load_manifest, manifest_path


def loaded(folder: Path, manifest: str = MANIFEST) -> Manifest:
    written(folder, manifest)
    return load_manifest(manifest_path(folder, "box-look"), "box-look")


def test_a_complete_manifest_has_its_pictures_and_says_whose_they_are(
    tmp_path: Path,
) -> None:
    manifest = loaded(tmp_path)
    assert [source.name for source in manifest.sources] == [f"p{i}.png" for i in range(4)]
    assert manifest.sources[2].shows == ""
    assert (
        manifest.licence()
        == "trained on pictures of Figuera GmbH (our own photographs); no people"
    )


def test_people_who_consented_are_named(tmp_path: Path) -> None:
    text = MANIFEST.replace("people: none", "people: {Anna: anna.pdf}")
    text = text.replace("{shows: in a hand}", "{shows: in a hand, people: [Anna]}")
    written(tmp_path, text)
    (tmp_path / "training" / "box-look" / "anna.pdf").write_bytes(b"%PDF-")
    manifest = load_manifest(manifest_path(tmp_path, "box-look"), "box-look")
    assert "with consent of Anna" in manifest.licence()


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("licence: our own photographs", 'licence: ""', "by what licence we may train"),
        ("our own photographs", "CC BY-NC 4.0", "'NC' does not allow advertising"),
        ("our own photographs", "editorial use", "does not allow advertising"),
        ("owner: Figuera GmbH", 'owner: ""', "who owns the pictures"),
        ("licence: our", "proof: deal.pdf, licence: our", "the proof should be in"),
        ("people: none\n", "", "people: is required"),
        ("people: none", 'people: {Anna: ""}', "no file with the consent of Anna"),
        ("people: none", "people: {Anna: anna.pdf}", "there is no such file"),
        ("{shows: in a hand}", "{people: [Anna]}", "names no consent of Anna"),
        ("FIGGYBOX", "a box", "one made-up word"),
        ("steps: 500", "steps: 5", "should be from 100 to 10,000"),
        ("looks: a flat cream box with an aubergine lid", 'looks: " "', "in plain words"),
        ("  p3.png: {shows: from above}\n", "", "at least 4 are needed"),
        ("p3.png", "p9.png", "p9.png: there is no such file"),
        ("p3.png", "../../brand.yaml", "leads out of the folder"),
        ("teaches: subject", "teaches: things", "subject"),
    ],
)
def test_what_stands_in_the_way_is_told_in_a_sentence(
    tmp_path: Path, was: str, now: str, said: str
) -> None:
    assert was in MANIFEST
    with pytest.raises(DefinitionError) as caught:
        loaded(tmp_path, MANIFEST.replace(was, now))
    told = [str(problem) for problem in caught.value.problems]
    assert any(said in line for line in told), told
    assert all("training.yaml:" in line for line in told)


def test_a_picture_that_is_too_small_is_told(tmp_path: Path) -> None:
    from tests.training.sets import drawing, png

    written(tmp_path)
    small = tmp_path / "training" / "box-look" / "p1.png"
    small.write_bytes(png(drawing(1).resize((400, 300))))
    with pytest.raises(DefinitionError, match="at least 512"):
        load_manifest(manifest_path(tmp_path, "box-look"), "box-look")


def test_a_set_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    written(tmp_path)
    with pytest.raises(DefinitionError, match="did you mean 'box-look'"):
        manifest_path(tmp_path, "box-lok")
