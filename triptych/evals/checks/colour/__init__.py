"""Checks of colour, measured on pixels."""
