"""Judges: scores and reasons for candidates."""
