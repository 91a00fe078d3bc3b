"""Runs git on the network, in threads of its own so that the event loop never waits.

Called by `mirror` and its neighbours. Here a command gets its token and its environment, waits its turn with the host,
is sent on where the remote has moved within its own origin, is tried again if that may help, and is counted.
"""

import asyncio
import shlex
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from argosy.gateways.clock import Clock
from repo_server.errors import Refused
from repo_server.git import failures, packets, process, redirects, refs, trace
from repo_server.git.access import HARDENED, Access, environment
from repo_server.git.hosts import Hosts, Kind, asks_to_wait
from repo_server.git.patience import Patience
from repo_server.git.process import Command, Finished, Limits, Talk
from repo_server.git.providers.tokens import Tokens
from repo_server.git.refs import Refs
from repo_server.git.tickets import TicketOffice
from repo_server.git.trace import Answer
from repo_server.private_files import PrivateFiles

# Threads that only wait for a process are cheap; each mirror uses one at a time, so this many slow hosts fit.
_THREADS = 128
_THREADS_OF_OUR_OWN = 16
_LONGEST_LISTING = 48 * 1024 * 1024
_LONGEST_OUTPUT = 64 * 1024 * 1024
_LONGEST_ANSWER = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class _Errand:
    """A command for a remote; `arguments` name it by the URL as it was written."""

    kind: Kind
    folder: Path
    arguments: Sequence[str]
    seconds: float
    talk: Talk


