"""What a plugin says, collected while it runs: its output up to a limit, the end of its complaints. Called by `run`."""

import asyncio
import contextlib
import os
import re
from collections.abc import AsyncGenerator

_KEPT_COMPLAINTS = 64 * 1024
_SECONDS_TO_DRAIN = 1.0
_CHILD = re.compile(rb'"child-pid": (\d+)')


class Output(asyncio.Protocol):
    """Keeps what comes out of a pipe, up to `limit` bytes; `full` is set beyond."""

    def __init__(self, limit: int) -> None:
        self.kept = bytearray()
        self.full = asyncio.Event()
        self.over = asyncio.Event()
        self._left = limit

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        self._left -= len(data)
        if self._left < 0:
            self.full.set()
        else:
            self.keep(data)

    def keep(self, data: bytes) -> None:
        """Keep all of it."""
        self.kept += data

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that everybody who could write is gone."""
        del exc
        self.over.set()


class Tail(Output):
    """Keeps only the end of it."""

    def keep(self, data: bytes) -> None:
        """Keep the last of it."""
        self.kept += data
        del self.kept[:-_KEPT_COMPLAINTS]


class FirstProcess(Output):
    """Listens to bubblewrap for the first process of the sandbox, with which all others end.

    `descriptor` refers to that process and to no later one with its number; -1 until it is known.
    """

    def __init__(self) -> None:
        super().__init__(_KEPT_COMPLAINTS)
        self.descriptor = -1

    def keep(self, data: bytes) -> None:
        """Take hold of the process as soon as its id is told."""
        super().keep(data)
        told = _CHILD.search(self.kept)
        if told is not None and self.descriptor < 0:
            with contextlib.suppress(ProcessLookupError):
                self.descriptor = os.pidfd_open(int(told[1]))


class Pipe:
    """The end of a pipe that a child writes to."""

    def __init__(self, writing: int) -> None:
        self.writing = writing

    def close(self) -> None:
        """Let go of our own copy; more than once is fine."""
        if self.writing >= 0:
            os.close(self.writing)
            self.writing = -1


@contextlib.asynccontextmanager
async def pipe(reader: Output) -> AsyncGenerator[Pipe]:
    """Yield a pipe into `reader`, which on leaving has got all that was written."""
    reading, writing = os.pipe()
    into = Pipe(writing)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: reader, os.fdopen(reading, "rb", buffering=0))
    try:
        yield into
        into.close()
        with contextlib.suppress(TimeoutError):  # outside of a sandbox something may have got away, pipe in hand
            async with asyncio.timeout(_SECONDS_TO_DRAIN):
                await reader.over.wait()
    finally:
        into.close()
        transport.close()
