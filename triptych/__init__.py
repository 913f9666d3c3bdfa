"""Triptych: chain copy, image and slide specialists into campaign packs."""

import os as _os

__version__ = "0.2.0"


# our pool has a thread per core; OpenBLAS would start as many again when numpy is first
# imported, for 50 ms of CPU and nothing that is multiplied here
_os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
