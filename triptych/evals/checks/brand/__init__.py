"""Checks of the brand's marks."""
