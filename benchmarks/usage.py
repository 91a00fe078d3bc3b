"""What Argosy's processes cost: memory and processor time, each with the tool workers that it started.

Read from /proc of the children of `argosy up`. Linux only, as Argosy is.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_NAMES = ("repo_server", "app_controller", "api_server")
_STARTED_BY = 1
_USER, _CHILDREN_SYSTEM = 11, 14


@dataclass(frozen=True)
class Usage:
    """Memory in MiB (proportional set size), and seconds of processor time since the start."""

    memory: float
    cpu: float


def look() -> Mapping[str, Usage]:
    """Return what `argosy up` (a child of ours), its three processes and what they started use."""
    (supervisor,) = (each for each in _children(os.getpid()) if " argosy.cli up " in _command(each))
    found = {"argosy up": _usage(supervisor)}
    for child in _children(supervisor):
        name = next((name for name in _NAMES if name in _command(child)), None)
        if name is None:
            continue
        found[name] = _usage(child)
        workers = [_usage(each) for each in _descendants(child)]
        if workers:
            total = Usage(sum(each.memory for each in workers), sum(each.cpu for each in workers))
            found[f"{name}, what it started"] = total
    return found


def _usage(process: int) -> Usage:
    folder = _PROC / str(process)
    rollup = dict(line.split(":", 1) for line in (folder / "smaps_rollup").read_text().splitlines()[1:])
    times = _stat(process)[_USER : _CHILDREN_SYSTEM + 1]
    return Usage(int(rollup["Pss"].split()[0]) / 1024, sum(map(int, times)) / _TICKS)


def _descendants(process: int) -> Iterator[int]:
    for child in _children(process):
        yield child
        yield from _descendants(child)


def _children(process: int) -> Iterator[int]:
    for folder in _PROC.iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            parent = int(_stat(int(folder.name))[_STARTED_BY])
        except OSError:
            continue
        if parent == process:
            yield int(folder.name)


def _stat(process: int) -> list[str]:
    """Return the fields of /proc/PID/stat behind the name, which may contain anything."""
    return (_PROC / str(process) / "stat").read_text().rpartition(")")[2].split()


def _command(process: int) -> str:
    return (_PROC / str(process) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
