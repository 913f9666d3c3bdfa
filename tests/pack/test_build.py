import dataclasses
import io
import json
import os
import re
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.engine.fakes import BRAND, a_unit, png
from triptych.artifact import Artifact
from triptych.brief.model import Brief
from triptych.contracts import Finding, Product, ProductFile, Usage
from triptych.errors import DiskError, StoreError
from triptych.evals.run import EvalResult
from triptych.geometry import Size
from triptych.pack.build import Pack, build_pack, write_zip
from triptych.pack.job import PackJob
from triptych.store.contract import Candidate, Outcome, Record
from triptych.store.folder import FolderStore

SIZE = Size(60, 40)
BRIEF = Brief('Quince <jam> & "more"', landing_url="https://quince.example")


class Shop:
    """A store with what one pack needs, and the job for it."""

    def __init__(self, folder: Path) -> None:
        self.store = FolderStore(folder / "store")
        self.packs = folder / "packs"

    def outcome(self, name: str, place: str = "meta.feed.1x1", **how: Any) -> Outcome:
        """Return a deliverable's outcome: a picture, its plate, and its layout."""
        layout = json.dumps({"image": "{image}", "plate": "{plate}", "elements": []})
        files = (
            self.file("picture", png(SIZE), "png", place),
            self.file("plate", png(SIZE, colour="blue"), "png", place),
            self.file("layout", layout.encode(), "json", place),
        )
        product = Product("compose", files=files, **how)
        unit = dataclasses.replace(a_unit(name, "compose/images"), part="deliverable")
        usage = (Usage("none", 0.1, 0.0),)
        record = Record(
            "k" * 64, name, "compose/images", "1", {}, ("d" * 64,), 0, product, usage
        )
        return Outcome(unit, "made", product, (record,))

    def file(self, role: str, data: bytes, ext: str, place: str) -> ProductFile:
        artifact = self.store.put(data, "image/png" if ext == "png" else "text/plain")
        return ProductFile(role, artifact, ext, place, SIZE if ext == "png" else None)

    def words(self, *items: dict[str, str]) -> Outcome:
        unit = a_unit("words", "copy/phrasebook")
        return Outcome(unit, "made", Product("copy", items))

    def job(self, *outcomes: Outcome, **changed: Any) -> PackJob:
        values: dict[str, Any] = {
            "name": "jam/en-GB",
            "workflow": "jam",
            "description": "",
            "scope": {"locale": "en-GB"},
            "locale": "en-GB",
            "files": "{placement}_{width}x{height}.{ext}",
            "release": "evals-pass",
            "outcomes": outcomes or (self.outcome("social"),),
            "evals": (),
            "brief": BRIEF,
            "brand": BRAND,
        }
        return PackJob(**(values | changed))

    def build(self, *outcomes: Outcome, **changed: Any) -> Pack:
        return build_pack(self.job(*outcomes, **changed), self.store, self.packs)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_pack_holds_pictures_plates_layouts_sheet_page_and_manifest(shop: Shop) -> None:
    pack = shop.build()
    assert set(contents(pack.folder)) == {
        "_plates/social/meta.feed.1x1_60x40.plate.png",
        "contact-sheet.jpg",
        "index.html",
        "manifest.json",
        "social/meta.feed.1x1_60x40.layout.json",
        "social/meta.feed.1x1_60x40.png",
    }


def test_equal_jobs_give_equal_bytes_the_zip_included(tmp_path: Path) -> None:
    first, second = (Shop(tmp_path / name).build() for name in ("one", "two"))
    assert first.zip is not None
    assert second.zip is not None
    assert contents(first.folder) == contents(second.folder)
    assert first.zip.read_bytes() == second.zip.read_bytes()
    assert first.digest == second.digest


def test_a_pack_that_did_not_change_is_left_untouched(shop: Shop) -> None:
    page = shop.build().folder / "index.html"
    os.utime(page, (1, 1))
    shop.build()
    assert page.stat().st_mtime == 1


def test_the_layout_names_the_files_that_lie_beside_it(shop: Shop) -> None:
    folder = shop.build().folder
    layout = json.loads((folder / "social/meta.feed.1x1_60x40.layout.json").read_text())
    for name in (layout["image"], layout["plate"]):
        assert (folder / "social" / name).is_file()


