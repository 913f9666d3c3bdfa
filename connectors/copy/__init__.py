"""Connectors of the kind `copy`."""
