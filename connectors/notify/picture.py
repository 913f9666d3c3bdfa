"""The picture of a message: a pack's contact sheet, small enough for a mail."""

from pathlib import Path

from triptych.raster.intake import encode_jpeg

WIDTH_PX = 600
QUALITY = 78


def sheet_of(path: Path | None) -> bytes:
    """Return the contact sheet as a small JPEG; empty if it cannot be read."""
    if path is None:
        return b""
    from PIL import Image

    try:
        with Image.open(path) as image:  # written by the compositor
            image.draft("RGB", (WIDTH_PX, WIDTH_PX))
            image.thumbnail((WIDTH_PX, WIDTH_PX * 20), reducing_gap=2.0)
            return encode_jpeg(image.convert("RGB"), QUALITY)
    except OSError:
        return b""  # replaced by another run meanwhile: the message goes without it
