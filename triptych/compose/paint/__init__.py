"""Paint a chosen layout and encode it."""