class Network:
    """Runs git commands; `request_seconds` bounds asking for refs, `transfer_seconds` fetching objects."""

    def __init__(
        self,
        office: TicketOffice,
        *,
        clock: Clock,
        tokens: Tokens,
        hosts: Hosts,
        request_seconds: float,
        transfer_seconds: float,
        patience: Patience = Patience(),  # noqa: B008  a frozen value
        limits: Limits = Limits(),  # noqa: B008  a frozen value
    ) -> None:
        self._office = office
        self._clock = clock
        self._tokens = tokens
        self.hosts = hosts
        self._patience = patience
        self._limits = limits
        # Of those that wait for remotes no host can take all; what needs no remote waits for none of them.
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="git")
        self._own_threads = ThreadPoolExecutor(_THREADS_OF_OUR_OWN, thread_name_prefix="git-local")
        self._request_seconds = request_seconds
        self._transfer_seconds = transfer_seconds

    def close(self) -> None:
        """Start nothing more; what runs is bounded by its timeout."""
        for threads in (self._threads, self._own_threads):
            threads.shutdown(wait=False, cancel_futures=True)

    async def list_refs(self, access: Access, folder: Path, prefixes: Sequence[str]) -> Refs:
        """Return the refs that begin with one of `prefixes`, or all, if the remote knows no prefixes.

        Raises `Refused`.
        """
        try:
            return await self._listed(access, folder, prefixes)
        except Refused as refused:
            if access.address.url in refused.message:
                raise
            raise Refused(refused.code, f"repository {access.address.url}: {refused.message}") from refused

    async def ask(self, access: Access, folder: Path, arguments: Sequence[str]) -> bytes:
        """Run a short command against the remote and return its output. Raises `Refused`."""
        return await self._reach(access, self._asking(folder, arguments, process.everything(_LONGEST_OUTPUT)))

    async def transfer(self, access: Access, folder: Path, arguments: Sequence[str]) -> None:
        """Run a command that moves objects from the remote. Raises `Refused` or `Damaged`."""
        errand = _Errand(
            kind="fetch",
            folder=folder,
            arguments=arguments,
            seconds=self._transfer_seconds,
            talk=process.everything(_LONGEST_OUTPUT),
        )
        await self._reach(access, errand)

    async def equipped(self, access: Access) -> Access:
        """Return the access with the token that its credential is good for, if it has to be traded first."""
        return await self._tokens.equip(access)

    async def over_ssh(self, access: Access, folder: Path, arguments: Sequence[str]) -> bytes:
        """Run a command on the host of an ssh repository and return what it prints. Raises `Refused`."""
        with environment(access, self._office, stalled_after=max(1, int(self._request_seconds))) as variables:
            command = Command(
                folder=folder,
                arguments=arguments,
                variables=variables,
                seconds=self._request_seconds,
                program=shlex.split(variables["GIT_SSH_COMMAND"]),
            )
            return failures.check(await _run(self._threads, command, process.everything(_LONGEST_ANSWER)), access)

    async def local(self, folder: Path, arguments: Sequence[str]) -> None:
        """Run a command that needs no remote. Raises `Damaged`."""
        failures.check_local(await self._here(folder, arguments, HARDENED, seconds=self._transfer_seconds))

    async def look(self, folder: Path, arguments: Sequence[str], variables: Mapping[str, str]) -> Finished:
        """Run a command that needs no remote, with these variables besides; how it ended is for the caller to judge."""
        return await self._here(folder, arguments, {**HARDENED, **variables}, seconds=self._request_seconds)

    async def _listed(self, access: Access, folder: Path, prefixes: Sequence[str]) -> Refs:
        if access.address.over_http:
            # The helper is one program for both schemes, and reads the URL as every other command does.
            arguments = ["remote-https", access.address.url]
            talk = packets.ls_refs(prefixes, limit=_LONGEST_LISTING)
            output = await self._reach(access, self._asking(folder, arguments, talk))
            if output != packets.OLD_PROTOCOL:
                return refs.parse(output, whole=False)
        arguments = ["ls-remote", "--symref", "--", access.address.url]
        listing = self._asking(folder, arguments, process.everything(_LONGEST_LISTING))
        return refs.parse(await self._reach(access, listing))

    def _asking(self, folder: Path, arguments: Sequence[str], talk: Talk) -> _Errand:
        return _Errand(kind="ls-remote", folder=folder, arguments=arguments, seconds=self._request_seconds, talk=talk)

    async def _reach(self, access: Access, errand: _Errand) -> bytes:
        for attempt in range(1, self._patience.attempts):
            await self.hosts.quiet(access, patience=self._patience.longest)
            try:
                return await self._once(access, errand)
            except Refused as refused:
                if refused.code != "unavailable":
                    raise
            await asyncio.sleep(self._patience.pause(attempt))
        await self.hosts.quiet(access, patience=self._patience.longest)
        return await self._once(access, errand)

    async def _once(self, access: Access, errand: _Errand) -> bytes:
        equipped = await self._tokens.equip(access)
        async with self.hosts.turn(access, errand.kind):
            for _ in range(redirects.MOST + 1):
                finished, last = await self._send(equipped, errand)
                if finished.status == 0 or last is None or not last.location:
                    return self._judged(finished, last, equipped)
                moved = redirects.followed(equipped.address, last.location)
                equipped = replace(equipped, address=moved, written=access.address.url)
        raise Refused("unavailable", f"repository {access.address.url} redirects more than {redirects.MOST} times")

    def _judged(self, finished: Finished, last: Answer | None, access: Access) -> bytes:
        if finished.status and last is not None and (seconds := last.wait(self._clock.now())):
            self.hosts.hush(access, seconds)
            raise asks_to_wait(access, seconds)
        try:
            return failures.check(finished, access)
        except Refused as refused:
            if refused.code == "access_denied":
                # It may have been withdrawn before its time; whoever asks next is lent a new one.
                self._tokens.forget(access)
            raise

    async def _send(self, access: Access, errand: _Errand) -> tuple[Finished, Answer | None]:
        """Run the command once; return how it ended and the last answer that it got over http."""
        begun = self._clock.monotonic()
        with (
            environment(access, self._office, stalled_after=max(1, int(self._request_seconds))) as variables,
            PrivateFiles() as files,
        ):
            written = files.add("")
            traced = trace.to(written) if access.address.over_http else {}
            command = Command(
                folder=errand.folder,
                arguments=errand.arguments,
                variables={**variables, **traced},
                seconds=errand.seconds,
                limits=self._limits,
            )
            finished = _told(await _run(self._threads, command, errand.talk))
            answers = trace.read(written)
        count = self.hosts.count(access, errand.kind)
        count.commands += 1
        count.failures += finished.status != 0
        count.requests += len(answers)
        count.seconds += self._clock.monotonic() - begun
        return finished, answers[-1] if answers else None

    async def _here(
        self, folder: Path, arguments: Sequence[str], variables: Mapping[str, str], *, seconds: float
    ) -> Finished:
        command = Command(folder=folder, arguments=arguments, variables=variables, seconds=seconds)
        return await _run(self._own_threads, command, process.everything(_LONGEST_OUTPUT))


async def _run(threads: ThreadPoolExecutor, command: Command, talk: Talk) -> Finished:
    return await asyncio.get_running_loop().run_in_executor(threads, process.run, command, talk)


def _told(finished: Finished) -> Finished:
    """Return a remote's complaint, which our talk kept as its answer, as git itself would have put it."""
    if not finished.output.startswith(packets.COMPLAINT):
        return finished
    words = finished.output.removeprefix(packets.COMPLAINT).decode(errors="replace")
    return replace(finished, status=128, errors=f"fatal: remote error: {words}")
