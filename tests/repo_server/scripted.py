"""An HTTP server on loopback that answers by a script, also as no honest server would, and notes what it was told."""

import contextlib
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Asked:
    """A request: its path with the query, its headers by name in lower case."""

    path: str
    headers: Mapping[str, str]

    @property
    def authorization(self) -> str:
        """What it was told; empty if nothing."""
        return self.headers.get("authorization", "")


@dataclass(frozen=True)
class Answer:
    """An answer; a body that is an iterator is sent without a length, until whoever asked has gone."""

    body: bytes | Iterator[bytes] = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


Script = Callable[[Asked], Answer]


@dataclass
class Scripted:
    """A running server: `answers` are its answers by path, without the query; `asked` what it was asked."""

    url: str
    answers: dict[str, Answer | Script]
    asked: list[Asked]

    @property
    def host(self) -> str:
        """Its host and port."""
        return self.url.partition("://")[2]

    def count(self, path: str) -> int:
        """Return how often a path was asked for."""
        return sum(asked.path.partition("?")[0] == path for asked in self.asked)


@contextlib.contextmanager
def serving() -> Generator[Scripted]:
    """Serve what is entered into `answers`; anything else is not found."""
    answers: dict[str, Answer | Script] = {}
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told = Asked(self.path, {name.lower(): value for name, value in self.headers.items()})
            asked.append(told)
            entry = answers.get(self.path.partition("?")[0], Answer(status=404))
            answer = entry(told) if callable(entry) else entry
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if isinstance(answer.body, bytes):
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                for piece in [answer.body] if isinstance(answer.body, bytes) else answer.body:
                    self.wfile.write(piece)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the library's
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Scripted(f"http://127.0.0.1:{server.server_address[1]}", answers, asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
