"""YAML with source positions, validation against models, and deep merges."""
