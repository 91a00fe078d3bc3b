"""A server in front of the forge that answers some requests by itself, and remembers what each of them carried."""

import contextlib
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

_HOP = ("host", "transfer-encoding", "content-length", "connection")


@dataclass(frozen=True)
class Answer:
    """What is answered in place of the forge; as often as `times` says, to requests whose path holds `on`."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    on: str = ""
    body: bytes = b""


@dataclass
class Front:
    """Where the server is, what it will answer next, and what it was asked: path and Authorization header."""

    url: str
    behind: str
    script: list[Answer] = field(default_factory=list[Answer])
    seen: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    without: str = ""
    at_once: int = 0
    most_at_once: int = 0

    def address(self, name: str = "demo") -> str:
        """Return the URL of a repository."""
        return f"{self.url}/{name}/.git"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer from the script, or as the forge does."""
        self.seen.append((request.raw_path, request.headers.get("Authorization", "")))
        for scripted in self.script:
            if scripted.on in request.raw_path:
                self.script.remove(scripted)
                return web.Response(status=scripted.status, headers=scripted.headers, body=scripted.body)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._forward(request)
        finally:
            self.at_once -= 1

    async def _forward(self, request: web.Request) -> web.Response:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in (*_HOP, self.without)}
        async with (
            aiohttp.ClientSession(auto_decompress=False) as session,
            session.request(
                request.method, f"{self.behind}{request.raw_path}", headers=headers, data=await request.read()
            ) as got,
        ):
            kept = {name: value for name, value in got.headers.items() if name.lower() not in _HOP}
            return web.Response(status=got.status, headers=kept, body=await got.read())


@contextlib.asynccontextmanager
async def standing_before(behind: str, *, without: str = "") -> AsyncGenerator[Front]:
    """Serve what is behind on another port; the header `without` is not passed on."""
    front = Front(url="", behind=behind, without=without)
    application = web.Application(client_max_size=64 * 1024 * 1024)
    application.router.add_route("*", "/{path:.*}", front.answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        front.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield front
    finally:
        await runner.cleanup()
