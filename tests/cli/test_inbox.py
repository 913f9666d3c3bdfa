import multiprocessing
from pathlib import Path
from typing import Any

import pytest

from triptych.cli.inbox import AlreadyWatched, Inbox


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path, settle=2.0)


def test_a_file_counts_when_it_has_not_changed_for_a_while(
    inbox: Inbox, tmp_path: Path
) -> None:
    (tmp_path / "shops.csv").write_text("offer\n")
    assert inbox.settled(now=0.0) == []
    assert inbox.settled(now=1.9) == []
    assert inbox.settled(now=2.0) == [tmp_path / "shops.csv"]


def test_a_file_that_grows_begins_to_wait_anew(inbox: Inbox, tmp_path: Path) -> None:
    path = tmp_path / "shops.csv"
    path.write_text("offer\n")
    inbox.settled(now=0.0)
    path.write_text("offer\nFree\n")
    assert inbox.settled(now=2.0) == []
    assert inbox.settled(now=4.0) == [path]


@pytest.mark.parametrize(
    "name", [".shops.csv", "~$shops.csv", "shops.csv.part", "a.tmp", "b.crdownload"]
)
def test_what_programs_leave_while_they_write_is_no_file(
    inbox: Inbox, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("x")
    assert list(inbox.waiting()) == []


def test_an_empty_file_is_not_finished(inbox: Inbox, tmp_path: Path) -> None:
    (tmp_path / "shops.csv").touch()
    inbox.settled(now=0.0)
    assert inbox.settled(now=9.0) == []


def test_a_file_is_taken_once_and_rests_with_its_report(
    inbox: Inbox, tmp_path: Path
) -> None:
    path = tmp_path / "shops.csv"
    path.write_text("offer\n")
    with inbox.held():
        taken = inbox.take(path)
        assert taken == tmp_path / "working" / "shops.csv"
        assert inbox.take(path) is None
        assert inbox.interrupted() == [taken]
        rest = inbox.finish(taken, "2 packs", good=True)
        assert rest == tmp_path / "done" / "shops.csv"
        assert (tmp_path / "done" / "shops.csv.txt").read_text() == "2 packs"
        assert inbox.interrupted() == []


def test_a_second_file_of_the_same_name_replaces_nothing(
    inbox: Inbox, tmp_path: Path
) -> None:
    with inbox.held():
        for text in ("first", "second"):
            (tmp_path / "a.csv").write_text(text)
            taken = inbox.take(tmp_path / "a.csv")
            assert taken is not None
            inbox.finish(taken, "", good=False)
    assert (tmp_path / "failed" / "a.csv").read_text() == "first"
    assert (tmp_path / "failed" / "a-2.csv").read_text() == "second"


def _hold(folder: str, pipe: Any) -> None:
    with Inbox(Path(folder)).held():
        pipe.send("held")
        pipe.recv()


@pytest.mark.slow
def test_a_folder_has_one_watcher_until_it_dies(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    other = context.Process(target=_hold, args=(str(tmp_path), theirs))
    other.start()
    assert ours.recv() == "held"
    with (
        pytest.raises(AlreadyWatched, match=f"by process {other.pid}"),
        Inbox(tmp_path).held(),
    ):
        raise AssertionError("two watchers")
    other.kill()
    other.join()
    with Inbox(tmp_path).held():
        assert (tmp_path / "working").is_dir()
