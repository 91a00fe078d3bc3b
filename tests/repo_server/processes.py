"""Repo servers as processes of their own, on one state folder."""

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from argosy.gateways.manifests.http import HttpManifests

TOKEN = "a-long-token-that-is-for-the-tests-only"


@dataclass
class Running:
    """A repo server process and a client of it."""

    process: asyncio.subprocess.Process
    address: str
    client: HttpManifests


@dataclass
class Starter:
    """Starts repo servers, and ends those that are left."""

    folder: Path
    running: list[Running]

    async def start(self, *arguments: str, listen: str = "127.0.0.1:0") -> Running:
        """Start one and wait until it can be asked."""
        (self.folder / "token").write_text(TOKEN + "\n")
        with (self.folder / "log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "repo_server", "--listen", listen),
                *("--token-file", str(self.folder / "token"), "--state", str(self.folder / "state"), *arguments),
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env={**os.environ, "ARGOSY_GIT_REQUEST_TIMEOUT": "3s"},
            )
        assert process.stdout is not None
        address = (await process.stdout.readline()).decode().strip().removeprefix("listening on ")
        running = Running(process, address, HttpManifests(address, token=TOKEN))
        self.running.append(running)
        return running

    async def end(self) -> None:
        """End all of them."""
        for running in self.running:
            await running.client.close()
            if running.process.returncode is None:
                running.process.terminate()
            await running.process.wait()