def test_the_zip_holds_what_the_folder_holds_in_one_folder(shop: Shop) -> None:
    pack = shop.build()
    assert pack.zip is not None
    with zipfile.ZipFile(pack.zip) as packed:
        assert packed.testzip() is None
        found = {name: packed.read(name) for name in packed.namelist()}
    assert found == {f"en-GB/{name}": data for name, data in contents(pack.folder).items()}


def test_a_zip_has_sorted_names_one_date_and_plain_rights() -> None:
    one, other = io.BytesIO(), io.BytesIO()
    write_zip(one, {"b.txt": b"b", "a.jpg": b"a"}, root="x")
    write_zip(other, {"a.jpg": b"a", "b.txt": b"b"}, root="x")
    assert one.getvalue() == other.getvalue()
    entries = zipfile.ZipFile(one).infolist()
    assert [entry.filename for entry in entries] == ["x/a.jpg", "x/b.txt"]
    assert {entry.date_time[0] for entry in entries} == {1980}
    assert [entry.compress_type for entry in entries] == [0, 8]


def test_the_manifest_lists_every_file_by_its_digest_and_no_machine(shop: Shop) -> None:
    pack = shop.build()
    text = (pack.folder / "manifest.json").read_text()
    manifest = json.loads(text)
    for file in manifest["files"]:
        data = (pack.folder / file["path"]).read_bytes()
        assert (file["sha256"], file["bytes"]) == (Artifact.of(data, "").digest, len(data))
    assert manifest["released"] is True
    assert str(shop.packs) not in text
    assert not re.search(r"\d{4}-\d\d-\d\dT", text)


def test_the_manifest_tells_recipes_and_calls_that_may_be_charged_twice(
    shop: Shop,
) -> None:
    repeated = Finding("maybe-charged-twice", "warn", "made again")
    outcome = shop.outcome("social", findings=(repeated,))
    recipe = {"seed": 91, "model": "painter-3"}
    made = Candidate(0, (), Usage("painter-3", 1.0, 0.0), recipe=recipe)
    record = dataclasses.replace(outcome.records[0], candidates=(made,))
    pack = shop.build(dataclasses.replace(outcome, records=(record,)))
    manifest = json.loads((pack.folder / "manifest.json").read_text())
    assert manifest["maybe_charged_twice"] == 1
    assert manifest["units"][0]["records"][0]["recipes"] == [recipe]


# --- release


EVAL = EvalResult(
    "claims", "facts", "block", "failed", (Finding("facts", "block", "says 9"),)
)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"evals": (EVAL,)}, "says 9"),
        (
            {"evals": (dataclasses.replace(EVAL, state="not measured"),)},
            "the eval 'claims' was not measured",
        ),
        ({"release": "approved"}, "nobody has approved this pack yet"),
    ],
)
def test_what_blocks_keeps_the_zip_but_not_the_folder(
    shop: Shop, changed: dict[str, Any], message: str
) -> None:
    pack = shop.build(**changed)
    assert pack.zip is None
    assert message in [finding.message for finding in pack.blocked]
    assert message in (pack.folder / "index.html").read_text().replace("&#39;", "'")
    assert json.loads((pack.folder / "manifest.json").read_text())["released"] is False


def test_a_draft_is_never_packed(shop: Shop) -> None:
    pack = shop.build(shop.outcome("social", quality="draft"), release="always")
    assert [finding.message for finding in pack.blocked] == [
        "social is of draft quality; drafts are never packed"
    ]


def test_a_zip_that_may_no_longer_be_released_is_taken_away(shop: Shop) -> None:
    zipped = shop.build().zip
    assert zipped is not None
    shop.build(evals=(EVAL,))
    assert not zipped.exists()


@pytest.mark.parametrize(
    "result",
    [dataclasses.replace(EVAL, level="warn"), dataclasses.replace(EVAL, state="passed")],
)
def test_warnings_and_passed_evals_block_nothing(shop: Shop, result: EvalResult) -> None:
    assert shop.build(evals=(result,)).zip is not None


# --- whole or not at all


def test_a_new_pack_replaces_the_old_one_whole(shop: Shop) -> None:
    shop.build(shop.outcome("social"), shop.outcome("display", "google.display.300x250"))
    folder = shop.build(shop.outcome("social")).folder
    assert not (folder / "display").exists()
    assert sorted(path.name for path in folder.parent.iterdir()) == ["en-GB", "en-GB.zip"]


