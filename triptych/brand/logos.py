"""Logo files: which are accepted, how others are turned into one, and their checks."""

LOGOS = {".svg": "image/svg+xml", ".png": "image/png"}
_OPAQUE = (
    "it has no transparency and would stand in a box: export the logo as SVG, or as PNG "
    "with a transparent ground"
)
_VECTOR = "open it in the program that made it and export the logo as SVG"
_PIXELS = "export the logo as SVG, or as PNG with a transparent ground"
BOUNDS = {"clear_space": (0.0, 3.0), "min_width_px": (1.0, 4_000.0)}
CURES = {
    **dict.fromkeys((".jpg", ".jpeg", ".bmp", ".heic"), _OPAQUE),
    **dict.fromkeys((".eps", ".ai", ".pdf", ".ps", ".cdr", ".afdesign", ".fig"), _VECTOR),
    **dict.fromkeys((".tif", ".tiff", ".psd", ".webp", ".gif", ".avif"), _PIXELS),
    ".svgz": "it is compressed: save it as plain .svg",
}


def check_logo(data: bytes, name: str, media_type: str) -> None:
    """Refuse a logo that cannot be drawn or paints nothing.

    Raises:
        PictureError: names the file, what is wrong with it, and the cure.
    """
    if media_type == "image/svg+xml":
        from triptych.svg.drawing import check

        check(data, name)
    else:
        from triptych.raster.intake import check_mark

        check_mark(data, name)
