"""Connectors of the kind `image`."""
