"""Bounds of an SVG logo. Real logos stay far below each; attacks exceed one of them."""

MAX_BYTES = 1_000_000
MAX_DEPTH = 100  # nested elements; the renderer recurses
MAX_ELEMENTS = 20_000  # in the file, and again after every <use> is expanded
MAX_EXPANDED = 1_000_000  # characters that entities add
MAX_ENTITIES = 200
MAX_RULES = 2_000  # of style sheets
MAX_MATCHES = 20_000_000  # rules times elements
MAX_NUMBER = 1e7  # of a coordinate or a width: the renderer's geometry is float32
MAX_FILTERS = 60  # filter primitives: each one paints the whole canvas
MAX_OCTAVES = 10  # of feTurbulence
MAX_RADIUS = 500.0  # of feMorphology and blurs
MAX_ORDER = 15  # of feConvolveMatrix: cost grows with its square
MAX_NESTED = 2  # SVGs inside data: addresses of SVGs
MAX_RATIO = 50.0  # of the longer side to the shorter
MAX_WIDTH = 1200  # pixels drawn
MAX_HEIGHT = 4800  # pixels drawn
MAX_SECONDS = 1.5  # CPU time of the child process
MAX_MEMORY = 1 << 30  # bytes of address space of the child process
