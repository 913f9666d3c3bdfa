"""The words that the studio understands. The table in its docs page is made from here.

Every entry is one meaning; its words are synonyms in English, German, Spanish and
French, written without accents and in lower case. A phrase may hold several words.
The first words of an entry are what the docs show first.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Group = Literal["scene", "body", "light", "mood", "props", "side"]
Side = Literal["left", "right", "top", "bottom"]

SCENES: Mapping[str, str] = MappingProxyType(
    {
        "packshot": "packshot, product shot, pack shot, product render, studio shot, "
        "produktaufnahme, produktfoto, foto de producto, photo produit",
        "still-life": "still life, podium, podiums, pedestal, pedestals, plinth, plinths, "
        "stage, spheres, stillleben, podest, buhne, bodegon, pedestal, nature morte, socle",
        "window": "window, window light, windowlight, daylight, sunlight, leaf shadows, "
        "dappled, gobo, kitchen, table, fenster, fensterlicht, tageslicht, kuche, tisch, "
        "ventana, luz de ventana, cocina, mesa, fenetre, lumiere de fenetre, cuisine",
        "disc": "disc, disk, circle, round, coloured circle, scheibe, kreis, disco, "
        "circulo, disque, cercle",
        "photo": "photo, photograph, photography, full bleed, as it is, original photo, "
        "close up, closeup, close-up, fotografie, aufnahme, nahaufnahme, fotografia, "
        "primer plano, photographie, gros plan",
        "waves": "paper waves, waves, wave, paper cut, papercut, paper, layers, hills, "
        "dunes, landscape, sea, ocean, coast, wellen, papier, hugel, landschaft, meer, "
        "olas, papel, colinas, paisaje, mar, vagues, collines, paysage, mer",
        "arcs": "arcs, rainbow, sunrise, sunset, bows, rings, bogen, regenbogen, "
        "sonnenaufgang, arcos iris, amanecer, arc en ciel, lever de soleil",
        "terrazzo": "terrazzo, confetti, chips, speckled, mosaic, pattern, konfetti, "
        "muster, mosaik, confeti, patron, mosaico, motif, mosaique",
        "topo": "topographic, topographical, topographic lines, contour lines, contours, "
        "map, trail, mountain, mountains, hohenlinien, karte, berge, topografico, curvas "
        "de nivel, mapa, montana, topographique, lignes de niveau, carte, montagne",
        "mesh": "mesh, gradient, mesh gradient, gradients, blur, aurora, abstract, verlauf, "
        "farbverlauf, abstrakt, degradado, abstracto, degrade, abstrait",
    }
)

BODIES: Mapping[str, str] = MappingProxyType(
    {
        "bottle": "bottle, pump bottle, pump, dispenser, shampoo, conditioner, soap, lotion, "
        "hand wash, shower gel, serum, oil, flasche, spender, seife, ol, botella, champu, "
        "jabon, aceite, bouteille, flacon, shampooing, savon, huile",
        "jar": "jar, pot, cream, creme, balm, mask, honey, jam, tiegel, glas, dose, honig, "
        "marmelade, tarro, crema, miel, mermelada, pot de creme, baume, confiture",
        "tube": "tube, toothpaste, hand cream, sunscreen, gel, zahnpasta, handcreme, "
        "sonnencreme, tubo, pasta de dientes, dentifrice, creme solaire",
        "can": "can, tin, soda, beer, sparkling water, cola, lemonade, energy drink, drink, "
        "dosengetrank, bier, limonade, getrank, lata, cerveza, refresco, bebida, canette, "
        "biere, boisson",
        "box": "box, carton, parcel, package, crate, gift, subscription, hamper, karton, "
        "schachtel, kiste, paket, geschenk, caja, paquete, regalo, boite, colis, cadeau",
        "pouch": "pouch, bag, sachet, coffee, tea, granola, snack, snacks, beans, seeds, "
        "beutel, tute, kaffee, tee, musli, bolsa, cafe, te, semillas, sac, the",
    }
)

LIGHTS: Mapping[str, str] = MappingProxyType(
    {
        "morning": "morning, morning light, dawn, early, sunrise light, morgen, morgenlicht, "
        "morgens, manana, luz de la manana, alba, matin, lumiere du matin, aube",
        "golden": "golden, golden hour, evening, late afternoon, warm light, autumn, autumnal, "
        "abend, abendlicht, herbst, herbstlich, tarde, atardecer, otono, dore, soir, automne",
        "noon": "noon, midday, hard light, bright sun, sunny, summer, summery, sun, mittag, "
        "sonne, sonnig, sommer, mediodia, sol, soleado, verano, midi, soleil, ete",
        "soft": "soft light, soft, diffuse, diffused, overcast, weiches licht, weich, luz "
        "suave, suave, lumiere douce, douce, doux",
        "cool": "cool light, cool, coastal, coastal light, cold, winter, north light, kuhl, "
        "kalt, kuste, frio, costa, invierno, froid, frais, cote, hiver",
        "night": "night, dusk, dramatic, low key, moody, spotlight, nacht, dammerung, "
        "dramatisch, noche, dramatico, nuit, crepuscule, dramatique",
    }
)

MOODS: Mapping[str, str] = MappingProxyType(
    {
        "calm": "calm, quiet, minimal, minimalist, simple, serene, clean, plain, slow, "
        "ruhig, schlicht, einfach, tranquilo, sencillo, sereno, minimalista, calme, sobre",
        "bold": "bold, vivid, vibrant, striking, colourful, colorful, strong, playful, fun, "
        "kraftig, bunt, lebhaft, frech, atrevido, vivo, colorido, audacieux, vif, colore",
        "dark": "dark, dark ground, rich, deep, luxurious, premium, elegant, dunkel, edel, "
        "tief, oscuro, profundo, elegante, sombre, profond",
        "fresh": "fresh, light and airy, airy, bright, pastel, pale, spring, frisch, hell, "
        "luftig, fruhling, fresco, claro, primavera, fraiche, clair, printemps",
        "warm": "warm, cosy, cozy, homely, rustic, natural, gemutlich, naturlich, calido, "
        "acogedor, rustico, chaleureux, rustique, naturel",
    }
)

PROPS: Mapping[str, str] = MappingProxyType(
    {
        "arch": "arch, archway, alcove, niche, torbogen, rundbogen, arco, arche, voute",
        "sphere": "sphere, ball, orb, kugel, esfera, sphere",
        "pebbles": "pebble, pebbles, stone, stones, rocks, kiesel, stein, steine, guijarros, "
        "piedra, piedras, galets, pierre, pierres",
        "leaves": "leaf, leaves, branch, plant, foliage, olive branch, blatt, blatter, zweig, "
        "hoja, hojas, rama, planta, feuille, feuilles, branche, plante",
    }
)

SIDES: Mapping[str, str] = MappingProxyType(
    {
        "left": "left, lefthand, left hand, links, linken, izquierda, gauche",
        "right": "right, righthand, right hand, rechts, rechten, derecha, droite",
        "top": "top, above, upper, oben, oberen, arriba, superior, haut, dessus",
        "bottom": "bottom, below, lower, unten, unteren, abajo, inferior, bas, dessous",
    }
)

ROOM = frozenset(
    "room, space, copy space, copyspace, negative space, empty, headline, type, text, copy, "
    "title, platz, raum, freiraum, schrift, uberschrift, espacio, texto, titular, espace, "
    "place, texte, titre".split(", ")
)

LIGHT_WORDS = frozenset(
    "light, lit, sun, sunlight, shadow, shadows, licht, sonne, schatten, luz, sol, sombra, "
    "lumiere, soleil, ombre".split(", ")
)

# what a word looks like, so that "terracotta" finds the nearest colour of the brand
COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "red": "#c62828",
        "rot": "#c62828",
        "rojo": "#c62828",
        "rouge": "#c62828",
        "terracotta": "#c8553d",
        "terrakotta": "#c8553d",
        "terracota": "#c8553d",
        "rust": "#b7472a",
        "coral": "#ff7f50",
        "orange": "#f08a24",
        "naranja": "#f08a24",
        "apricot": "#f4a261",
        "peach": "#f7b58a",
        "yellow": "#f2c230",
        "gelb": "#f2c230",
        "amarillo": "#f2c230",
        "jaune": "#f2c230",
        "gold": "#d4a72c",
        "green": "#3f7d3a",
        "grun": "#3f7d3a",
        "verde": "#3f7d3a",
        "vert": "#3f7d3a",
        "olive": "#6b7a3a",
        "sage": "#9caf88",
        "mint": "#98d8c0",
        "teal": "#2a9d8f",
        "turquoise": "#30b8b0",
        "blue": "#1f5fa8",
        "blau": "#1f5fa8",
        "azul": "#1f5fa8",
        "bleu": "#1f5fa8",
        "navy": "#0b2545",
        "purple": "#6a2c70",
        "lila": "#8a5aa8",
        "violet": "#6f42a8",
        "aubergine": "#4b1f3b",
        "plum": "#6b2d4f",
        "burgundy": "#6d1a36",
        "pink": "#e58aa8",
        "rosa": "#e58aa8",
        "rose": "#d98a9c",
        "blush": "#efc4b8",
        "cream": "#f7efe2",
        "ivory": "#f8f4e6",
        "white": "#ffffff",
        "weiss": "#ffffff",
        "blanco": "#ffffff",
        "blanc": "#ffffff",
        "beige": "#e6d3b3",
        "sand": "#dcc39c",
        "brown": "#6b4630",
        "braun": "#6b4630",
        "grey": "#8a8a8a",
        "gray": "#8a8a8a",
        "grau": "#8a8a8a",
        "gris": "#8a8a8a",
        "black": "#141414",
        "schwarz": "#141414",
        "negro": "#141414",
        "noir": "#141414",
    }
)

STOP = frozenset(
    """a an the this that these those of on in at to for from with without and or by as is are
    be it its his her their our your my we you they into onto over under near next beside
    behind front some any one two three very more less just still only so some there where
    when while which who all each every other side hand corner leave leaving leaves-room give
    keep keeping make show shows showing shot scene picture image view ground background
    against between around half third style look looks feel mood make set sitting standing
    lying placed resting product brand light lit light-filled colour color colours colors
    coloured colored tone tones tint please
    der die das den dem des ein eine einen einem einer und oder mit ohne auf in im am an aus
    bei von vom zu zum zur fur als ist sind es sein seine ihr ihre wo wenn neben hinter vor
    unter uber seite bild szene hintergrund licht farbe
    el la los las un una unos unas y o con sin en de del al a por para como es son su sus
    donde cuando junto detras delante lado imagen escena fondo luz color
    le la les un une des du de et ou avec sans dans en au aux sur sous par pour comme est sont
    son sa ses ou quand cote image scene fond lumiere couleur
    """.split()
)


def synonyms(entry: str) -> tuple[str, ...]:
    """Return the words of an entry, once each, in order."""
    return tuple(dict.fromkeys(word.strip() for word in entry.split(",") if word.strip()))
