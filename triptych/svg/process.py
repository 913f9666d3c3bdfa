"""The child process that draws one SVG: `python process.py ROOT SITE`, SVG in, PNG out.

Started without site-packages (-I -S), because starting is most of its cost. Exit codes:
0 drawn, 2 refused (the reason is on stderr); anything else is a crash of the renderer.
"""

import contextlib
import math
import signal
import sys


def main() -> None:
    """Read an SVG from stdin and write the PNG to stdout."""
    sys.path[:0] = sys.argv[1:3]
    from triptych.errors import PictureError
    from triptych.svg import limits

    _limit(limits.MAX_SECONDS, limits.MAX_MEMORY)
    try:
        picture = _drawn(sys.stdin.buffer.read())
    except PictureError as error:
        sys.stderr.buffer.write(str(error).encode("utf-8", "replace"))
        sys.exit(2)
    sys.stdout.buffer.write(picture)


def _limit(seconds: float, memory: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has none
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        whole = math.ceil(seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (whole, whole))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        signal.setitimer(signal.ITIMER_PROF, seconds)  # CPU time; SIGPROF ends it


def _drawn(data: bytes) -> bytes:
    import resvg_py

    from triptych.errors import PictureError
    from triptych.svg import limits
    from triptych.svg.clean import cleaned

    try:
        text, ratio = cleaned(data)
    except RecursionError:
        raise PictureError("nests brackets too deep; export it again") from None
    # one side is given, the other follows from the drawing's own proportions
    by_width = ratio is None or ratio * limits.MAX_HEIGHT >= limits.MAX_WIDTH
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=text,
            width=limits.MAX_WIDTH if by_width else None,
            height=None if by_width else limits.MAX_HEIGHT,
            skip_system_fonts=True,
            dpi=96,
        )
    except ValueError as error:
        raise PictureError(f"the SVG cannot be drawn: {error}") from None
    return bytes(png)


if __name__ == "__main__":
    main()
