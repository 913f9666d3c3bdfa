import json
from pathlib import Path

from flows.summary import contents_of, plan_of
from triptych.engine.plan_status import PlanRow
from triptych.pack.build import Pack


def a_pack(folder: Path, *roles: str) -> Pack:
    files = [{"path": f"ads/{n}", "role": role} for n, role in enumerate(roles)]
    (folder / "manifest.json").write_text(json.dumps({"files": files}))
    return Pack("box", folder, None, "", tuple(str(file["path"]) for file in files))


def test_a_pack_counts_what_its_page_counts(tmp_path: Path) -> None:
    pack = a_pack(tmp_path, "picture", "plate", "mask", "layout", "document")
    assert contents_of(pack) == "2 files"
    assert contents_of(a_pack(tmp_path, "picture", "mask")) == "1 file"


def test_a_pack_that_is_being_replaced_is_not_counted(tmp_path: Path) -> None:
    assert contents_of(Pack("box", tmp_path / "gone", None, "", ())) == "a pack"


def test_a_plan_of_one_unit_is_singular() -> None:
    row = PlanRow("words", "copy/phrasebook", "to make", 0.0, 0.1)
    assert "**1 of 1 unit** to make" in plan_of([row])
