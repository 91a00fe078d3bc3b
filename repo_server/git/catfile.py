"""One long-lived `git cat-file --batch-command`: object ids in, sizes and bytes out. Used by `git.objects` only."""

import asyncio
import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from repo_server.errors import Damaged
from repo_server.git.access import HARDENED

_BUFFER = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Header:
    """What git says of an object: its full id, its type and its size in bytes."""

    identity: str
    type: str
    size: int


class CatFile:
    """The process, started when it is first asked and again after any trouble; one conversation at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: asyncio.Future[asyncio.subprocess.Process] | None = None
        self._lock = asyncio.Lock()

    async def headers(self, identities: Sequence[str]) -> list[Header | None]:
        """Say what each object is, in order; None where there is none, or several begin like that."""
        return [header for header, _ in await self._converse("info", identities)]

    async def contents(self, identities: Sequence[str]) -> list[bytes | None]:
        """Return the bytes of each object, in order; None where there is none."""
        return [content for _, content in await self._converse("contents", identities)]

    async def close(self) -> None:
        """End the process."""
        async with self._lock:
            await self._kill()

    async def _converse(self, command: str, identities: Sequence[str]) -> list[tuple[Header | None, bytes | None]]:
        async with self._lock:
            try:
                process = await self._running()
                return await _ask(process, command, identities)
            except (asyncio.IncompleteReadError, ConnectionError, ValueError) as error:
                await self._kill()
                raise Damaged(f"git cat-file stopped in the middle of an answer ({error})") from error
            except asyncio.CancelledError:
                # An answer is half read: the next conversation needs a process that knows nothing of it.
                await asyncio.shield(self._kill())
                raise

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.done() and self._process.result().returncode is not None:
            self._process = None
        if self._process is None:
            self._process = asyncio.ensure_future(self._start())
        # Shielded: a start that is cancelled half way waits for ever, in CPython 3.11, for the process to end.
        return await asyncio.shield(self._process)

    async def _start(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            "git",
            f"--git-dir={self._folder}",
            "cat-file",
            "--batch-command",
            "--buffer",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PATH": os.environ.get("PATH", os.defpath), **HARDENED},
            limit=_BUFFER,
            start_new_session=True,
        )

    async def _kill(self) -> None:
        starting, self._process = self._process, None
        if starting is not None:
            process = await starting
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _ask(
    process: asyncio.subprocess.Process, command: str, identities: Sequence[str]
) -> list[tuple[Header | None, bytes | None]]:
    assert process.stdin is not None
    assert process.stdout is not None
    questions = "".join(f"{command} {identity}\n" for identity in identities) + "flush\n"
    process.stdin.write(questions.encode("ascii"))
    sending = asyncio.ensure_future(process.stdin.drain())
    try:
        return [await _answer(process.stdout, with_content=command == "contents") for _ in identities]
    finally:
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            await sending


async def _answer(stream: asyncio.StreamReader, *, with_content: bool) -> tuple[Header | None, bytes | None]:
    words = (await stream.readuntil(b"\n")).split()
    if len(words) != 3 or not words[2].isdigit():
        return None, None
    header = Header(identity=words[0].decode("ascii"), type=words[1].decode("ascii"), size=int(words[2]))
    if not with_content:
        return header, None
    content = await stream.readexactly(header.size)
    await stream.readexactly(1)
    return header, content
