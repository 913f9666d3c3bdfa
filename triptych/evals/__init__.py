"""Evals: checks, their findings, and whether a pack may ship."""
