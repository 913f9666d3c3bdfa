"""Values that go to another process: pickled, and what they share sent once.

The placements of a unit show the same pictures, each read from the store on its own.
"""

import hashlib
import io
import pickle
from typing import Any

LARGE = 4096  # bytes that are worth being looked for twice


class _Packer(pickle.Pickler):
    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self.blobs: dict[str, bytes] = {}

    def persistent_id(self, obj: Any) -> str | None:
        if type(obj) is not bytes or len(obj) < LARGE:
            return None
        digest = hashlib.sha256(obj).hexdigest()
        self.blobs[digest] = obj
        return digest


class _Unpacker(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, blobs: dict[str, bytes]) -> None:
        super().__init__(file)
        self.blobs = blobs

    def persistent_load(self, pid: Any) -> bytes:
        return self.blobs[pid]


def pack(value: Any) -> bytes:
    """Return `value` as bytes for `unpack`, equal large bytes in it once."""
    file = io.BytesIO()
    packer = _Packer(file)
    packer.dump(value)
    return pickle.dumps((file.getvalue(), packer.blobs), pickle.HIGHEST_PROTOCOL)


def unpack(data: bytes) -> Any:
    """Return what was packed; only of what this campaign's own processes sent."""
    value, blobs = pickle.loads(data)
    return _Unpacker(io.BytesIO(value), blobs).load()
