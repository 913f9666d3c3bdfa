"""Connectors that enlarge pictures."""
