"""Checks, one module each: `<family>/<name>.py` is `check/<name>`."""
