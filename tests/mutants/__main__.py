"""`make mutants`: plant each mistake in a copy of the tree and run its area's tests."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from tests.mutants.mutations import MUTATIONS, Mutation

ROOT = Path(__file__).resolve().parents[2]
FLOOR = 0.9  # the share that has to be found
WORKERS = 2
LIMIT = 300  # seconds for the tests of one area
WHOLE = 1200  # seconds for those of all areas
FAST = "not slow and not prefect and not servers and not browser and not topology"


def copy_tree(target: Path) -> None:
    """Copy what git knows of the tree, so that a mistake never touches the checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)


def run_tests(tree: Path, tests: Sequence[str], limit: float = LIMIT) -> bool:
    """Return whether the tests pass in `tree`; no answer in time is a failure."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-m", FAST]
    env = {**os.environ, "PYTHONPATH": str(tree), "PYTHONHASHSEED": "random"}
    try:
        ended = subprocess.run(
            [*command, "-p", "no:cacheprovider", *tests],
            cwd=tree,
            env=env,
            capture_output=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0


def plant(tree: Path, mutation: Mutation, stamp: int) -> str:
    """Plant the mistake and return the file's text as it was.

    `stamp` is the file's new time: a bytecode cache is told by time and size apart.

    Raises:
        SystemExit: the text to be changed is not there exactly once.
    """
    path = tree / mutation.file
    text = path.read_text(encoding="utf-8")
    if text.count(mutation.old) != 1:
        times = text.count(mutation.old)
        raise SystemExit(f"{mutation.file}: {mutation.old!r} is there {times} times")
    _write(path, text.replace(mutation.old, mutation.new), stamp)
    return text


def _write(path: Path, text: str, stamp: int) -> None:
    path.write_text(text, encoding="utf-8")
    os.utime(path, (stamp, stamp))


def is_found(tree: Path, mutation: Mutation, stamp: int) -> bool:
    """Return whether the mutation's tests fail with the mistake in place."""
    before = plant(tree, mutation, stamp)
    try:
        return not run_tests(tree, mutation.tests)
    finally:
        _write(tree / mutation.file, before, stamp + 1)


def main() -> int:
    """Run all mutations and print a table; return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        trees: Queue[Path] = Queue()
        for index in range(WORKERS):
            tree = Path(folder) / str(index)
            copy_tree(tree)
            trees.put(tree)
        for mutation in MUTATIONS:  # all at once, before an hour is spent on the first
            plant(tree, mutation, 1)
            shutil.copyfile(ROOT / mutation.file, tree / mutation.file)
        areas = sorted({test for mutation in MUTATIONS for test in mutation.tests})
        if not run_tests(tree, areas, WHOLE):
            print("the tests fail without any mistake: mend them first", file=sys.stderr)
            return 1

        def one(job: tuple[int, Mutation]) -> tuple[Mutation, bool, float]:
            index, mutation = job
            started, mine = time.monotonic(), trees.get()
            try:
                found = is_found(mine, mutation, int(time.time()) + 10 * index)
            finally:
                trees.put(mine)
            return mutation, found, time.monotonic() - started

        with ThreadPoolExecutor(WORKERS) as pool:
            results = list(pool.map(one, enumerate(MUTATIONS)))
    return _report(results)


def _report(results: Sequence[tuple[Mutation, bool, float]]) -> int:
    for mutation, found, seconds in results:
        state = "found   " if found else "SURVIVED"
        print(f"{state} {seconds:5.1f} s  {mutation.file}: {mutation.means}")
    share = sum(found for _, found, _ in results) / len(results)
    print(f"{share:.0%} of {len(results)} mutations found; at least {FLOOR:.0%} wanted")
    return 0 if share >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
