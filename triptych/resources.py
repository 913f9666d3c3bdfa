"""Where the shipped data lies: `templates/`, in a checkout or inside the wheel."""

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def templates() -> Path:
    """Return the folder of the shipped templates (layouts, placements, fonts …)."""
    inside = _HERE / "templates"
    return inside if inside.is_dir() else _HERE.parent / "templates"
