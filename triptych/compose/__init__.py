"""The compositor: choose a layout first, then paint it."""
