"""Plain pictures that fakes answer: the seed is their colour, so none is flat."""

import io

import PIL.Image


def drawn(size: tuple[int, int], seed: int = 0, *, clear: bool = False) -> bytes:
    """Return a PNG of one colour with a light corner; `clear`: half transparent."""
    image = PIL.Image.new("RGB", size, (seed % 256, seed // 256 % 256, 90))
    image.paste((250, 250, 250), (0, 0, size[0] // 4, size[1] // 4))
    if clear:
        image.putalpha(PIL.Image.new("L", size, 128))
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def size_of(data: bytes) -> tuple[int, int]:
    """Return the size of an encoded picture."""
    with PIL.Image.open(io.BytesIO(data)) as image:
        return image.size
