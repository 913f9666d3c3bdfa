"""Checks of where things are in a picture."""
