"""Start processes and keep them running until told to stop: restart with back-off, one log, no process left behind.

Called by `commands.up`. A process that ends is started again after 0.5 s, then longer each time up to 30 s; one that
ran for a minute counts as well again. When this process dies without a word, the kernel ends the others.
"""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_FIRST_PAUSE, _LONGEST_PAUSE, _WELL_AFTER = 0.5, 30.0, 60.0
_STOP_WITHIN = 10.0
_PR_SET_PDEATHSIG = 1
_LINE_LIMIT = 1 << 20

_libc = ctypes.CDLL(None)


@dataclass(frozen=True, slots=True)
class Program:
    """A process to run: its name in the log, its command, and its environment (complete)."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]


async def supervise(programs: tuple[Program, ...], stop: asyncio.Event, *, write: Callable[[str], None]) -> None:
    """Run the programs until `stop` is set, then end them in reverse order; `write` gets each line of their logs."""
    keepers = [asyncio.create_task(_keep(program, write), name=program.name) for program in programs]
    await stop.wait()
    for keeper in reversed(keepers):
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)


async def _keep(program: Program, write: Callable[[str], None]) -> None:
    """Run a program again and again until cancelled."""
    loop = asyncio.get_running_loop()
    pause = _FIRST_PAUSE
    while True:
        started = loop.time()
        code = await _run(program, write)
        if loop.time() - started > _WELL_AFTER:
            pause = _FIRST_PAUSE
        write(f"supervisor: {program.name} ended with {_in_words(code)}; starting it again in {pause:g} s")
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


async def _run(program: Program, write: Callable[[str], None]) -> int:
    """Run a program once; when cancelled, end it and wait for it."""
    process = await asyncio.create_subprocess_exec(
        *program.command,
        env=dict(program.environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=_LINE_LIMIT,
        start_new_session=True,
        preexec_fn=_die_with_parent,
    )
    try:
        await _pass_on(process, program.name, write)
        return await process.wait()
    finally:
        await _end(process)


def _die_with_parent() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


async def _pass_on(process: asyncio.subprocess.Process, name: str, write: Callable[[str], None]) -> None:
    assert process.stdout is not None
    while True:
        try:
            line = await process.stdout.readline()
        except ValueError:
            write(f"{name}: (a line longer than {_LINE_LIMIT} bytes was left out)")
            continue
        if not line:
            return
        write(f"{name}: {line.decode(errors='replace').rstrip()}")


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask the process to stop, and make it; its whole group goes with it."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            await asyncio.wait_for(process.wait(), _STOP_WITHIN)
        except TimeoutError:
            continue


def _in_words(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def to_terminal(line: str) -> None:
    """Write a line of the log where people look."""
    sys.stderr.write(f"{line}\n")
