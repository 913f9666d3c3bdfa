"""Planted mistakes: each must be found by the tests of its own area. See mutations.py."""
