"""Packs: names, manifest, contact sheet, zip; whole or not at all."""
