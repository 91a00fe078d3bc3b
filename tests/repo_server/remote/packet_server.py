"""A remote that speaks protocol version 2 and lists whatever the test says, without end if it says so."""

import contextlib
import itertools
from collections.abc import AsyncGenerator, Iterable

from aiohttp import web

ID = "1" * 40
FLUSH = b"0000"


def packet(text: str) -> bytes:
    """Return one packet."""
    return b"%04x" % (len(text.encode()) + 4) + text.encode()


CAPABILITIES = ("version 2\n", "agent=git/2.39.5\n", "ls-refs\n", "fetch=shallow\n")


def endless_pack() -> Iterable[bytes]:
    """Return the answer to a fetch: a pack of one blob of a terabyte, which does not end."""
    size = 1 << 40
    head = bytearray([0x80 | 3 << 4 | size & 15])
    size >>= 4
    while size:
        head.append(size & 127 | (0x80 if size > 127 else 0))
        size >>= 7
    # Stored as it is: a block's length, the same inverted, and its bytes.
    block = b"\0" + (60_000).to_bytes(2, "little") + (60_000 ^ 0xFFFF).to_bytes(2, "little") + bytes(60_000)
    first = b"PACK" + (2).to_bytes(4) + (1).to_bytes(4) + bytes(head) + b"\x78\x01"
    yield packet("packfile\n")
    for content in itertools.chain([first], itertools.repeat(block)):
        yield b"%04x\x01" % (len(content) + 5) + content


@contextlib.asynccontextmanager
async def listing(
    refs: Iterable[str], *, capabilities: Iterable[str] = CAPABILITIES, pack: Iterable[bytes] = ()
) -> AsyncGenerator[str]:
    """Serve a remote with these refs, capabilities and pack, and yield its URL."""

    async def advertise(request: web.Request) -> web.StreamResponse:
        lines = itertools.chain([packet("# service=git-upload-pack\n"), FLUSH], map(packet, capabilities), [FLUSH])
        return await _stream(request, lines, "application/x-git-upload-pack-advertisement")

    async def answer(request: web.Request) -> web.StreamResponse:
        asked = await request.read()
        lines = pack if b"command=fetch" in asked else itertools.chain(map(packet, refs), [FLUSH])
        return await _stream(request, lines, "application/x-git-upload-pack-result")

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


async def _stream(request: web.Request, pieces: Iterable[bytes], kind: str) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": kind})
    await response.prepare(request)
    left = iter(pieces)
    with contextlib.suppress(ConnectionError):
        while piece := b"".join(itertools.islice(left, 100)):
            await response.write(piece)
    return response
