"""Files that only their owner may read: the server's home, its password, logs, sockets."""

import contextlib
import os
import secrets
from pathlib import Path

FILE_MODE = 0o600
FOLDER_MODE = 0o700


def private_folder(folder: Path) -> Path:
    """Make `folder` and its parents; close it, and every file in it, to other users.

    Entries of another owner keep their mode, because only the owner may change it.
    """
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    _set_mode(folder, FOLDER_MODE)
    for path in (*folder.iterdir(), *(folder / "logs").glob("*")):
        if not path.is_symlink():
            _set_mode(path, FOLDER_MODE if path.is_dir() else FILE_MODE)
    return folder


def _set_mode(path: Path, mode: int) -> None:
    with contextlib.suppress(OSError):
        if path.stat().st_mode & 0o077:
            path.chmod(mode)


def write_private(path: Path, text: str) -> None:
    """Replace `path` by a file of mode 0600 that holds `text`; readers see all or none."""
    part = _private_part(path, text)
    part.replace(path)


def create_private(path: Path, text: str) -> str:
    """Return the text of `path`, creating it with `text` and mode 0600 if it is missing.

    Of several processes that create it at once, all return what the first one wrote.
    """
    part = _private_part(path, text)
    try:
        os.link(part, path)
    except FileExistsError:
        return path.read_text()
    finally:
        part.unlink(missing_ok=True)
    return text


def _private_part(path: Path, text: str) -> Path:
    part = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(number, "w") as file:
        file.write(text)
    return part


def open_log(path: Path) -> int:
    """Return a descriptor that appends to `path`, which only its owner may read."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE_MODE)
