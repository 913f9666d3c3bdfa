"""A small server that shows packs: `python -m triptych.cli.pack_server STORE PORT`.

The Prefect UI opens links only to web addresses. This one answers on this machine
only, reads only, and only inside folders of packs that runs in the store name:
/<run>/<pack>/index.html.
"""

import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

HOST = "127.0.0.1"
NAMES = ("127.0.0.1", "localhost")  # a page elsewhere must not read packs through us


class PackServer:
    """Finds files of packs, by run."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.folders: dict[str, tuple[Path, frozenset[str]]] = {}

    def file(self, path: str) -> Path | None:
        """Return the file that a request's path means; None: there is none to show."""
        run, _, rest = unquote(urlsplit(path).path).strip("/").partition("/")
        found = self._packs(run)
        if found is None or not rest:
            return None
        folder, packs = found
        target = (folder / rest).resolve()
        if target.is_dir():
            target /= "index.html"
        allowed = any(_is_in(target, folder / pack) for pack in packs)
        return target if allowed and target.is_file() else None

    def _packs(self, run: str) -> tuple[Path, frozenset[str]] | None:
        if run not in self.folders:
            from triptych.errors import TriptychError
            from triptych.store.folder import FolderStore

            try:
                known = {r.id: r for r in FolderStore(self.store).runs()}
            except TriptychError:
                return None
            if run not in known or not known[run].packs:
                return None
            kept = known[run]
            self.folders[run] = Path(kept.folder).resolve(), frozenset(kept.packs)
        return self.folders[run]


def _is_in(target: Path, pack: Path) -> bool:
    """Say whether `target` lies in the pack's folder, or is its zip."""
    return target.is_relative_to(pack) or target == pack.with_name(f"{pack.name}.zip")


def handler(shelf: PackServer) -> type[SimpleHTTPRequestHandler]:
    """Return what answers requests from `shelf`."""

    class Answers(SimpleHTTPRequestHandler):
        def send_head(self) -> None:
            host = (self.headers.get("Host") or "").rpartition(":")[0]
            file = shelf.file(self.path) if host in NAMES else None
            if file is None:
                self.send_error(404, "there is no such pack, or no such file in it")
                return
            data = file.read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", self.guess_type(str(file)))
            self.send_header("Content-Length", str(len(data)))
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Cache-Control", "no-cache")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            del format, args

    return Answers


def main(store: str, port: str) -> None:
    """Serve until stopped."""
    with ThreadingHTTPServer((HOST, int(port)), handler(PackServer(Path(store)))) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
