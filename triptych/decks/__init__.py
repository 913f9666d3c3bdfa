"""Presentations: profile, map, render; `connectors/slides/pptx.py` is their thin door."""
