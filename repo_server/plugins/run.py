"""One command of a plugin, from its start to the end of everything that it started. Called by `plugins`.

Whatever happens (it ends, it takes too much, the caller goes away), nothing of it lives when `run` is left.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from repo_server.errors import Refused
from repo_server.plugins import seccomp
from repo_server.plugins.definition import Plugin
from repo_server.plugins.limits import LimitName, Limits, breached, descendants
from repo_server.plugins.pipes import FirstProcess, Output, Pipe, Tail, pipe
from repo_server.plugins.rooms import Room
from repo_server.plugins.walls import Sandbox, Unwalled, Walls

_SECONDS_BETWEEN_LOOKS = 0.25


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is to be run, where, and with which environment; `path` is the folder of the source that it starts in.

    `secrets` are texts that it may come to know, and that nobody is to be told.
    """

    plugin: Plugin
    line: Sequence[str]
    room: Room
    path: str
    environment: Mapping[str, str]
    secrets: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Ended:
    """It ended by itself, with this exit status; `complaints` is the end of its standard error."""

    status: int
    output: bytes
    complaints: str


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """It was ended because it broke a limit."""

    limit: LimitName
    complaints: str


async def run(task: Task, walls: Walls, limits: Limits) -> Ended | Stopped:
    """Run a command to its end. Raises `Refused` if it cannot be started."""
    output, complaints, first = Output(limits.output), Tail(limits.output), FirstProcess()
    async with pipe(output) as to_output, pipe(complaints) as to_complaints, pipe(first) as to_first:
        process = await _start(task, walls, limits, pipes=(to_output, to_complaints, to_first))
        try:
            limit = await _watch(process, limits, folder=task.room.folder, full=(output.full, complaints.full))
            if limit == "time":
                await _ask_to_end(process, walls, seconds=limits.fatal_seconds)
        finally:
            await asyncio.shield(_end(process, first))
    if limit is None and (output.full.is_set() or complaints.full.is_set()):
        limit = "output"
    said = bytes(complaints.kept).decode("utf-8", "replace")
    if limit is None:
        return Ended(status=process.returncode or 0, output=bytes(output.kept), complaints=said)
    return Stopped(limit=limit, complaints=said)


async def _start(
    task: Task, walls: Walls, limits: Limits, *, pipes: tuple[Pipe, Pipe, Pipe]
) -> asyncio.subprocess.Process:
    to_output, to_complaints, to_first = pipes
    owner = task.room.owner
    if owner is not None:
        for each in pipes:
            # So that a script may write to /dev/stderr, which opens the pipe anew.
            os.fchown(each.writing, owner, owner)
    held = f'{limits.ulimits(alone=isinstance(walls, Sandbox))} && exec "$@"'
    calls = seccomp.opened()
    try:
        return await asyncio.create_subprocess_exec(
            *_before(task, walls, first=to_first.writing, calls=calls),
            *("/bin/sh", "-c", held, task.plugin.name, *task.line),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=to_output.writing,
            stderr=to_complaints.writing,
            pass_fds=(to_first.writing, calls),
            env=_environment(task, walls),
            cwd=_folder(task, walls),
            start_new_session=True,
            user=owner,
            group=owner,
            extra_groups=None if owner is None else [],
        )
    except OSError as error:
        raise Refused("render_failed", f"plugin {task.plugin.name!r} cannot be started: {error.strerror}") from error
    finally:
        os.close(calls)
        for each in pipes:
            each.close()


def _before(task: Task, walls: Walls, *, first: int, calls: int) -> Sequence[str]:
    match walls:
        case Sandbox():
            return walls.command(task.plugin, task.room, task.path, first=first, calls=calls)
        case Unwalled():
            return ()


def _environment(task: Task, walls: Walls) -> Mapping[str, str]:
    match walls:
        case Sandbox():
            return task.environment
        case Unwalled():
            return {**task.environment, **dict.fromkeys(("HOME", "TMPDIR"), str(task.room.temporary))}


def _folder(task: Task, walls: Walls) -> Path:
    match walls:
        case Sandbox():
            return Path("/")
        case Unwalled():
            return task.room.source / task.path


async def _watch(
    process: asyncio.subprocess.Process, limits: Limits, *, folder: Path, full: Sequence[asyncio.Event]
) -> LimitName | None:
    """Wait for the end, or for a limit to be broken; return which."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + limits.seconds
    ended = asyncio.ensure_future(process.wait())
    filled = [asyncio.ensure_future(event.wait()) for event in full]
    try:
        while True:
            pause = max(0.0, min(_SECONDS_BETWEEN_LOOKS, deadline - loop.time()))
            await asyncio.wait([ended, *filled], timeout=pause, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                return None
            if any(event.done() for event in filled):
                return "output"
            if loop.time() >= deadline:
                return "time"
            if limit := await asyncio.to_thread(breached, limits, folder=folder, root=process.pid):
                return limit
    finally:
        for waiting in (ended, *filled):
            waiting.cancel()


async def _ask_to_end(process: asyncio.subprocess.Process, walls: Walls, *, seconds: float) -> None:
    """Tell everybody in there to end, and give them some seconds."""
    pids = await asyncio.to_thread(descendants, process.pid)
    # The first is the plugin itself, or bubblewrap, which has to stay until the plugin is done.
    _signal(pids[1:] if isinstance(walls, Sandbox) else pids, signal.SIGTERM)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await process.wait()


async def _end(process: asyncio.subprocess.Process, first: FirstProcess) -> None:
    """End what still runs, and return when it is gone."""
    if first.descriptor < 0:
        _signal(await asyncio.to_thread(descendants, process.pid), signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(first.descriptor, signal.SIGKILL)
        await _gone(first.descriptor)
        os.close(first.descriptor)
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    await process.wait()


def _signal(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


async def _gone(descriptor: int) -> None:
    """Wait until the process that a descriptor refers to, and with it every other in its namespace, has ended."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()
    loop.add_reader(descriptor, lambda: ended.done() or ended.set_result(None))
    try:
        await ended
    finally:
        loop.remove_reader(descriptor)
