"""The ticket office: git's askpass program trades a ticket for a user name and a password.

Git is given a ticket in its environment and never the credential. A ticket lives as long as one git command, answers
each of the two questions once, and only for the origin that the credential was stored for, so that a redirect to
another host gets nothing. One for a plugin lives as long as its run, and answers a plugin's many git commands.
"""

import asyncio
import contextlib
import os
import re
import secrets
import socket
import struct
import sys
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from repo_server.git import address

_PROMPT = re.compile(r"(?P<what>Username|Password) for '(?P<url>[^']+)': ?")
_CREDENTIALS = struct.Struct("3i")
_LARGEST_QUESTION = 16 * 1024
_SECONDS_TO_ASK = 10
_PROGRAM = "askpass"
_SOCKET = "askpass.socket"
_SCRIPT = Path(__file__).with_name("askpass.py")


@dataclass(frozen=True, kw_only=True)
class Login:
    """A user name and password, and the origin ("https://host:443") that they may be told to."""

    origin: str
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Somebody else than we who may ask: a plugin.

    `user` is who it runs as (None: as we do), `place` where it sees the office's folder, `python` an interpreter there.
    """

    user: int | None
    place: Path
    python: str


class TicketOffice:
    """Hands out tickets and listens for those who redeem them, on a socket in a folder that only we, or a `guest`, see.

    The folder must exist.
    """

    def __init__(self, folder: Path, *, guest: Guest | None = None) -> None:
        self._folder = folder
        self._place = folder if guest is None else guest.place
        self._guest = guest
        self._tickets: dict[str, tuple[Login, Counter[str]]] = {}
        self._server: asyncio.AbstractServer | None = None

    async def open(self) -> None:
        """Start to listen."""
        program = self._folder / _PROGRAM
        if self._guest is None:
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "{_SCRIPT}" "$1"\n')
        else:
            program.write_text(f"#!{self._guest.python} -IS\n{_SCRIPT.read_text()}")
        program.chmod(0o700 if self._guest is None else 0o755)
        listening = _bound(self._folder)
        if self._guest is not None and self._guest.user is not None:
            os.chown(self._folder / _SOCKET, self._guest.user, -1)
        self._server = await asyncio.start_unix_server(self._answer, sock=listening, limit=_LARGEST_QUESTION)

    async def close(self) -> None:
        """Stop to listen."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    @contextlib.contextmanager
    def ticket(self, login: Login, *, answers: int = 1) -> Generator[dict[str, str]]:
        """Yield the environment by which git can ask for this login, each half of it so many times."""
        ticket = secrets.token_urlsafe(32)
        self._tickets[ticket] = (login, Counter(Username=answers, Password=answers))
        try:
            yield {
                "GIT_ASKPASS": str(self._place / _PROGRAM),
                "ARGOSY_ASKPASS_SOCKET": str(self._place / _SOCKET),
                "ARGOSY_ASKPASS_TICKET": ticket,
            }
        finally:
            del self._tickets[ticket]

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_SECONDS_TO_ASK):
                ticket = (await reader.readline()).decode(errors="replace").rstrip("\n")
                prompt = (await reader.readline()).decode(errors="replace").rstrip("\n")
                answer = self._redeem(ticket, prompt) if self._is_known(writer) else None
                writer.write(b"-" if answer is None else b"+" + answer.encode())
                await writer.drain()
        except (TimeoutError, ConnectionError, ValueError):
            pass  # whoever asked went away or asked nonsense: no answer
        finally:
            writer.close()

    def _redeem(self, ticket: str, prompt: str) -> str | None:
        match = _PROMPT.fullmatch(prompt)
        if match is None or ticket not in self._tickets:
            return None
        login, left = self._tickets[ticket]
        if login.origin != _origin(match["url"]) or not left[match["what"]]:
            return None
        left[match["what"]] -= 1
        return login.username if match["what"] == "Username" else login.password

    def _is_known(self, writer: asyncio.StreamWriter) -> bool:
        peer: socket.socket = writer.get_extra_info("socket")
        _, user, _ = _CREDENTIALS.unpack(peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
        return user in (os.getuid(), self._guest.user if self._guest is not None else None)


def _bound(folder: Path) -> socket.socket:
    """Return a socket in a folder, which may have a longer path than the 107 bytes that a socket's own may have."""
    (folder / _SOCKET).unlink(missing_ok=True)
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    held = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        bound.bind(f"/proc/self/fd/{held}/{_SOCKET}")
    except OSError:
        bound.close()
        raise
    finally:
        os.close(held)
    return bound


def _origin(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    return address.origin_of(parts.scheme, parts.hostname, parts.port)
