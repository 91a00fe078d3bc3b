"""A Git LFS server on loopback, beside the Git server of a forge and behind the same login, with faults to order."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.repo_server.repositories import Forge
from tools.gitserver import GitServer, Login

_BATCH = "/info/lfs/objects/batch"
_JSON = "application/vnd.git-lfs+json"


@dataclass
class LfsShop:
    """The files of an LFS server by hash, and what it was asked: (method, path, Authorization)."""

    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    batches: list[dict[str, Any]] = field(default_factory=list)
    elsewhere: str = ""
    header: dict[str, str] = field(default_factory=dict)
    answer: bytes | None = None

    def keep(self, content: bytes) -> str:
        """Keep a file and return its pointer."""
        oid = hashlib.sha256(content).hexdigest()
        self.files[oid] = content
        return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n"

    def batch(self, asked: dict[str, Any], site: str) -> bytes:
        """Answer a batch request."""
        self.batches.append(asked)
        return (
            self.answer
            or json.dumps({"objects": [self._object(item["oid"], site) for item in asked["objects"]]}).encode()
        )

    def _object(self, oid: str, site: str) -> dict[str, Any]:
        if oid not in self.files:
            return {"oid": oid, "error": {"code": 404, "message": "no such file"}}
        action = {"href": f"{self.elsewhere or site}/lfs-files/{oid}", "header": self.header, "expires_in": 3600}
        return {"oid": oid, "actions": {"download": action}}


def _handler(shop: LfsShop, base: type[BaseHTTPRequestHandler], login: Login | None) -> type[BaseHTTPRequestHandler]:
    class Handler(base):  # type: ignore[valid-type, misc]
        def do_POST(self) -> None:  # noqa: N802  the standard library's name
            if not self.path.endswith(_BATCH):
                super().do_POST()
            elif self._admitted():
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert self.headers["Accept"] == self.headers["Content-Type"] == _JSON
                host, port = self.server.server_address[:2]
                self._say(200, shop.batch(asked, f"http://{host}:{port}"))

        def do_GET(self) -> None:  # noqa: N802  the standard library's name
            if not self.path.startswith("/lfs-files/"):
                super().do_GET()
            elif self._admitted():
                content = shop.files.get(self.path.rpartition("/")[2])
                self._say(404 if content is None else 200, content or b"")

        def _admitted(self) -> bool:
            header = self.headers.get("Authorization", "")
            shop.asked.append((self.command, self.path, header))
            if login is None or login.admits(header):
                return True
            self._say(401, b"")
            return False

        def _say(self, status: int, content: bytes) -> None:
            self.close_connection = True
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(content)

    return Handler


@contextmanager
def forge_with_lfs(root: Path, *, login: Login | None = None) -> Iterator[tuple[Forge, LfsShop]]:
    """Serve the repositories in a folder, and an LFS server at the same origin."""
    root.mkdir()
    shop = LfsShop()
    server = GitServer(root=root, login=login)
    server._http.RequestHandlerClass = _handler(shop, server._http.RequestHandlerClass, login)
    with server:
        yield Forge(root, server.url, server.requests), shop


class _Quiet(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def lfs_alone(shop: LfsShop) -> Iterator[str]:
    """Serve the same files at another origin, for everybody, and yield its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(shop, _Quiet, None))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
