"""One tool worker: a process that is started shut in, asked one thing at a time, and killed when it takes too much.

Called by `pool`, which throws a worker away after any exception from here. The process gets no environment, an empty
folder, a session of its own (so that nothing of it outlives a kill) and limits from outside; the rest it takes from
itself (Go's package `sandbox`) and reports.
"""

import asyncio
import os
import resource
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

import argosy
from argosy.gateways.tools import frames
from argosy.gateways.tools.errors import ToolLimit, ToolMissing, ToolUnsafe

PACKAGED = Path(argosy.__file__).parent / "_bin" / "tool_worker"
"""Where the build puts the program, in a checkout and in the wheel alike."""
MEBIBYTE = 1024 * 1024
START_SECONDS = 10.0
OVERDUE = 4
"""The status of a worker that gave up on an item of a batch: package `operations` has it too."""
UNKNOWN_OPTION = "flag provided but not defined"
"""What Go says when a program is started in a way that it does not know."""
NO_MEMORY = ("out of memory", "cannot allocate memory", "stack exceeds")
"""What Go's runtime says before it ends a process that may not have more memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request may take: wall-clock seconds, and bytes of the worker's memory, of the files, of the answer.

    A worker that holds more than `resident` bytes after a request is replaced.
    """

    seconds: float = 90.0
    memory: int = 1024 * MEBIBYTE
    input: int = 128 * MEBIBYTE
    output: int = 64 * MEBIBYTE
    resident: int = 192 * MEBIBYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """The tool worker's binary and how it is run; without `allow_unsandboxed` it works shut in or not at all."""

    path: Path
    limits: Limits = field(default_factory=Limits)
    allow_unsandboxed: bool = False

    @property
    def command(self) -> tuple[str, ...]:
        """The command line; absolute, since the process starts in another folder."""
        limits = (f"-output-limit={self.limits.output}", f"-memory-limit={self.limits.memory}")
        unsandboxed = ("-allow-unsandboxed",) if self.allow_unsandboxed else ()
        return (str(self.path.absolute()), *limits, *unsandboxed)


class WorkerEnded(Exception):
    """The process is gone, and no limit of ours is why; another one may well answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request ended, and the JSON that came with it."""

    outcome: frames.Outcome
    body: bytes


