"""Where a store is, said in words: nothing is opened and nothing heavy imported here."""

from pathlib import Path

DEFAULT = ".triptych"


def local_folder(address: str | Path) -> Path:
    """Return the folder for what stays on this machine: the store's, if it is one."""
    written = str(address)
    if written.startswith("file://"):
        return Path(written.removeprefix("file://"))
    return Path(DEFAULT if "://" in written else written)


def absolute(address: str | Path) -> str:
    """Return the address as a process in another folder finds the same store."""
    written = str(address)
    return written if "://" in written else str(Path(written).resolve())
