"""Connectors of the kind `slides`."""
