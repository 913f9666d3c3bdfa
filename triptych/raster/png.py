"""PNG: our own framing around a fast deflate, because the filter and the deflate are
what a PNG costs.

One filter for the whole picture, chosen on a sample of its rows. Without the fast
libraries Python's zlib does the same, slower; what is read back is always identical.

Source: Portable Network Graphics (PNG) Specification, third edition (W3C).
"""

import struct
import zlib
from typing import TYPE_CHECKING, Any, Literal

from triptych.raster.engines import engine

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR = {1: 0, 2: 4, 3: 2, 4: 6}  # bands: colour type
_PERCEPTUAL = 0  # rendering intent of the sRGB chunk
Effort = Literal["fast", "small"]


def encode(pixels: "NDArray[np.uint8]", effort: Effort = "fast") -> bytes:
    """Return `pixels`, (h, w) or (h, w, bands), as an sRGB PNG.

    "fast" is within about a tenth of Pillow's default in bytes at a twentieth of its
    time; "small" is within a hundredth at a tenth.
    """
    height, width = pixels.shape[:2]
    bands = 1 if pixels.ndim == 2 else pixels.shape[2]
    rows = pixels.reshape(height, width * bands)
    data = _deflate(_filtered(rows, bands), effort)
    head = struct.pack(">IIBBBBB", width, height, 8, _COLOUR[bands], 0, 0, 0)
    parts = [
        SIGNATURE,
        _chunk(b"IHDR", head),
        _chunk(b"sRGB", bytes([_PERCEPTUAL])) if bands > 2 else b"",
        _chunk(b"IDAT", data),
        _chunk(b"IEND", b""),
    ]
    _tidy_registers()
    return b"".join(parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    fast = engine("isal.isal_zlib")
    crc = fast.crc32 if fast else zlib.crc32
    return b"".join(
        [struct.pack(">I", len(data)), kind, data, struct.pack(">I", crc(data, crc(kind)))]
    )


def _deflate(rows: Any, effort: Effort) -> bytes:
    small, fast = engine("deflate"), engine("isal.isal_zlib")
    if effort == "small" and small:
        return bytes(small.zlib_compress(rows, 3))
    if effort == "fast" and fast:
        return bytes(fast.compress(rows, 2))
    # level 1 with run-length matching only: five times faster than the default, and
    # after a filter about as small
    packer = zlib.compressobj(1, zlib.DEFLATED, 15, 9, zlib.Z_RLE)
    return packer.compress(rows) + packer.flush()


def _tidy_registers() -> None:
    """Leave the processor's wide registers clean; ISA-L does not.

    Without this the thread's next plain SSE code (resizing, letters) takes twice its
    time: measured 7.2 and 14.4 ms for the same resize. Any AVX loop of numpy's ends with
    the instruction that is missing there (VZEROUPPER).
    """
    import numpy as np

    some, others = np.zeros(256, np.uint8), np.ones(256, np.uint8)
    np.maximum(some, others, out=others)


def _filtered(rows: "NDArray[np.uint8]", bands: int) -> Any:
    """Return the rows (h, n), each behind its filter's number: (h, n + 1), contiguous."""
    import numpy as np

    height, width = rows.shape
    number = _choose(rows, bands)
    out = np.empty((height, width + 1), np.uint8)
    out[:, 0] = number
    _FILTERS[number](rows, bands, out[:, 1:])
    return out


_SAMPLE = 16  # pairs of rows that the filter is chosen on
_USUAL, _GAIN = 3, 0.96  # what another filter must save before the usual one is left


def _choose(rows: "NDArray[np.uint8]", bands: int) -> int:
    """Return the number of the filter that leaves the least to pack, by a sample.

    Paeth is not among them: where it wins it saves a hundredth, and in numpy it costs
    more than all the rest of the file.
    """
    import numpy as np

    height = rows.shape[0]
    if height == 1:
        return 1
    picks = np.unique(np.linspace(1, height - 1, _SAMPLE).astype(int))
    pairs = rows[np.stack([picks - 1, picks], axis=1).reshape(-1)]
    out = np.empty_like(pairs)
    costs = {}
    for number, filtered in _FILTERS.items():
        filtered(pairs, bands, out)
        costs[number] = _entropy(out[1::2])
    costs[_USUAL] *= _GAIN
    return min(costs, key=lambda number: (costs[number], number))


def _entropy(filtered: Any) -> float:
    """Return bits per byte, runs counted as one: what a deflate would leave, roughly."""
    import numpy as np

    flat = filtered.reshape(-1)
    counts = np.bincount(flat, minlength=256)
    shares = counts[counts > 0] / flat.size
    bits = float(-(shares * np.log2(shares)).sum())
    repeats = float((flat[1:] == flat[:-1]).mean()) if flat.size > 1 else 0.0
    return bits * (1 - 0.5 * repeats)


def _none(rows: Any, bands: int, out: Any) -> None:
    del bands
    out[...] = rows


def _sub(rows: Any, bands: int, out: Any) -> None:
    import numpy as np

    out[:, :bands] = rows[:, :bands]
    np.subtract(rows[:, bands:], rows[:, :-bands], out=out[:, bands:])


def _up(rows: Any, bands: int, out: Any) -> None:
    import numpy as np

    del bands
    out[0] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=out[1:])


def _average(rows: Any, bands: int, out: Any) -> None:
    """Do x - floor((left + up) / 2), in bytes: a + b = 2 (a & b) + (a ^ b)."""
    import numpy as np

    out[0, :bands] = rows[0, :bands]
    np.subtract(rows[0, bands:], rows[0, :-bands] >> 1, out=out[0, bands:])
    np.subtract(rows[1:, :bands], rows[:-1, :bands] >> 1, out=out[1:, :bands])
    step = max(1, 128 * 1024 // rows.shape[1])  # bands that stay in the cache
    for top in range(1, rows.shape[0], step):
        here = slice(top, top + step)
        left, up = rows[here, :-bands], rows[top - 1 : top - 1 + step, bands:]
        up = up[: left.shape[0]]
        mean = left ^ up
        mean >>= 1
        mean += left & up
        np.subtract(rows[here, bands:], mean, out=out[here, bands:])


_FILTERS = {0: _none, 1: _sub, 2: _up, 3: _average}
