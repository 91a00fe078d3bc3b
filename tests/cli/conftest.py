"""A place for the command line to run in: its own config, and a server that answers as it is told."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from argosy.cli.__main__ import run as run_command_line


@dataclass(frozen=True)
class Asked:
    """A request that the server got."""

    verb: str
    path: str
    parameters: dict[str, str]
    body: Any
    headers: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What the server answers; `lines` are sent one by one and the connection is closed."""

    body: Any = None
    status: int = 200
    lines: tuple[str, ...] = ()


@dataclass
class Api:
    """A server that gives the answers it is told to give, in order; the last one stays."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    answers: dict[tuple[str, str], list[Answer | Callable[[Asked], Answer]]] = field(default_factory=dict)

    def on(self, verb: str, path: str, *answers: Any, status: int = 200, lines: tuple[str, ...] = ()) -> None:
        """Say what to answer to a request."""
        given = [each if isinstance(each, Answer) or callable(each) else Answer(each, status) for each in answers]
        self.answers[verb, path] = given or [Answer(status=status, lines=lines)]

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        known = self.answers.get((asked.verb, asked.path))
        if not known:
            return Answer({"error": "not found", "code": 5, "message": f"nothing at {asked.path}"}, 404)
        found = known.pop(0) if len(known) > 1 else known[0]
        given = found(asked) if callable(found) else found
        return given if isinstance(given, Answer) else Answer(given)

    def bodies(self, verb: str, path: str) -> list[Any]:
        return [each.body for each in self.asked if (each.verb, each.path) == (verb, path)]

    @property
    def address(self) -> str:
        return self.url.removeprefix("http://")


@pytest.fixture
def api() -> Iterator[Api]:
    found: list[Api] = []

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(
                verb=self.command,
                path=unquote(parts.path),
                parameters=dict(parse_qsl(parts.query)),
                body=json.loads(content) if content else None,
                headers={name.lower(): value for name, value in self.headers.items()},
            )
            answer = found[0].answer(asked)
            text = "".join(f"{line}\n" for line in answer.lines) if answer.lines else json.dumps(answer.body)
            self.send_response(answer.status)
            self.send_header("Content-Type", "text/event-stream" if answer.lines else "application/json")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.append(Api(url=f"http://127.0.0.1:{server.server_address[1]}"))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found[0]
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass(frozen=True)
class Result:
    """What a call gave."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(capfd, monkeypatch, tmp_path) -> Callable[..., Result]:
    """Run a command line with a config of its own and no environment but that."""
    for name in (
        "ARGOSY_SERVER",
        "ARGOSY_AUTH_TOKEN",
        "ARGOSY_OPTS",
        "ARGOCD_SERVER",
        "ARGOCD_AUTH_TOKEN",
        "ARGOCD_OPTS",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("ARGOCD_CONFIG_DIR", raising=False)
    monkeypatch.setenv("ARGOSY_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    def call(*words: str) -> Result:
        import os

        code = run_command_line(words, program="argosy", environment=os.environ)
        shown = capfd.readouterr()
        return Result(code, shown.out, shown.err)

    return call


@pytest.fixture
def argosy(run, api) -> Callable[..., Result]:
    """Run a command line that is logged in to the server."""
    return lambda *words: run(*words, "--server", api.url, "--auth-token", "the-token")
