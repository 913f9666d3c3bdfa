"""A row: logo, headline, button; for leaderboards and mobile banners."""

from triptych.compose.column import PAD_X, PAD_Y
from triptych.compose.geometry import Box
from triptych.compose.parts import Arrangement, Block, Words
from triptych.compose.type import Setting, Style, set_text
from triptych.errors import TextOverflow


def row(
    words: Words,
    box: Box,
    logo: tuple[float, float] | None,
    smallest: float,
    styles: dict[str, Style],
) -> Arrangement:
    """Return logo, headline and button side by side in `box`, centred on its middle.

    Everything else is dropped: a banner is read in a second. The button gives way too
    where the headline would be too small beside it.

    Raises:
        TextOverflow: the headline does not fit even alone.
    """
    dropped: tuple[str, ...] = tuple(
        part for part in ("body", "offer", "legal") if part in words.present()
    )
    gap = max(8.0, box.height * 0.22)
    left = box.left
    placed = None
    if logo:
        placed = Box(left, box.top + (box.height - logo[1]) / 2, *logo)
        left += logo[0] + gap * 1.4
    button = _button(words, box, smallest, styles) if words.cta else None
    right = box.right - (_outer(button)[0] + gap if button else 0)
    head = _headline(words, right - left, box.height, smallest, styles)
    if head is None and button is not None:
        button, right = None, box.right
        dropped = (*dropped, "cta")
        head = _headline(words, right - left, box.height, smallest, styles)
    if head is None:
        raise TextOverflow(
            f"the headline {words.headline!r} does not fit {right - left:.0f}x"
            f"{box.height:.0f} pixels at {smallest:.0f} px; shorten it",
            field="headline",
            fits=max(8, len(words.headline) // 2),
        )
    blocks = [_centred("headline", words.headline, head, left, box)]
    if button is not None:
        width, height = _outer(button)
        outer = Box(box.right - width, box.top + (box.height - height) / 2, width, height)
        pad_x, pad_y = PAD_X * button.px, PAD_Y * button.px
        inner = Box(outer.left + pad_x, outer.top + pad_y, button.width, button.height)
        blocks.append(Block("cta", words.cta, button, inner, outer))
    return Arrangement(tuple(blocks), placed, dropped)


def _button(
    words: Words, box: Box, smallest: float, styles: dict[str, Style]
) -> Setting | None:
    px = min(max(smallest, box.height * 0.2), 24.0)
    found = set_text(words.cta, box.width * 0.34, px, styles["cta"])
    return found if found is not None and _outer(found)[1] <= box.height else None


def _outer(setting: Setting) -> tuple[float, float]:
    return setting.width + 2 * PAD_X * setting.px, setting.height + 2 * PAD_Y * setting.px


def _headline(
    words: Words, width: float, height: float, smallest: float, styles: dict[str, Style]
) -> Setting | None:
    px = max(smallest, min(height * 0.46, 44.0))
    while px >= smallest - 0.01 and width > 0:
        found = set_text(words.headline, width, px, styles["headline"])
        if found is not None and len(found.lines) <= 3 and found.height <= height:
            return found
        px *= 0.95
    return None


def _centred(role: str, text: str, setting: Setting, left: float, box: Box) -> Block:
    top = box.top + (box.height - setting.height) / 2
    return Block(role, text, setting, Box(left, top, setting.width, setting.height))
