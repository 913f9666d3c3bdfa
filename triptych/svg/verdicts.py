"""Which SVG logos passed the checks before, kept for this user between processes.

Drawing a logo in a child process is a third of the cost of `triptych check`. An empty
file, named by the digest of the logo, of this code and of the renderer's version,
says that the logo was accepted. No pixels are kept: a damaged cache changes no picture.
Errors of the file system are ignored; the logo is then drawn again.
"""

import contextlib
import functools
import os
from hashlib import sha256
from pathlib import Path

FOLDER_MODE = 0o700
FILE_MODE = 0o600


def is_accepted(data: bytes) -> bool:
    """Return whether this code accepted this logo before, on this user's account."""
    try:
        return _is_private(_folder()) and (_folder() / _key(data)).is_file()
    except (OSError, RuntimeError):  # there may be no home folder
        return False


def accept(data: bytes) -> None:
    """Keep that the logo was accepted."""
    with contextlib.suppress(OSError, RuntimeError):
        _folder().mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        if _is_private(_folder()):
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            os.close(os.open(_folder() / _key(data), flags, FILE_MODE))


def _folder() -> Path:
    """Return the folder of the verdicts; `XDG_CACHE_HOME` counts only if absolute."""
    home = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (home if home.is_absolute() else Path.home() / ".cache") / "triptych" / "logos"


def _is_private(folder: Path) -> bool:
    """Return whether nobody else can write verdicts into the folder."""
    if not hasattr(os, "getuid"):
        return True
    status = folder.lstat()
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _key(data: bytes) -> str:
    return sha256(_checker() + sha256(data).digest()).hexdigest()


@functools.cache
def _checker() -> bytes:
    """Return the digest of the code that decides, and of the renderer's version."""
    from importlib.metadata import PackageNotFoundError, version

    digest = sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(sha256(file.read_bytes()).digest())
    with contextlib.suppress(PackageNotFoundError):
        digest.update(version("resvg_py").encode())
    return digest.digest()
