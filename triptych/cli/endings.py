"""Errors of the system at the output, folder, memory or disk: a sentence, an exit code.

Known errors are `TriptychError`s; these come from the system. A bug is neither, and keeps
its traceback.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

READER_GONE = 128 + signal.SIGPIPE  # as the shell reports a program that SIGPIPE ended
FOLDER_GONE = "the current folder was deleted; change to another one"


class Ending(Exception):
    """The sentence and exit code of an error that is the system's."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code

    def show(self) -> None:
        """Print the sentence on stderr; nothing if the reader of the output is gone."""
        if message := str(self):
            with contextlib.suppress(OSError, ValueError):
                click.echo(message, err=True)


def ending_of(error: BaseException) -> Ending | None:
    """Return how a command ends that raised `error`; None for a bug."""
    for cause in _causes(error):
        if (ending := _ending(cause)) is not None:
            return ending
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the errors in a group, to the bottom; `error` itself if it is none."""
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _causes(part)
    else:
        yield error


def _ending(error: BaseException) -> Ending | None:
    match error:
        case BrokenPipeError():
            _drop_output()
            return Ending("", READER_GONE)
        case FileNotFoundError() if not has_folder():
            return Ending(FOLDER_GONE, 2)
        case MemoryError():
            return Ending("there is not enough memory; what was made is kept, run again")
        case RuntimeError() if "can't start new thread" in str(error):
            return Ending(
                "the system allows no more threads or memory (`ulimit -a` shows the "
                "limits); what was made is kept, run again"
            )
        case OSError() if error.errno is not None:
            return Ending(_system_sentence(error))
    return None


def _system_sentence(error: OSError) -> str:
    reason = error.strerror or str(error)
    if error.filename is None:
        _drop_output()
        return f"the output cannot be written: {reason}"
    return f"{os.fsdecode(error.filename)}: {reason}"


def has_folder() -> bool:
    """Return whether the current folder still exists."""
    try:
        Path.cwd()
    except OSError:
        return False
    return True


def _drop_output() -> None:
    """Send what is still buffered for stdout nowhere: flushing it would fail again."""
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)


def refuse_bytes(words: Sequence[str]) -> None:
    """Check that every argument and the current folder's path are text.

    Raises:
        Ending: one is not UTF-8; shows it.
    """
    for number, word in enumerate(words, 1):
        if not _is_text(word):
            raise Ending(f"argument {number} is not UTF-8: {_escaped(word)}", 2)
    if has_folder() and not _is_text(here := str(Path.cwd())):
        raise Ending(f"the current folder is not UTF-8: {_escaped(here)}; rename it", 2)


def _is_text(word: str) -> bool:
    """Return whether `word` has no bytes that the system could not decode."""
    return not any("\ud800" <= character <= "\udfff" for character in word)


def _escaped(word: str) -> str:
    return word.encode("utf-8", "backslashreplace").decode()


def open_streams() -> None:
    """Give a command that was started with closed streams ones that go nowhere.

    Otherwise the next file that is opened becomes the standard output of child processes.
    """
    closed = [number for number in (0, 1, 2) if not _is_open(number)]
    for number in closed:
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != number:
            os.dup2(nowhere, number)
            os.close(nowhere)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if 1 in closed:
        click.echo("there is no standard output: what is printed goes nowhere", err=True)


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
