"""Draw an SVG logo in a child process, once for each content."""

import importlib.util
import io
import subprocess
import sys
import threading
from collections import OrderedDict
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from triptych.errors import PictureError
from triptych.svg import limits, process, verdicts

if TYPE_CHECKING:
    from PIL import Image

_KEPT = 16  # drawings; a usual one takes 20 kB as PNG
_PATIENCE = 20.0  # seconds on a busy machine; its CPU time is limited
_REFUSED = 2
_cache: OrderedDict[bytes, bytes] = OrderedDict()
_lock = threading.Lock()


def draw(data: bytes, name: str) -> "Image.Image":
    """Return the SVG in `data`, at most `MAX_WIDTH` wide and `MAX_HEIGHT` high, RGBA.

    Raises:
        PictureError: names the file, what is wrong with it, and the cure.
    """
    from PIL import Image

    try:
        png = _cached(data)
    except PictureError as error:
        raise PictureError(f"{name}: {error}") from None
    with Image.open(io.BytesIO(png)) as image:
        return image.convert("RGBA")


def check(data: bytes, name: str) -> None:
    """Draw the SVG and refuse a mark that paints nothing or is too narrow.

    A logo that was accepted before is not drawn again; see `verdicts`.

    Raises:
        PictureError: as `draw`.
    """
    if verdicts.is_accepted(data):
        return
    from triptych.svg.size import check_ratio

    painted = draw(data, name).getchannel("A").getbbox()
    if painted is None:
        raise PictureError(
            f"{name}: paints nothing: its shapes are outside of the page, without fill and "
            "stroke, or hidden; export it again with the artwork selected"
        )
    try:
        check_ratio(painted[2] - painted[0], painted[3] - painted[1])
    except PictureError as error:
        raise PictureError(f"{name}: {error}") from None
    verdicts.accept(data)


def _cached(data: bytes) -> bytes:
    key = sha256(data).digest()
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    png = _drawn(data)
    with _lock:
        _cache[key] = png
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
    return png


def _drawn(data: bytes) -> bytes:
    if len(data) > limits.MAX_BYTES:  # not worth a process; it says the same
        from triptych.svg.parse import check_size

        check_size(data)
    try:
        done = subprocess.run(
            _command(), input=data, capture_output=True, timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise PictureError(_too_slow()) from None
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode("utf-8", "replace")
    if done.returncode == _REFUSED:
        raise PictureError(said)
    raise PictureError(_crash(done.returncode, said))


def _command() -> list[str]:
    """Return the command line of the child: where `triptych` and the libraries are."""
    ours = Path(process.__file__).parents[2]
    found = importlib.util.find_spec("resvg_py")
    if found is None or found.origin is None:
        raise PictureError("cannot be drawn: resvg_py is not installed")
    paths = (str(ours), str(Path(found.origin).parents[1]))
    return [sys.executable, "-I", "-S", str(process.__file__), *paths]


def _too_slow() -> str:
    return (
        f"takes more than {limits.MAX_SECONDS} s to draw; simplify its paths, filters and "
        "patterns"
    )


def _crash(code: int, said: str) -> str:
    """Return a sentence about a child that ended otherwise than it should."""
    if code in (-9, -24, -27):  # SIGKILL, SIGXCPU, SIGPROF: the limit of CPU time
        return _too_slow()
    if "memory" in said.lower():
        gigabytes = limits.MAX_MEMORY / (1 << 30)
        return f"takes more than {gigabytes:g} GB to draw; simplify it"
    last = next((line for line in reversed(said.splitlines()) if line.strip()), "")
    reason = f" ({last.strip()[:80]})" if last else ""
    return f"cannot be drawn: the renderer broke off{reason}; export it again, simplified"
