"""The words that the studio understands; everything else is reported, never ignored."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Room = Literal["left", "right", "top", "bottom", "none"]

SCENES: Mapping[str, tuple[str, ...]] = {
    "packshot": (
        "packshot",
        "pack shot",
        "product shot",
        "podium",
        "bottle",
        "jar",
        "tube",
        "can",
    ),
    "still-life": (
        "still life",
        "still-life",
        "stillleben",
        "bodegón",
        "nature morte",
        "pedestals",
    ),
    "window": (
        "window light",
        "window",
        "fensterlicht",
        "luz de ventana",
        "sunlight",
        "sun",
    ),
    "disc": (
        "disc",
        "disk",
        "circle",
        "scheibe",
        "círculo",
        "disque",
        "flat lay",
        "flatlay",
    ),
    "waves": (
        "paper waves",
        "paper-cut",
        "paper cut",
        "waves",
        "wellen",
        "olas",
        "vagues",
        "hills",
    ),
    "arcs": ("arcs", "arches", "rainbow", "bögen", "arcos"),
    "terrazzo": ("terrazzo", "stone chips", "mosaic"),
    "topographic": ("topographic", "contour lines", "topo", "map", "höhenlinien"),
    "mesh": ("mesh", "gradient", "blur", "farbverlauf", "degradado", "dégradé"),
}
LIGHT: Mapping[str, tuple[str, ...]] = {
    "morning": ("morning", "dawn", "early", "morgen", "mañana", "matin"),
    "evening": ("evening", "dusk", "golden", "autumn", "abend", "tarde", "soir", "harvest"),
    "cool": ("cool", "coastal", "sea", "fresh", "kühl", "fresco", "frais"),
    "bright": ("bright", "airy", "light", "hell", "claro", "clair"),
    "dark": ("dark", "moody", "night", "dunkel", "oscuro", "sombre"),
    "soft": ("soft", "calm", "gentle", "quiet", "weich", "suave", "doux"),
}
BODIES: Mapping[str, tuple[str, ...]] = {
    "pump": ("bottle", "pump", "shampoo", "soap", "lotion", "wash"),
    "jar": ("jar", "cream", "honey", "jam", "candle"),
    "can": ("can", "tin", "drink", "coffee", "tea"),
    "box": ("box", "carton", "crate", "package", "kiste", "caja"),
}
ROOMS: Mapping[Room, tuple[str, ...]] = {
    "left": (
        "on the left",
        "at the left",
        "left side",
        "links",
        "a la izquierda",
        "à gauche",
    ),
    "right": (
        "on the right",
        "at the right",
        "right side",
        "rechts",
        "a la derecha",
        "à droite",
    ),
    "top": ("at the top", "on top", "above", "oben", "arriba", "en haut"),
    "bottom": ("at the bottom", "below", "unten", "abajo", "en bas"),
}
# words of a sentence that ask for nothing, and nouns that the reference photo shows
_SILENT = """
    a an the of in on at with and or for to from by its it is are as into onto over
    under room type text copy space left right top bottom side light scene picture
    photo photograph shot image product close up closeup view overhead seen lit shadow
    shadows warm cut ripe half halved fig figs fruit bowl plate table tabletop cloth
    linen paper ground background behind beside next before after one two three few
    some this that your our leave calm empty clean simple plain natural real on off
    out very just still life stone wood wooden shelf counter surface colour color
    brand podium arch pebbles sphere open opened hand hands kitchen lines line chips scene
"""
SILENT = frozenset(_SILENT.split())


@dataclass(frozen=True, slots=True)
class Recipe:
    """What was understood of a prompt."""

    scene: str
    light: tuple[str, ...]
    room: Room
    body: str
    unknown: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """Return the recipe as plain data, for records and manifests."""
        return {
            "scene": self.scene,
            "light": list(self.light),
            "room": self.room,
            "body": self.body,
            "unknown": list(self.unknown),
        }


def read_prompt(prompt: str, *, photographed: bool) -> Recipe:
    """Return what `prompt` asks for.

    `photographed`: a reference photo is at hand, so that a scene around it can be drawn;
    without a word for a scene, it is that one, else a packshot.
    """
    text = " ".join(prompt.casefold().split())
    scene, known = _first(text, SCENES)
    if scene in ("", "packshot") and photographed:
        scene = "window" if "disc" not in text else "disc"
    if scene in ("window", "disc") and not photographed:
        scene = "still-life"
    light = tuple(
        name for name, words in LIGHT.items() if any(_has(text, w) for w in words)
    )
    room, _ = _first(text, ROOMS)
    body, _ = _first(text, BODIES)
    for table in (SCENES, LIGHT, BODIES, ROOMS):
        for words in table.values():
            for word in words:
                if _has(text, word):
                    known = known | frozenset(word.split())
    said = re.findall(r"[^\W\d_]{3,}", text)
    unknown = tuple(dict.fromkeys(w for w in said if w not in known and w not in SILENT))
    return Recipe(scene or "packshot", light, room or "none", body or "pump", unknown)  # type: ignore[arg-type]


def _has(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def _first(text: str, table: Mapping[Any, tuple[str, ...]]) -> tuple[str, frozenset[str]]:
    """Return the entry whose word stands first in `text`, the longest word winning."""
    best: tuple[int, int, str] | None = None
    for name, words in table.items():
        for word in words:
            found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)
            if found and (best is None or (found.start(), -len(word)) < best[:2]):
                best = (found.start(), -len(word), name)
    return (best[2], frozenset()) if best else ("", frozenset())
