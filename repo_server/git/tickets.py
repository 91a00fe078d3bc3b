"""The ticket office: git's askpass program trades a one-time ticket for one user name and one password.

Git is given a ticket in its environment and never the credential. A ticket lives as long as one git command, answers
each of the two questions once, and only for the origin that the credential was stored for, so that a redirect to
another host gets nothing.
"""

import asyncio
import contextlib
import os
import re
import secrets
import socket
import struct
import sys
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from repo_server.git import address

_PROMPT = re.compile(r"(?P<what>Username|Password) for '(?P<url>[^']+)': ?")
_CREDENTIALS = struct.Struct("3i")
_LARGEST_QUESTION = 16 * 1024
_SECONDS_TO_ASK = 10


@dataclass(frozen=True, kw_only=True)
class Login:
    """A user name and password, and the origin ("https://host:443") that they may be told to."""

    origin: str
    username: str
    password: str = field(repr=False)


class TicketOffice:
    """Hands out tickets and listens for those who redeem them, on a socket in a folder that only we can enter."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tickets: dict[str, dict[str, Login]] = {}
        self._server: asyncio.AbstractServer | None = None

    async def open(self) -> None:
        """Start to listen; the folder must exist, be private, and have a path of fewer than 90 bytes."""
        program = self._folder / "askpass"
        script = Path(__file__).with_name("askpass.py")
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "{script}" "$1"\n')
        program.chmod(0o700)
        self._server = await asyncio.start_unix_server(self._answer, self._socket, limit=_LARGEST_QUESTION)

    async def close(self) -> None:
        """Stop to listen."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    @contextlib.contextmanager
    def ticket(self, login: Login) -> Generator[dict[str, str]]:
        """Yield the environment by which one git command can ask for this login, once."""
        ticket = secrets.token_urlsafe(32)
        self._tickets[ticket] = {"Username": login, "Password": login}
        try:
            yield {
                "GIT_ASKPASS": str(self._folder / "askpass"),
                "ARGOSY_ASKPASS_SOCKET": self._socket,
                "ARGOSY_ASKPASS_TICKET": ticket,
            }
        finally:
            self._tickets.pop(ticket, None)

    @property
    def _socket(self) -> str:
        return str(self._folder / "askpass.socket")

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_SECONDS_TO_ASK):
                ticket = (await reader.readline()).decode(errors="replace").rstrip("\n")
                prompt = (await reader.readline()).decode(errors="replace").rstrip("\n")
                answer = self._redeem(ticket, prompt) if _is_ours(writer) else None
                writer.write(b"-" if answer is None else b"+" + answer.encode())
                await writer.drain()
        except (TimeoutError, ConnectionError, ValueError):
            pass  # whoever asked went away or asked nonsense: no answer
        finally:
            writer.close()

    def _redeem(self, ticket: str, prompt: str) -> str | None:
        match = _PROMPT.fullmatch(prompt)
        unanswered = self._tickets.get(ticket)
        if match is None or unanswered is None:
            return None
        login = unanswered.get(match["what"])
        if login is None or login.origin != _origin(match["url"]):
            return None
        del unanswered[match["what"]]
        return login.username if match["what"] == "Username" else login.password


def _origin(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    return address.origin_of(parts.scheme, parts.hostname, parts.port)


def _is_ours(writer: asyncio.StreamWriter) -> bool:
    peer: socket.socket = writer.get_extra_info("socket")
    _, user, _ = _CREDENTIALS.unpack(peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    return user == os.getuid()
