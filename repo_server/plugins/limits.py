"""How much a plugin may take, and how much it does. Called by `run` while a plugin works, a few times a second.

The kernel holds each process to its limits (`ulimits`); what all of them take together is measured: processes and
memory by following who started whom, disk by walking the private folder.
"""

import errno
import os
import resource
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_MEBIBYTE = 1024 * 1024
_LEAST_FREE = 64 * _MEBIBYTE
_BLOCK = 512
_PPID = 1
_RESIDENT = ("RssAnon:", "RssShmem:")

LimitName = Literal["time", "output", "memory", "processes", "disk", "files", "space"]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one command of a plugin may take; bytes, seconds and numbers.

    `seconds` is when it is asked to end, `fatal_seconds` how long after that it is made to; `output` bounds its
    standard output and error each; `memory`, `processes`, `disk` and `files` what it takes in all, the checkout
    included; `checkout` what of a source is written for it.
    """

    seconds: float = 90.0
    fatal_seconds: float = 10.0
    output: int = 64 * _MEBIBYTE
    memory: int = 1024 * _MEBIBYTE
    processes: int = 256
    disk: int = 2048 * _MEBIBYTE
    files: int = 200_000
    checkout: int = 512 * _MEBIBYTE

    def ulimits(self, *, alone: bool) -> str:
        """Return the shell commands that hold a process to its own share.

        `alone` is whether it is in a user namespace of its own: the kernel counts processes by user, and outside of one
        those of the repo server would count too.
        """
        wanted = {
            "-c": 0,
            "-n": _at_most(resource.RLIMIT_NOFILE, 1024, unit=1),
            "-d": _at_most(resource.RLIMIT_DATA, self.memory, unit=1024),
            "-f": _at_most(resource.RLIMIT_FSIZE, self.disk, unit=_BLOCK),
        }
        commands = [f"ulimit {option} {value}" for option, value in wanted.items()]
        if alone:
            processes = _at_most(resource.RLIMIT_NPROC, self.processes, unit=1)
            # The same limit has one name in bash and another in dash and busybox.
            commands.append(f"{{ ulimit -u {processes} 2>/dev/null || ulimit -p {processes}; }}")
        return " && ".join(commands)

    def said(self, limit: LimitName) -> str:
        """Return a limit in words."""
        match limit:
            case "time":
                return f"longer than {self.seconds:g} seconds"
            case "output":
                return f"more than {self.output // _MEBIBYTE} MiB of output"
            case "memory":
                return f"more than {self.memory // _MEBIBYTE} MiB of memory"
            case "processes":
                return f"more than {self.processes} processes"
            case "disk":
                return f"more than {self.disk // _MEBIBYTE} MiB of disk"
            case "files":
                return f"more than {self.files:,} files"
            case "space":
                return f"all but the last {_LEAST_FREE // _MEBIBYTE} MiB that the disk has free"


def breached(limits: Limits, *, folder: Path, root: int | None) -> LimitName | None:
    """Return which limit the processes below `root` and the files below `folder` break together, if any."""
    processes = [] if root is None else descendants(root)
    if len(processes) >= limits.processes:
        return "processes"
    if sum(map(_memory, processes)) > limits.memory:
        return "memory"
    return _disk(limits, folder)


def descendants(root: int) -> list[int]:
    """Return the ids of a process and all that it started, directly or not."""
    children: dict[int, list[int]] = {}
    for process in Path("/proc").iterdir():
        if process.name.isdecimal() and (parent := _parent(process)) is not None:
            children.setdefault(parent, []).append(int(process.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def _at_most(kind: int, wanted: int, *, unit: int) -> int:
    """Return a limit in the shell's units, no higher than what we are held to ourselves."""
    _, hard = resource.getrlimit(kind)
    return (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)) // unit


def _parent(process: Path) -> int | None:
    try:
        content = (process / "stat").read_bytes()
    except OSError:
        return None  # it ended meanwhile
    return int(content.rpartition(b")")[2].split()[_PPID])


def _memory(pid: int) -> int:
    try:
        content = Path("/proc", str(pid), "status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in content.splitlines() if line.startswith(_RESIDENT))


def _disk(limits: Limits, folder: Path) -> LimitName | None:
    system = os.statvfs(folder)
    if system.f_bavail * system.f_frsize < _LEAST_FREE:
        return "space"
    total = 0
    try:
        for number, size in enumerate(_sizes(folder), start=1):
            total += size
            if number > limits.files:
                return "files"
            if total > limits.disk:
                return "disk"
    except OSError as error:
        # What we may not look into, or cannot name any more, was made so that it is not counted.
        if error.errno in (errno.EACCES, errno.ENAMETOOLONG, errno.ELOOP):
            return "files"
    return None


def _sizes(folder: Path) -> Iterator[int]:
    """Yield the bytes that each file and folder takes. Raises `OSError` for what cannot be looked into."""
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    status = entry.stat(follow_symlinks=False)
                    if stat.S_ISDIR(status.st_mode):
                        waiting.append(entry.path)
                    yield status.st_blocks * _BLOCK
        except FileNotFoundError:
            continue  # it was removed meanwhile
