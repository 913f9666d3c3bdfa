"""Choose the place of each part of an ad: candidates, scores, choice."""
