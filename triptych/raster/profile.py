"""The sRGB colour profile, made here: what libraries make holds the time of day."""

import functools
import struct

# IEC 61966-2-1 primaries, adapted to D50 (Bradford); what every sRGB profile holds
_PRIMARIES = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}
_D50 = (0.9642, 1.0, 0.8249)
# the curve of sRGB as ICC's function type 3: (aX + b)^g above d, cX below
_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


@functools.cache
def srgb() -> bytes:
    """Return an ICC version 4 profile of sRGB; always the same bytes.

    Source: ICC.1:2022, sections 7 (the header), 10.18 (curves) and 10.31 (XYZ).
    """
    curve = b"para" + bytes(4) + struct.pack(">HH", 3, 0) + _fixed(*_CURVE)
    tags = {
        b"desc": _text("sRGB"),
        b"cprt": _text("CC0"),
        b"wtpt": _xyz(*_D50),
        **{name: _xyz(*primary) for name, primary in _PRIMARIES.items()},
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    start = 128 + 4 + 12 * len(tags)
    table, body, placed = b"", b"", dict[bytes, int]()
    for name, data in tags.items():
        if data not in placed:  # the three curves share one place
            placed[data] = start + len(body)
            body += data + bytes(-len(data) % 4)
        table += name + struct.pack(">II", placed[data], len(data))
    header = _header(start + len(body))
    return header + struct.pack(">I", len(tags)) + table + body


def _header(size: int) -> bytes:
    first = struct.pack(">II", size, 0) + bytes.fromhex("04300000")
    kind = b"mntrRGB XYZ "
    date = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    middle = first + kind + date + b"acsp" + bytes(28) + _fixed(*_D50)
    return middle.ljust(128, b"\0")


def _fixed(*values: float) -> bytes:
    """Return numbers as ICC's s15Fixed16."""
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _xyz(x: float, y: float, z: float) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(x, y, z)


def _text(words: str) -> bytes:
    """Return a text as ICC's multiLocalizedUnicode, in English."""
    data = words.encode("utf-16-be")
    head = struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(data), 28)
    return b"mluc" + bytes(4) + head + data
