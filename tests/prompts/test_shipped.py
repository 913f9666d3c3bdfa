"""The harnesses that ship name only what there is; loading them does not check it again."""

from pathlib import Path

import pytest

from triptych.documents.yaml import read_text
from triptych.prompts.load import TEXTS, files_of, shipped
from triptych.prompts.render import NAMES, check

FOLDERS = sorted(path for path in shipped().iterdir() if path.is_dir())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_text_that_ships_reads_only_what_there_is(folder: Path) -> None:
    files = files_of(folder)
    for name, sort in TEXTS.items():
        check(read_text(files[name]).strip(), NAMES[sort])
