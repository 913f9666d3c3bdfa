"""The words that the studio understands; everything else is reported, never ignored."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

Room = Literal["left", "right", "top", "bottom", "none"]

SCENES: Mapping[str, tuple[str, ...]] = {
    "as-shot": (
        "as shot",
        "as photographed",
        "wie fotografiert",
        "tal como está",
        "telle quelle",
    ),
    "packshot": (
        "packshot",
        "pack shot",
        "product shot",
        "podium",
        "bottle",
        "jar",
        "tube",
        "can",
        "pouch",
        "carton",
        "produktfoto",
        "foto de producto",
        "photo produit",
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
    "pump": ("bottle", "pump", "shampoo", "soap", "lotion", "wash", "flasche", "botella"),
    "jar": ("jar", "cream", "honey", "jam", "candle", "tiegel", "tarro", "pot"),
    "tube": ("tube", "toothpaste", "sunscreen", "gel", "zahnpasta", "tubo", "dentifrice"),
    "can": ("can", "tin", "drink", "soda", "beer", "dose", "lata", "canette"),
    "box": ("box", "carton", "crate", "package", "kiste", "karton", "caja", "boîte"),
    "pouch": ("pouch", "bag", "sachet", "coffee", "tea", "granola", "beutel", "bolsa"),
}
# what stands in every packshot and still life, so that asking for it is understood
STANDING = (
    *("arch", "podium", "pebble", "pebbles", "sphere", "ball"),
    *("podest", "torbogen", "kiesel", "arco", "esfera", "arche", "galets"),
)
# what a colour word looks like: the brand's nearest colour then leads
LOOKS: Mapping[str, str] = {
    "red": "#c62828",
    "terracotta": "#c8553d",
    "rust": "#b7472a",
    "coral": "#f27059",
    "orange": "#f08a24",
    "apricot": "#f4a261",
    "peach": "#f7b58a",
    "yellow": "#f2c230",
    "gold": "#d4a72c",
    "green": "#4a7d3e",
    "olive": "#6b7a3a",
    "sage": "#9caf88",
    "teal": "#2a9d8f",
    "turquoise": "#30b8b0",
    "blue": "#1f5fa8",
    "navy": "#0b2545",
    "purple": "#6a2c70",
    "aubergine": "#4b1f3b",
    "burgundy": "#6d1a36",
    "pink": "#e58aa8",
    "cream": "#f7efe2",
    "white": "#ffffff",
    "beige": "#e6d3b3",
    "brown": "#6b4630",
    "grey": "#8a8a8a",
    "black": "#141414",
    "rot": "#c62828",
    "grün": "#4a7d3e",
    "blau": "#1f5fa8",
    "gelb": "#f2c230",
    "rojo": "#c62828",
    "verde": "#4a7d3e",
    "azul": "#1f5fa8",
    "rouge": "#c62828",
    "vert": "#4a7d3e",
    "bleu": "#1f5fa8",
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
# words of a sentence that ask for nothing; a noun is never among them
_SILENT = """
    a an the of in on at with and or for to from by its it is are as into onto over
    under room type text copy space left right top bottom side lit light scene picture
    photo photograph shot image product close up view seen background behind beside next
    before after one two three few some this that your our leave very just out off
    colour color brand lines line shadow shadows
    der die das den dem des ein eine einen einem einer und oder mit ohne auf im am an aus
    bei von vom zum zur für ist platz raum schrift text licht bild szene
    el la los las un una unos unas con sin en del al por para espacio texto luz imagen
    le les une des du de et avec sans dans aux sur sous pour espace texte lumière image
"""
SILENT = frozenset(_SILENT.split())


@dataclass(frozen=True, slots=True)
class Recipe:
    """What was understood of a prompt."""

    scene: str
    light: tuple[str, ...]
    room: Room
    body: str
    colours: tuple[str, ...]  # words of `LOOKS`, in the order they are said
    unknown: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """Return the recipe as plain data, for records and manifests."""
        return {
            "scene": self.scene,
            "light": list(self.light),
            "room": self.room,
            "body": self.body,
            "colours": list(self.colours),
            "unknown": list(self.unknown),
        }


def read_prompt(prompt: str, *, photographed: bool, product: str = "") -> Recipe:
    """Return what `prompt` asks for.

    `photographed`: a reference photo is at hand, so that a scene around it can be drawn;
    without a word for a scene, it is that one, else a packshot. Words of `product` are
    never unknown, and say what is packed where the prompt does not.
    """
    text, named = _plain(prompt), _plain(product)
    scene = _scene(_first(text, SCENES), photographed=photographed)
    light = tuple(
        name for name, words in LIGHT.items() if any(_has(text, w) for w in words)
    )
    colours = sorted((word for word in LOOKS if _has(text, word)), key=text.index)
    body = _first(text, BODIES) or _first(named, BODIES) or "pump"
    known = _understood(text) | set(re.findall(r"\w+", named)) | SILENT
    said = re.findall(r"[^\W\d_]{3,}", text)
    unknown = tuple(dict.fromkeys(word for word in said if word not in known))
    room = cast("Room", _first(text, ROOMS) or "none")
    return Recipe(scene, light, room, body, tuple(colours), unknown)


def _scene(asked: str, *, photographed: bool) -> str:
    """Return the scene that can be drawn: a photo is shown, and no photo is invented."""
    if photographed and asked in ("", "packshot"):
        return "window"
    if not photographed and asked in ("window", "disc", "as-shot"):
        return "still-life"
    return asked or "packshot"


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _understood(text: str) -> set[str]:
    """Return every word of `text` that belongs to a phrase of the vocabulary."""
    tables: tuple[Mapping[Any, Iterable[str]], ...]
    tables = (SCENES, LIGHT, BODIES, ROOMS, {"colours": LOOKS, "standing": STANDING})
    phrases = {phrase for table in tables for words in table.values() for phrase in words}
    return {
        word
        for phrase in phrases
        if _has(text, phrase)
        for word in re.findall(r"\w+", phrase)
    }


def _has(text: str, word: str) -> bool:
    return re.search(_whole_word(word), text) is not None


def _whole_word(word: str) -> str:
    return rf"(?<!\w){re.escape(word)}(?!\w)"


def _first(text: str, table: Mapping[Any, tuple[str, ...]]) -> str:
    """Return the entry whose word stands first in `text`, the longest word winning."""
    found = [
        (match.start(), -len(word), name)
        for name, words in table.items()
        for word in words
        if (match := re.search(_whole_word(word), text))
    ]
    return str(min(found)[2]) if found else ""
