"""Checks of words."""
