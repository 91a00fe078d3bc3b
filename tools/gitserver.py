#!/usr/bin/env python3
"""Serve the Git repositories of a folder over HTTP on loopback, for the demo and for tests.

    python tools/gitserver.py --root DIR [--user U --password-file F] [--static DIR] [--port 0] [--writable]

prints its URL and serves until it is interrupted. Git's own `http-backend` speaks the protocol, so what is tried here
is the real thing. `--static DIR` is served under `/charts/`, for a Helm repository with an `index.yaml`. With a user,
both want basic authentication. Needs git and the standard library only; tests start a `GitServer` themselves.
"""

import argparse
import base64
import contextlib
import hashlib
import hmac
import os
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

_LARGEST_BODY = 512 * 1024 * 1024
_PIECE = 64 * 1024
_CHARTS = "/charts/"
_LARGEST_HEAD = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Login:
    """The user name and password that every request must carry."""

    user: str
    password: str = field(repr=False)

    def admits(self, header: str) -> bool:
        """Say whether an Authorization header is the right one."""
        expected = b"Basic " + base64.b64encode(f"{self.user}:{self.password}".encode())
        return hmac.compare_digest(expected, header.encode())


@dataclass(kw_only=True)
class GitServer:
    """A server of the bare or ordinary repositories in `root`; as a context manager, it runs in a thread.

    `requests` lists what was asked ("GET /demo.git/info/refs?service=git-upload-pack"), so that tests can count.
    """

    root: Path
    login: Login | None = None
    static: Path | None = None
    port: int = 0
    writable: bool = False
    tls: ssl.SSLContext | None = None
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        server = self

        class Handler(_Handler):
            site = server

        self._http = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._http.daemon_threads = True
        if self.tls is not None:
            # The handshake is left to the connection's own thread, so that a silent client holds nobody up.
            self._http.socket = self.tls.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        scheme = "http" if self.tls is None else "https"
        return f"{scheme}://127.0.0.1:{self._http.server_address[1]}"

    def serve(self) -> None:
        """Serve in this thread until `stop`."""
        self._http.serve_forever()

    def stop(self) -> None:
        """End `serve`; to be called from another thread."""
        self._http.shutdown()


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    site: GitServer

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def handle(self) -> None:
        """Answer until the connection ends; a client that does not trust us just goes away."""
        with contextlib.suppress(ssl.SSLError, ConnectionError):
            super().handle()

    def finish(self) -> None:
        """End the connection; over TLS with a word of goodbye, without which git takes the answer for cut off."""
        super().finish()
        if isinstance(self.connection, ssl.SSLSocket):
            with contextlib.suppress(OSError, ValueError):
                self.connection.settimeout(1)
                self.connection.unwrap()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet: `requests` is the record."""

    def _answer(self) -> None:
        self.site.requests.append(f"{self.command} {self.path}")
        try:
            if self.site.login is not None and not self.site.login.admits(self.headers.get("Authorization", "")):
                self._refuse(HTTPStatus.UNAUTHORIZED, ("WWW-Authenticate", 'Basic realm="git"'))
            elif urlsplit(self.path).path.startswith(_CHARTS) and self.site.static is not None:
                self._static(self.site.static)
            else:
                self._git()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _refuse(self, status: HTTPStatus, *headers: tuple[str, str]) -> None:
        # What is left of the body is not read, so the connection cannot be used again.
        self.close_connection = True
        self.send_response(status)
        for name, value in (*headers, ("Content-Length", "0"), ("Connection", "close")):
            self.send_header(name, value)
        self.end_headers()

    def _static(self, folder: Path) -> None:
        path = (folder / unquote(urlsplit(self.path).path).removeprefix(_CHARTS)).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        content = path.read_bytes()
        tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        if self.headers.get("If-None-Match") == tag:
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self.send_header("ETag", tag)
            self.end_headers()
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _git(self) -> None:
        with subprocess.Popen(
            ["git", "http-backend"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self._environment(),
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            feeding = threading.Thread(target=_feed, args=(process.stdin, self._body()))
            feeding.start()
            self._relay(process.stdout)
            feeding.join()

    def _environment(self) -> dict[str, str]:
        parts = urlsplit(self.path)
        settings = {"http.receivepack": str(self.site.writable).lower(), "safe.directory": "*"}
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "GIT_PROJECT_ROOT": str(self.site.root.resolve()),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_COUNT": str(len(settings)),
            **{f"GIT_CONFIG_KEY_{position}": name for position, name in enumerate(settings)},
            **{f"GIT_CONFIG_VALUE_{position}": value for position, value in enumerate(settings.values())},
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "PATH_INFO": unquote(parts.path),
            "QUERY_STRING": parts.query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "REMOTE_ADDR": "127.0.0.1",
        }

    def _body(self) -> Iterator[bytes]:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return
        left = min(int(self.headers.get("Content-Length", "0")), _LARGEST_BODY)
        while left > 0 and (piece := self.rfile.read(min(left, _PIECE))):
            left -= len(piece)
            yield piece

    def _relay(self, output: "subprocess.IO[bytes]") -> None:
        headers: list[tuple[str, str]] = []
        while line := output.readline(_LARGEST_HEAD).strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers.append((name, value.strip()))
        status = next((value for name, value in headers if name.lower() == "status"), "200 OK")
        self.send_response(int(status.split()[0]) if headers else HTTPStatus.BAD_GATEWAY)
        for name, value in headers:
            if name.lower() != "status":
                self.send_header(name, value)
        # The length is not known before git has ended: the end of the connection is the end of the answer.
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        while piece := output.read(_PIECE):
            self.wfile.write(piece)


def _feed(into: "subprocess.IO[bytes]", pieces: Iterator[bytes]) -> None:
    try:
        with into:
            for piece in pieces:
                into.write(piece)
    except (BrokenPipeError, OSError, ValueError):
        pass  # git has stopped to listen, or the client has gone


def main() -> int:
    """Read the arguments and serve."""
    arguments = _arguments()
    login = None
    if arguments.user:
        login = Login(user=arguments.user, password=arguments.password_file.read_text().rstrip("\n"))
    server = GitServer(
        root=arguments.root,
        login=login,
        static=arguments.static,
        port=arguments.port,
        writable=arguments.writable,
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: threading.Thread(target=server.stop).start())
    print(server.url, flush=True)
    server.serve()
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serve the Git repositories of a folder over HTTP on loopback.")
    parser.add_argument("--root", type=Path, required=True, help="folder that holds the repositories")
    parser.add_argument("--user", help="ask for this user name")
    parser.add_argument("--password-file", type=Path, help="file that holds the password of --user")
    parser.add_argument("--static", type=Path, help="folder to serve under /charts/")
    parser.add_argument("--port", type=int, default=0, help="0 asks the system for a free one")
    parser.add_argument("--writable", action="store_true", help="allow pushes")
    arguments = parser.parse_args()
    if bool(arguments.user) != bool(arguments.password_file):
        parser.error("--user and --password-file belong together")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
