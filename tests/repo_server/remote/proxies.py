"""Real proxies on loopback: HTTP with CONNECT and whole URLs, SOCKS 5 with and without a login."""

import asyncio
import base64
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

USER, PASSWORD = "ada", "CANARY/p@ss"
LOGIN = "ada:CANARY%2Fp%40ss"


@dataclass
class Proxy:
    """Where a proxy is, and which hosts ("127.0.0.1:1234") it was asked to reach."""

    url: str = ""
    login: bool = False
    reached: list[str] = field(default_factory=list[str])

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection as an HTTP proxy."""
        expected = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        while self.login and f"Proxy-Authorization: Basic {expected}\r\n" not in head:
            writer.write(b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n")
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
        verb, target, _ = head.split(" ", 2)
        place = target if verb == "CONNECT" else urlsplit(target).netloc
        if verb == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await self._relay(place, b"", (reader, writer))
        else:
            # A server takes a whole URL where a path is usual (RFC 9112, 3.2.2), so the head goes on as it is.
            await self._relay(place, head.encode(), (reader, writer))

    async def socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection as a SOCKS 5 proxy."""
        _, methods = await reader.readexactly(2)
        method = 2 if self.login else 0
        offered = await reader.readexactly(methods)
        writer.write(bytes([5, method if method in offered else 255]))
        if method not in offered:
            return
        if self.login:
            _, size = await reader.readexactly(2)
            user = (await reader.readexactly(size)).decode()
            password = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
            writer.write(bytes([1, (user, password) != (USER, PASSWORD)]))
        *_, kind = await reader.readexactly(4)
        host = await reader.readexactly(4 if kind == 1 else (await reader.readexactly(1))[0])
        port = int.from_bytes(await reader.readexactly(2))
        writer.write(bytes([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
        name = ".".join(map(str, host)) if kind == 1 else host.decode()
        await self._relay(f"{name}:{port}", b"", (reader, writer))

    async def _relay(self, place: str, first: bytes, client: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        self.reached.append(place)
        host, _, port = place.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(first)
        await asyncio.gather(_copy(client[0], writer), _copy(reader, client[1]))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def serving(kind: str, *, login: bool = False) -> AsyncGenerator[Proxy]:
    """Serve a proxy of a kind: "http" or "socks5"."""
    proxy = Proxy(login=login)
    speak = proxy.http if kind == "http" else proxy.socks

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await speak(reader, writer)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        proxy.url = f"{kind}://{f'{LOGIN}@' if login else ''}127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield proxy
