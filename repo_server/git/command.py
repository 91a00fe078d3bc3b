"""Runs git on the network, through GitPython, in threads of its own so that the event loop never waits.

Called by `mirror` only. A command that takes too long is killed with its children.
"""

import asyncio
import contextlib
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import git

from repo_server.git import failures
from repo_server.git.access import HARDENED, Access, environment
from repo_server.git.tickets import TicketOffice

_KILLED = -9
# Threads that only wait for a process are cheap; each mirror uses one at a time, so this many slow hosts fit.
_THREADS = 64


class Network:
    """Runs git commands; `request_seconds` bounds asking for refs, `transfer_seconds` fetching objects."""

    def __init__(self, office: TicketOffice, *, request_seconds: float, transfer_seconds: float) -> None:
        self._office = office
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="git")
        self._request_seconds = request_seconds
        self._transfer_seconds = transfer_seconds

    def close(self) -> None:
        """Start nothing more; what runs is bounded by its timeout."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def ask(self, access: Access, folder: Path, arguments: Sequence[str]) -> bytes:
        """Run a short command against the remote and return its output. Raises `Refused`."""
        return await self._reach(access, folder, arguments, seconds=self._request_seconds)

    async def transfer(self, access: Access, folder: Path, arguments: Sequence[str]) -> None:
        """Run a command that moves objects from the remote. Raises `Refused` or `Damaged`."""
        await self._reach(access, folder, arguments, seconds=self._transfer_seconds)

    async def local(self, folder: Path, arguments: Sequence[str]) -> None:
        """Run a command that needs no remote. Raises `Damaged`."""
        finished = await self._run(folder, arguments, HARDENED, seconds=self._transfer_seconds)
        failures.check_local(finished)

    async def look(self, folder: Path, arguments: Sequence[str], variables: Mapping[str, str]) -> failures.Finished:
        """Run a command that needs no remote, with these variables besides; how it ended is for the caller to judge."""
        return await self._run(folder, arguments, {**HARDENED, **variables}, seconds=self._request_seconds)

    async def _reach(self, access: Access, folder: Path, arguments: Sequence[str], *, seconds: float) -> bytes:
        with environment(access, self._office, stalled_after=max(1, int(self._request_seconds))) as variables:
            finished = await self._run(folder, arguments, variables, seconds=seconds)
        return failures.check(finished, access)

    async def _run(
        self, folder: Path, arguments: Sequence[str], variables: Mapping[str, str], *, seconds: float
    ) -> failures.Finished:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, _execute, folder, arguments, variables, seconds)


def forget_inherited() -> None:
    """Drop every GIT_ variable that this process was started with: none of them may steer our commands."""
    for name in [name for name in os.environ if name.startswith("GIT_") and not name.startswith("GIT_PYTHON_")]:
        del os.environ[name]


def _execute(folder: Path, arguments: Sequence[str], variables: Mapping[str, str], seconds: float) -> failures.Finished:
    with contextlib.suppress(FileNotFoundError):
        os.utime(folder)
    status, output, errors = git.Git(folder).execute(
        ["git", f"--git-dir={folder}", *arguments],
        with_extended_output=True,
        with_exceptions=False,
        stdout_as_string=False,
        strip_newline_in_stdout=False,
        kill_after_timeout=seconds,
        env=variables,
        start_new_session=True,
    )
    return failures.Finished(
        status=status, output=output, errors=errors, killed_after=seconds if status == _KILLED else None
    )
