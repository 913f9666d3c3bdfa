"""TrueType fonts without their hinting programs: outlines as they were designed.

A font's programs move its outlines onto whole pixels, glyph by glyph, every time one is
drawn. Letters here are large, or drawn large and averaged: they need no hinting, which
takes more than half of the drawing time.
"""

import struct

TRUETYPE = (b"\x00\x01\x00\x00", b"true")
_STOP = bytes((0xB1, 1, 1, 0x8E))  # PUSHB[2] 1 1, INSTCTRL: run no glyph's program


def without_programs(font: bytes) -> bytes | None:
    """Return the TrueType `font` with its control program replaced by one that stops all
    others, or None if it is no such font or has no programs.

    Source: OpenType specification, "The TrueType Instruction Set", INSTCTRL.
    """
    tables = _tables(font)
    at, place, length = tables.get(b"prep", (0, 0, 0))
    # without a font program FreeType would place the outlines itself
    if b"fpgm" not in tables or length < len(_STOP) or place + length > len(font):
        return None
    changed = bytearray(font)
    struct.pack_into(">I", changed, at + 12, len(_STOP))
    changed[place : place + len(_STOP)] = _STOP
    return bytes(changed)


def _tables(font: bytes) -> dict[bytes, tuple[int, int, int]]:
    """Return where each table's entry, and its content, lies, and how long it is."""
    if font[:4] not in TRUETYPE or len(font) < 12:
        return {}
    (count,) = struct.unpack_from(">H", font, 4)
    tables: dict[bytes, tuple[int, int, int]] = {}
    for at in range(12, min(12 + 16 * count, len(font) - 15), 16):
        name, _, place, length = struct.unpack_from(">4sIII", font, at)
        tables[name] = (at, place, length)
    return tables