class Worker:
    """A running worker; made by `start`."""

    def __init__(self, program: Program, process: asyncio.subprocess.Process, complaints: int) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.pid = process.pid
        self._limits = program.limits
        self._process = process
        self._stdin = process.stdin
        self._stdout = process.stdout
        self._complaints = complaints  # a file in memory, its standard error
        self._memory = -1  # where the kernel says what it holds

    @classmethod
    async def start(cls, program: Program, *, folder: Path) -> "Worker":
        """Start a process in the empty `folder` and wait for its word that it is shut in.

        Raises `ToolMissing`, `ToolUnsafe`, `ToolLimit` (it did not say a word) or `WorkerEnded`.
        """
        complaints = os.memfd_create("complaints")
        try:
            process = await asyncio.create_subprocess_exec(
                *program.command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=complaints,
                env={},
                cwd=folder,
                start_new_session=True,
                limit=MEBIBYTE,
            )
        except OSError as error:
            os.close(complaints)
            raise _missing(program, error.strerror or "it cannot be started") from error
        worker = cls(program, process, complaints)
        try:
            worker._confine()
            _check(program, await worker._exchange((), seconds=START_SECONDS))
        except WorkerEnded as ended:
            await worker.kill()
            if UNKNOWN_OPTION in str(ended):
                raise _missing(program, "it is of another version") from ended
            raise
        except BaseException:
            await worker.kill()
            raise
        return worker

    async def ask(self, request: Sequence[bytes]) -> Answer:
        """Send a request's frame and return its answer. Raises `ToolLimit` or `WorkerEnded`; kill it then."""
        return await self._exchange(request, seconds=self._limits.seconds)

    def resident(self) -> int:
        """Return how many bytes of memory the process holds; 0 if it is gone."""
        try:
            if self._memory < 0:
                self._memory = os.open(f"/proc/{self.pid}/statm", os.O_RDONLY | os.O_CLOEXEC)
            return int(os.pread(self._memory, 256, 0).split()[1]) * resource.getpagesize()
        except (OSError, IndexError):
            return 0

    def end(self) -> None:
        """End the process, whatever it is doing; whoever waits for its answer is told."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    async def kill(self) -> None:
        """End the process and free what belongs to it; nobody may be waiting for an answer."""
        self.end()
        self._stdin.close()
        await self._process.communicate()
        for descriptor in (self._complaints, self._memory):
            if descriptor >= 0:
                os.close(descriptor)
        self._complaints = self._memory = -1

    def _confine(self) -> None:
        """Set from outside what the process cannot be trusted to set; it has been sent nothing yet."""
        limits = (
            (resource.RLIMIT_DATA, self._limits.memory),
            (resource.RLIMIT_NOFILE, 16),
            (resource.RLIMIT_FSIZE, MEBIBYTE),  # of its complaints: it can write to no other file
            (resource.RLIMIT_CORE, 0),
        )
        with suppress(ProcessLookupError):  # it has ended already, and its first answer will not come
            for name, value in limits:
                resource.prlimit(self.pid, name, (value, value))

    async def _exchange(self, request: Sequence[bytes], *, seconds: float) -> Answer:
        try:
            async with asyncio.timeout(seconds):
                self._stdin.writelines(request)
                await self._stdin.drain()
                return await self._receive()
        except TimeoutError as error:
            raise ToolLimit(f"the tool took longer than {seconds:g} seconds and was stopped", limit="time") from error
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            raise await self._why_it_ended() from error
        except ValueError as error:
            raise WorkerEnded(f"it answered nonsense: {error}") from error

    async def _receive(self) -> Answer:
        length = frames.decode_length(await self._stdout.readexactly(frames.LENGTH))
        header = frames.decode_header(await self._stdout.readexactly(length))
        if header.body > self._limits.output + MEBIBYTE:  # places and names come on top of the objects
            raise ToolLimit(f"the output is larger than {self._limits.output} bytes", limit="output")
        return Answer(header.outcome, await self._stdout.readexactly(header.body))

    async def _why_it_ended(self) -> ToolLimit | WorkerEnded:
        self.end()
        status = await self._process.wait()
        if status == OVERDUE:
            return ToolLimit("it took too long, and could not be stopped", limit="time")
        complaint = os.pread(self._complaints, MEBIBYTE, 0).decode("utf-8", "replace")
        if any(word in complaint for word in NO_MEMORY):
            allowed = self._limits.memory // MEBIBYTE
            return ToolLimit(f"the tool needed more than {allowed} MiB of memory and was stopped", limit="memory")
        return WorkerEnded(f"exit status {status}: {complaint.strip().partition(chr(10))[0] or 'it said nothing'}")


def _check(program: Program, answer: Answer) -> None:
    try:
        hello = msgspec.json.decode(answer.body, type=frames.Hello)
    except msgspec.DecodeError as error:
        raise _missing(program, "it does not speak our language") from error
    if hello.protocol != frames.PROTOCOL:
        raise _missing(program, f"it speaks version {hello.protocol} of our language instead of {frames.PROTOCOL}")
    if not hello.sandbox.complete and not program.allow_unsandboxed:
        raise ToolUnsafe(
            f"this machine cannot shut a render in: {hello.problem}. Nothing is rendered; run on a kernel with "
            "Landlock (5.13 or newer) and seccomp, or allow unsandboxed rendering if you trust every repository"
        )


def _missing(program: Program, why: str) -> ToolMissing:
    return ToolMissing(
        f"the tool worker {program.path} cannot be used: {why}. `make worker` builds it; "
        "ARGOSY_TOOL_WORKER names another one; Argosy's wheels for Linux carry it"
    )
