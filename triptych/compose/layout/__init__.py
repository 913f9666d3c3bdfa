"""Decide where each part of an ad goes: candidates, scores, choice."""
