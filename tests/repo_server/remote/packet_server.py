"""A remote that speaks protocol version 2 and lists whatever the test says, without end if it says so."""

import contextlib
import itertools
from collections.abc import AsyncGenerator, Iterable, Sequence

from aiohttp import web

ID = "1" * 40
FLUSH = b"0000"


def packet(text: str) -> bytes:
    """Return one packet."""
    return b"%04x" % (len(text.encode()) + 4) + text.encode()


@contextlib.asynccontextmanager
async def listing(refs: Iterable[str], *, capabilities: Sequence[str] = ()) -> AsyncGenerator[str]:
    """Serve a remote with these refs and yield its URL."""

    async def advertise(_: web.Request) -> web.Response:
        lines = ["version 2\n", "agent=git/2.39.5\n", "ls-refs\n", "fetch=shallow\n", *capabilities]
        body = packet("# service=git-upload-pack\n") + FLUSH + b"".join(map(packet, lines)) + FLUSH
        return web.Response(body=body, content_type="application/x-git-upload-pack-advertisement")

    async def answer(request: web.Request) -> web.StreamResponse:
        await request.read()
        response = web.StreamResponse(headers={"Content-Type": "application/x-git-upload-pack-result"})
        await response.prepare(request)
        lines = (packet(line) for line in refs)
        with contextlib.suppress(ConnectionError):
            while piece := b"".join(itertools.islice(lines, 10_000)):
                await response.write(piece)
            await response.write(FLUSH)
        return response

    application = web.Application()
    application.router.add_get("/{path:.*}/info/refs", advertise)
    application.router.add_post("/{path:.*}/git-upload-pack", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/demo.git"
    finally:
        await runner.cleanup()
