"""Where the subject is: from its cutout, else from what differs from the border."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from triptych.compose.geometry import Box

if TYPE_CHECKING:
    from PIL import Image

SIDE = 160  # pixels of the long side of every map


@dataclass(frozen=True, slots=True)
class Maps:
    """Two maps of a picture, float32 arrays (height, width) from 0 to 1.

    `subject`: how much a pixel belongs to what the picture is about; `detail`: how
    much the picture changes there (Sobel magnitude), which is bad to read on.
    """

    subject: Any
    detail: Any

    def focus(self) -> tuple[float, float]:
        """Return the centre of the subject in shares of width and height."""
        import numpy as np

        weights = np.where(self.subject >= np.quantile(self.subject, 0.8), self.subject, 0)
        total = float(weights.sum())
        if total <= 0:
            return 0.5, 0.5
        height, width = weights.shape
        x = float((weights.sum(0) * np.arange(width)).sum() / total + 0.5) / width
        y = float((weights.sum(1) * np.arange(height)).sum() / total + 0.5) / height
        return x, y

    def mean(self, which: str, box: Box) -> float:
        """Return the mean of a map in `box`, given in shares of the picture."""
        array = getattr(self, which)
        height, width = array.shape
        left, top = int(box.left * width), int(box.top * height)
        right = max(left + 1, round(box.right * width))
        bottom = max(top + 1, round(box.bottom * height))
        return float(array[top:bottom, left:right].mean())

    def inside(self, box: Box) -> float:
        """Return the share of the subject that lies in `box` (shares of the picture)."""
        height, width = self.subject.shape
        left, top = round(box.left * width), round(box.top * height)
        right, bottom = round(box.right * width), round(box.bottom * height)
        total = float(self.subject.sum()) or 1.0
        return float(self.subject[top:bottom, left:right].sum()) / total


def maps_of(image: "Image.Image", subject: "Image.Image | None") -> Maps:
    """Return the maps of a picture; `subject` is its cutout (alpha), if there is one."""
    import numpy as np

    small = image.convert("RGB")
    small.thumbnail((SIDE, SIDE))
    pixels = np.asarray(small, dtype=np.float32) / 255
    detail = _sobel(pixels.mean(2))
    if subject is not None:
        alpha = subject.getchannel("A").resize(small.size)
        found = np.asarray(alpha, dtype=np.float32) / 255
        if 0.01 < float(found.mean()) < 0.85:
            return Maps(found, detail)
    return Maps(_salient(pixels), detail)


def _sobel(grey: Any) -> Any:
    import numpy as np

    padded = np.pad(grey, 1, mode="edge")
    across = padded[1:-1, 2:] - padded[1:-1, :-2]
    down = padded[2:, 1:-1] - padded[:-2, 1:-1]
    return np.sqrt((across**2 + down**2) / 2).astype(np.float32)


def _salient(pixels: Any) -> Any:
    """Return the distance of each pixel to the border's colours, with a centre prior."""
    import numpy as np

    height, width, _ = pixels.shape
    edge = max(2, min(height, width) // 12)
    ring = np.ones((height, width), dtype=bool)
    ring[edge:-edge, edge:-edge] = False
    centres = _means(pixels[ring], 4)
    distance = np.stack([((pixels - centre) ** 2).sum(2) for centre in centres]).min(0)
    distance = np.sqrt(distance)
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    found = distance * (1 - 0.35 * np.clip(x**2 + y**2, 0, 1))
    top = float(np.quantile(found, 0.98)) or 1.0
    scaled = np.clip(found / top, 0, 1)
    return np.where(scaled > 0.25, scaled, 0).astype(np.float32)


def _means(samples: Any, count: int) -> Any:
    """Return `count` k-means centres; starts are spread by luminance, not by chance."""
    import numpy as np

    order = samples[np.argsort(samples.sum(1))]
    centres = order[np.linspace(0, len(order) - 1, count).astype(int)]
    for _ in range(6):
        nearest = ((samples[:, None] - centres[None]) ** 2).sum(2).argmin(1)
        centres = np.stack(
            [
                samples[nearest == i].mean(0) if (nearest == i).any() else centres[i]
                for i in range(count)
            ]
        )
    return centres
