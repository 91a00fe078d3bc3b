"""One git process: started through GitPython, fed and read by a thread, bounded in time and output, killed with its
children. Called by `git.command`, which has it run in threads of its own.
"""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

# Without git, what needs no fetching still works; only what does fails, and says so.
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
import git

from repo_server.errors import Refused

_LONGEST_COMPLAINT = 64 * 1024
_PIECE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Finished:
    """How a command ended; `killed_after` holds the timeout in seconds that it ran into."""

    status: int
    output: bytes
    errors: str
    killed_after: float | None = None


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The most that a command for a remote may take: bytes of memory in each process, and of one file that it writes.

    Git itself knows no end: it would keep whatever a remote advertises, and write whatever pack it sends.
    """

    memory: int = 2 * 1024**3
    file: int = 16 * 1024**3


@dataclass(frozen=True, kw_only=True)
class Command:
    """What is run in which folder, with which environment, and for how many seconds at most.

    `program` replaces git: the ssh that git itself would use, for what is asked of a host beside git.
    """

    folder: Path
    arguments: Sequence[str]
    variables: Mapping[str, str]
    seconds: float
    program: Sequence[str] = ()
    limits: Limits | None = None

    @property
    def words(self) -> list[str]:
        """The program and its arguments."""
        words = [*(self.program or ("git", f"--git-dir={self.folder}")), *self.arguments]
        if self.limits is None:
            return words
        # `data` is memory of its own: packs that are mapped to be read do not count.
        return ["prlimit", f"--data={self.limits.memory}", f"--fsize={self.limits.file}", *words]


@dataclass(frozen=True)
class Pipes:
    """Both ends of a conversation with a process."""

    to: IO[bytes]
    back: IO[bytes]


Talk = Callable[[Pipes], bytes]
"""Says what is to be said to a process and returns what is to be kept of its answer."""


def forget_inherited() -> None:
    """Drop every GIT_ variable that this process was started with: none of them may steer our commands.

    GitPython hands the whole environment on, and a hook of git, in which `argosy render` may run, sets many.
    """
    for name in [name for name in os.environ if name.startswith("GIT_") and not name.startswith("GIT_PYTHON_")]:
        del os.environ[name]


def everything(limit: int) -> Talk:
    """Return a talk that says nothing and keeps all. It raises `Refused` (limit_exceeded) beyond `limit` bytes."""

    def read(pipes: Pipes) -> bytes:
        pipes.to.close()
        output = bytearray()
        while piece := pipes.back.read(_PIECE):
            output += piece
            if len(output) > limit:
                raise too_large(limit)
        return bytes(output)

    return read


def too_large(limit: int) -> Refused:
    """Return the refusal of an answer that is longer than we keep."""
    return Refused("limit_exceeded", f"the remote's answer to git is larger than the limit of {limit:,} bytes")


def run(command: Command, talk: Talk) -> Finished:
    """Run a command to its end. Raises what `talk` raises, with the process killed; `Refused` if there is no git."""
    with contextlib.suppress(FileNotFoundError):
        os.utime(command.folder)
    started = _started(command)
    process = started.proc
    assert process is not None
    with process, _Watch(process, seconds=command.seconds) as watch:
        assert process.stdin is not None
        assert process.stdout is not None
        output = b""
        # A process that is gone answers nothing more; its status and its words say why.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            output = talk(Pipes(process.stdin, process.stdout))
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        status = process.wait()
    return Finished(
        status=status,
        output=output,
        errors=watch.complaints.decode(errors="replace"),
        killed_after=command.seconds if watch.late else None,
    )


def _started(command: Command) -> git.Git.AutoInterrupt:
    try:
        return git.Git(command.folder).execute(
            command.words,
            istream=subprocess.PIPE,
            as_process=True,
            env=command.variables,
            start_new_session=True,
        )
    except git.GitCommandNotFound as error:
        program = command.words[0]
        raise Refused("unavailable", f"{program} is not installed here, or not in PATH; install it") from error


class _Watch:
    """Kills a process and its children when time is up or the talk ends in an error; keeps the start of what it says
    on standard error, and reads the rest so that it never waits for us.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", *, seconds: float) -> None:
        self.late = False
        self.complaints = bytearray()
        self._process = process
        self._timer = threading.Timer(seconds, self._time_is_up)
        self._reader = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._timer.start()
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._kill()
        self._reader.join()
        self._timer.cancel()

    def _listen(self) -> None:
        assert self._process.stderr is not None
        while piece := self._process.stderr.read(4096):
            self.complaints += piece[: _LONGEST_COMPLAINT - len(self.complaints)]

    def _time_is_up(self) -> None:
        self.late = True
        self._kill()

    def _kill(self) -> None:
        # It leads a session of its own, so its children are in its group and nobody else is.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
