"""Packs: names, manifest, contact sheet and zip, written atomically."""
