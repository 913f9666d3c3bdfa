"""Triptych: chain copy, image and slide specialists into campaign packs."""

__version__ = "0.1.0"