def test_a_full_disk_leaves_the_old_pack_and_nothing_half_written(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(shop.build().folder)
    write, calls = Path.write_bytes, []

    def fill(self: Path, data: bytes) -> int:
        calls.append(self)
        if len(calls) > 2:
            raise OSError(28, "No space left on device", str(self))
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", fill)
    with pytest.raises(DiskError, match="is full"):
        shop.build(shop.outcome("social"), shop.outcome("other"))
    monkeypatch.undo()
    folder = shop.packs / "jam" / "en-GB"
    assert contents(folder) == before
    assert sorted(path.name for path in folder.parent.iterdir()) == ["en-GB", "en-GB.zip"]


def test_a_swap_that_fails_half_way_puts_the_old_pack_back(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(shop.build().folder)
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if ".new-" in self.name:
            raise OSError(5, "Input/output error", str(self))
        return rename(self, target)

    monkeypatch.setattr("triptych.pack.workspace._exchange", lambda *_: False)
    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(DiskError):
        shop.build(shop.outcome("social"), shop.outcome("other"))
    assert contents(shop.packs / "jam" / "en-GB") == before


def test_bytes_that_changed_in_the_store_are_never_packed(shop: Shop) -> None:
    outcome = shop.outcome("social")
    digest = outcome.product.files[0].artifact.digest
    (place,) = (p for p in shop.store.root.rglob(f"*{digest[4:]}*") if p.is_file())
    place.chmod(0o644)
    place.write_bytes(b"other bytes")
    with pytest.raises(StoreError):
        shop.build(outcome)
    assert not (shop.packs / "jam").exists() or not list((shop.packs / "jam").iterdir())


# --- the page


def test_the_page_needs_nothing_else_and_escapes_what_is_from_outside(shop: Shop) -> None:
    hostile = {"headline": "<script>alert(1)</script>", "cta": '" onload="x'}
    page = (
        shop.build(shop.outcome("social"), shop.words(hostile)).folder / "index.html"
    ).read_text()
    assert "<script>" not in page
    assert 'onload="x' not in page
    assert "Quince &lt;jam&gt; &amp; &#34;more&#34;" in page
    assert not re.findall(r"""(?:src|href)=["'](?:https?:|//)""", page)
    assert not re.search(r"url\((?!data:)", page)


def test_the_page_links_only_to_files_of_the_pack(shop: Shop) -> None:
    pack = shop.build()
    page = (pack.folder / "index.html").read_text()
    for link in re.findall(r'href="([^"#]+)"', page):
        assert (pack.folder / link).is_file(), link


def test_the_chosen_text_is_marked(shop: Shop) -> None:
    words = shop.words({"headline": "One"}, {"headline": "Two"})
    words = dataclasses.replace(words, product=dataclasses.replace(words.product, best=1))
    page = (shop.build(shop.outcome("social"), words).folder / "index.html").read_text()
    assert re.search(r'class="best"><td>Two</td><td class="chosen">chosen', page)


def test_a_pack_without_pictures_has_a_page_and_a_sheet(shop: Shop) -> None:
    words = shop.words({"headline": "One"})
    assert {"index.html", "contact-sheet.jpg"} <= set(contents(shop.build(words).folder))


def test_the_sheet_of_very_many_pictures_is_one_that_a_jpeg_can_hold() -> None:
    from triptych.pack.contents import PackEntry
    from triptych.pack.sheet import HIGHEST, _fitting_rows, _height

    artifact = Artifact.of(b"", "image/png")
    square = PackEntry("a.png", "picture", "social", artifact, size=Size(1000, 1000))
    rows = _fitting_rows([square] * 3000)
    assert _height(rows) <= HIGHEST
    assert sum(len(row) for _, row in rows) == 3000


def test_a_pack_is_never_in_memory_as_a_whole(shop: Shop) -> None:
    million = 1_000_000
    files = tuple(
        ProductFile("document", shop.store.put(os.urandom(million), "a/b"), "pptx")
        for _ in range(20)
    )
    outcome = shop.outcome("decks")
    product = dataclasses.replace(outcome.product, files=files)
    record = dataclasses.replace(outcome.records[0], product=product)
    shop.build()  # what is loaded once does not count
    tracemalloc.start()
    try:
        shop.build(dataclasses.replace(outcome, product=product, records=(record,)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * million
