"""Connectors of the kind `cutout`."""
