"""The contract of connectors: one request, one verb and one answer per kind.

    kind      request          verb      answer
    copy      CopyRequest      write     Copy
    image     ImageRequest     draw      Image
    cutout    CutoutRequest    cut       Cutout
    upscale   UpscaleRequest   enlarge   Image
    slides    SlidesRequest    build     Deck
    judge     JudgeRequest     judge     Judgement
    compose   ComposeRequest   compose   Composition

A connector turns one request into one answer, or raises a `ConnectorError`. It holds
no state between calls, never retries, and never writes files: the engine retries, and
the store keeps the files. Blocking work runs in `run_blocking`, never on the event loop.

The requests are also the schema of `with:` in a workflow file. A field that the file
leaves out takes the campaign's value from its kind's `defaults`, so that scope and keys
follow from expressions alone.
"""

from triptych.contracts.about import (
    About,
    Account,
    Capability,
    Finding,
    Kind,
    Level,
    Quality,
    Usage,
    Watcher,
    sum_usd,
)
from triptych.contracts.answers import (
    Answer,
    ComposedFile,
    Composition,
    Copy,
    Cutout,
    Deck,
    Image,
    Judgement,
    Product,
    ProductFile,
)
from triptych.contracts.kinds import KINDS, KindSpec, defaults_of
from triptych.contracts.requests import (
    ComposeRequest,
    CopyRequest,
    CutoutRequest,
    ImageRequest,
    JudgeRequest,
    Request,
    SlidesRequest,
    UpscaleRequest,
)
from triptych.contracts.verbs import (
    Compositor,
    Connector,
    CopyConnector,
    CutoutConnector,
    ImageConnector,
    JudgeConnector,
    MeteredConnector,
    ParallelCompositor,
    QueuedConnector,
    SlidesConnector,
    UpscaleConnector,
)

__all__ = [
    "KINDS",
    "About",
    "Account",
    "Answer",
    "Capability",
    "ComposeRequest",
    "ComposedFile",
    "Composition",
    "Compositor",
    "Connector",
    "Copy",
    "CopyConnector",
    "CopyRequest",
    "Cutout",
    "CutoutConnector",
    "CutoutRequest",
    "Deck",
    "Finding",
    "Image",
    "ImageConnector",
    "ImageRequest",
    "JudgeConnector",
    "JudgeRequest",
    "Judgement",
    "Kind",
    "KindSpec",
    "Level",
    "MeteredConnector",
    "ParallelCompositor",
    "Product",
    "ProductFile",
    "Quality",
    "QueuedConnector",
    "Request",
    "SlidesConnector",
    "SlidesRequest",
    "UpscaleConnector",
    "UpscaleRequest",
    "Usage",
    "Watcher",
    "defaults_of",
    "sum_usd",
]
