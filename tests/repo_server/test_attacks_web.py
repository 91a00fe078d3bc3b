"""One tenant's servers and proxies keep nobody else from theirs."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import pytest

from argosy.engine.model.repository import Repository
from argosy.gateways.clock import SystemClock
from repo_server.errors import Refused
from repo_server.web.client import Request, Web
from tests.repo_server.repositories import Forge, Reach

_MANY = 200


class Server:
    """An HTTP server that answers one request for each connection, or (None) never."""

    def __init__(self, answer: bytes | None) -> None:
        self.answer = answer
        self.open: list[asyncio.StreamWriter] = []
        self.waiting = 0
        self.asked = asyncio.Event()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        if self.answer is None:
            self.waiting += 1
            self.asked.set()
            await reader.read()
        else:
            writer.write(self.answer)
        writer.close()


@contextlib.asynccontextmanager
async def serving(answer: bytes | None) -> AsyncGenerator[Server]:
    server = Server(answer)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()
        for writer in server.open:
            writer.close()


def wanted(url: str, *, proxy: str = "") -> Request:
    return Request(url=url, repository=Repository(url=url, proxy=proxy), limit=1000)


FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfine"
BUSY = b"HTTP/1.1 429 Slow\r\nRetry-After: 900\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


async def test_what_a_tenants_own_proxy_says_silences_no_server_for_others(web: Web):
    async with serving(FINE) as server, serving(BUSY) as proxy:
        for _ in range(2):
            with pytest.raises(Refused, match="left alone"):
                await web.ask(wanted(f"{server.url}/a", proxy=proxy.url))
        assert (await web.ask(wanted(f"{server.url}/a"))).content == b"fine"


async def test_hundreds_who_wait_for_a_server_that_is_silent_keep_nobody_from_another():
    web = Web(seconds=3, clock=SystemClock())
    async with serving(None) as silent, serving(FINE) as server:
        waiting = [asyncio.create_task(web.ask(wanted(f"{silent.url}/{number}"))) for number in range(_MANY)]
        await silent.asked.wait()
        assert (await web.ask(wanted(server.url))).content == b"fine"
        assert 0 < silent.waiting < _MANY
        assert not any(task.done() for task in waiting)
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)
    await web.close()


async def test_hundreds_of_repositories_of_a_host_that_is_silent_keep_nobody_from_another(forge: Forge, reach: Reach):
    commit = forge.create().commit({"a": "a"})
    async with serving(None) as silent:
        mirrors = [await reach.mirror(f"{silent.url}/{number}.git") for number in range(_MANY)]
        waiting = [asyncio.create_task(mirror.refs(fresh=True)) for mirror in mirrors]
        await silent.asked.wait()
        # By another name of this machine, so that it is another host.
        other = await reach.mirror(forge.address().replace("127.0.0.1", "localhost"))
        assert (await other.refs(fresh=True)).commits["refs/heads/main"] == commit
        assert not any(task.done() for task in waiting)
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)
