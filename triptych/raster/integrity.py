"""Detect damaged and blank encoded pictures.

Decoders are lenient: Pillow does not check the CRC of a PNG's pixels and paints missing
parts of a JPEG grey. Pictures of providers are therefore checked here before use.

Source: PNG (third edition) section 5; JPEG (ITU T.81) annex B; WebP container (RIFF).
"""

import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

_PNG = b"\x89PNG\r\n\x1a\n"
# notes, which change no pixel and which many programs write wrong
_NOTES = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"pHYs"})
_SOS, _EOI = b"\xff\xda", b"\xff\xd9"
MAX_BLACK = 3  # the brightest value of a picture that counts as black, 0 to 255
MAX_FLAT = 2  # the widest spread of each channel of a picture of one colour


def damage_of(data: bytes) -> str:
    """Return what is wrong with the bytes of a PNG, JPEG or WebP, or an empty text.

    Other formats are left to their decoder.
    """
    if data.startswith(_PNG):
        return _png_damage(data)
    if data.startswith(b"\xff\xd8"):
        # scan data escapes FF, so the markers are unique; a thumbnail ends before a scan
        ended = data.rfind(_EOI) > data.rfind(_SOS) >= 0
        return "" if ended else "it ends before its picture does"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        length = int.from_bytes(data[4:8], "little")
        return "" if len(data) >= length + 8 else "it ends before its picture does"
    return ""


def _png_damage(data: bytes) -> str:
    at = len(_PNG)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        end = at + 8 + length
        if end + 4 > len(data):
            break
        name, checksum = data[at + 4 : at + 8], data[end : end + 4]
        wrong = zlib.crc32(data[at + 4 : end]) != int.from_bytes(checksum, "big")
        if wrong and name not in _NOTES:
            return "a checksum of its pixels does not match"
        if name == b"IEND":
            return ""
        at = end + 4
    return "it ends before its picture does"


def blankness_of(image: "Image.Image") -> str:
    """Return "all black", "one flat colour" or "fully transparent", or an empty text.

    What is transparent in places is a shape, whatever its colour.
    """
    bands = _extrema(image if image.mode == "RGBA" else image.convert("RGB"))
    if len(bands) == 4:
        lowest, highest = bands[3]
        if highest == 0:
            return "fully transparent"
        if lowest != highest:
            return ""
    if max(high for _, high in bands[:3]) <= MAX_BLACK:
        return "all black"
    flat = all(high - low <= MAX_FLAT for low, high in bands[:3])
    return "one flat colour" if flat else ""


def _extrema(image: "Image.Image") -> list[tuple[int, int]]:
    bands: Any = image.getextrema()
    return [(int(low), int(high)) for low, high in bands]
