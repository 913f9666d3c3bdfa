"""The password of a store's own Prefect server, and the page that signs a browser in.

Without one, every page in a browser and every user of the machine could run commands
through the server and read the keys that it keeps.
"""

import base64
import secrets
from pathlib import Path

from triptych.cli.private_files import create_private, private_folder, write_private

USER = "triptych"
PAGE = """<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<title>Sign in to Prefect</title>
<p><a href="{address}">Sign in to the Prefect UI</a></p>
<script>location.replace({address!r})</script>
"""


def password_file(home: Path) -> Path:
    """Return the file that holds the server's user and password, "user:password"."""
    return home / "password"


def password_of(home: Path) -> str:
    """Return the user and password of the server at `home`, making them the first time."""
    path = password_file(home)
    if path.exists():
        return path.read_text().strip()
    private_folder(home)
    return create_private(path, f"{USER}:{secrets.token_urlsafe(32)}\n").strip()


def basic(auth: str) -> str:
    """Return `auth` ("user:password") as HTTP Basic credentials."""
    return base64.b64encode(auth.encode()).decode()


def sign_in_page(home: Path, address: str) -> Path:
    """Write the page that signs a browser in to the UI at `address`, and return its path.

    The password is in a file that only its owner may read, not in a command line, a
    terminal or a request: a browser keeps the part of an address after "#" to itself.
    """
    path = home / "sign-in.html"
    target = f"{address}/sign-in#{basic(password_of(home))}"
    write_private(path, PAGE.format(address=target))
    return path
