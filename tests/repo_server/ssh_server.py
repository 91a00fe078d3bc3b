"""A real SSH server on loopback that hands out the repositories of a folder to who holds the right key."""

import asyncio
import contextlib
import shlex
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh


@dataclass(frozen=True)
class SshServer:
    """Where the server is, what its host key is, and the private key that opens it."""

    port: int
    known_hosts: str
    private_key: str

    def address(self, name: str = "demo") -> str:
        """Return the URL of a repository."""
        return f"ssh://git@127.0.0.1:{self.port}/{name}/.git"


def private_key() -> str:
    """Make a key as `ssh-keygen` writes it."""
    return asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()


@contextlib.asynccontextmanager
async def serving(
    root: Path, *, authenticate: Callable[[Sequence[str]], bytes] | None = None
) -> AsyncIterator[SshServer]:
    """Serve the repositories in a folder; `authenticate` answers what is asked of git-lfs-authenticate."""
    host_key = asyncssh.generate_private_key("ssh-ed25519")
    opens = private_key()
    allowed = asyncssh.import_private_key(opens).export_public_key().decode()

    async def answer(process: asyncssh.SSHServerProcess[bytes]) -> None:
        program, *arguments = shlex.split(process.command or "")
        if program == "git-lfs-authenticate" and authenticate is not None:
            process.stdout.write(authenticate([program, *arguments]))
            process.exit(0)
            return
        (folder,) = arguments
        git = await asyncio.create_subprocess_exec(
            "git",
            "-c",
            "safe.directory=*",
            program.removeprefix("git-"),
            str(root / folder.lstrip("/")),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert git.stdin is not None
        assert git.stdout is not None
        await asyncio.gather(_copy(process.stdin, git.stdin), _copy(git.stdout, process.stdout))
        process.exit(await git.wait())

    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_host_keys=[host_key],
        authorized_client_keys=asyncssh.import_authorized_keys(allowed),
        process_factory=answer,
        encoding=None,
    )
    async with server:
        port = server.get_port()
        public = host_key.export_public_key().decode().strip()
        yield SshServer(port, f"[127.0.0.1]:{port} {public}", opens)


async def _copy(reader: Any, writer: Any) -> None:
    with contextlib.suppress(ConnectionError, BrokenPipeError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
        writer.write_eof()
