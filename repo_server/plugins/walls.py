"""What stands between a plugin and the machine: bubblewrap, or nothing where that was allowed. Called by `plugins`.

In the sandbox there is a read-only system, the source and a /tmp of its own, its own processes, no network unless the
administrator gave it one, no way to become anybody else. It ends when the repo server does, however that ends.
"""

import asyncio
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from repo_server.errors import Refused
from repo_server.plugins.definition import Plugin
from repo_server.plugins.rooms import NOBODY, Room

SOURCE = "/source"
"""Where the source is in the sandbox."""

CONFIGURATION = "/home/argocd/cmp-server/config"
"""Where Argo CD's plugins find the folder of their plugin.yaml."""

DESK = "/run/argosy"
"""Where a plugin that may have credentials asks for them in the sandbox."""

SEARCHED = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""The `PATH` of plugins."""

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/nix", "/gnu")
_CONFIGURED = (
    *("alternatives", "ca-certificates", "ca-certificates.conf", "crypto-policies", "group", "ld.so.cache"),
    *("ld.so.conf", "ld.so.conf.d", "localtime", "mime.types", "nsswitch.conf", "passwd", "pki", "ssl", "timezone"),
)
_FOR_THE_NETWORK = ("gai.conf", "hosts", "protocols", "resolv.conf", "services")
_SHUT = (
    "--unshare-user",
    "--unshare-ipc",
    "--unshare-pid",
    "--unshare-uts",
    "--unshare-cgroup-try",
    "--disable-userns",
)
_TEMPORARY = "/tmp"  # noqa: S108  in the sandbox: the room's own
_SHARED = "/dev/shm"  # noqa: S108  likewise
_SECONDS_TO_TRY = 10.0


@dataclass(frozen=True, kw_only=True)
class Sandbox:
    """Bubblewrap at `program`; `hidden` are files and folders of ours that the system folders may hold."""

    program: str
    hidden: Sequence[Path] = ()

    def command(self, plugin: Plugin, room: Room, path: str, *, first: int, calls: int) -> list[str]:
        """Return the command line in front of a plugin's own.

        It tells descriptor `first` of its first process, and reads from `calls` which system calls to refuse.
        """
        return [
            *(self.program, *_SHUT),
            *(() if plugin.network else ("--unshare-net",)),
            *("--die-with-parent", "--new-session", "--hostname", "plugin"),
            *_system(),
            *_settings(_CONFIGURED + (_FOR_THE_NETWORK if plugin.network else ())),
            *("--proc", "/proc", "--dev", "/dev", "--bind", str(room.shared), _SHARED, "--remount-ro", "/dev"),
            *("--bind", str(room.temporary), _TEMPORARY, "--bind", str(room.source), SOURCE),
            *_own(plugin),
            *(("--ro-bind", str(room.desk), DESK) if plugin.spec.provide_git_creds else ()),
            *self._hide(),
            *("--remount-ro", "/", "--chdir", f"{SOURCE}/{path}".rstrip("/")),
            *("--info-fd", str(first), "--seccomp", str(calls), "--"),
        ]

    def _hide(self) -> Iterator[str]:
        for path in self.hidden:
            if any(path.is_relative_to(folder) for folder in _SYSTEM):
                yield from ("--tmpfs", str(path)) if path.is_dir() else ("--ro-bind", "/dev/null", str(path))


@dataclass(frozen=True)
class Unwalled:
    """Nothing: the plugin may do what the repo server may. Only where an administrator allowed that."""


Walls = Sandbox | Unwalled


class Builder:
    """Puts up walls; without `allow_unsandboxed` there are some, or nothing runs."""

    def __init__(self, *, hidden: Sequence[Path], allow_unsandboxed: bool) -> None:
        self._hidden = hidden
        self._allow_unsandboxed = allow_unsandboxed
        self._working = ""

    async def walls(self) -> Walls:
        """Return the walls. Raises `Refused` (unavailable) if there can be none, saying why and what to do."""
        program = shutil.which("bwrap") or ""
        problem = "bubblewrap (bwrap) is not installed" if not program else ""
        if program and program != self._working:
            problem = await _problem(program)
        if not problem:
            self._working = program
            return Sandbox(program=program, hidden=self._hidden)
        if self._allow_unsandboxed:
            return Unwalled()
        raise Refused(
            "unavailable",
            f"this machine cannot shut a plugin in: {problem}. No plugin is run; install bubblewrap and allow user "
            "namespaces, or allow unsandboxed rendering if you trust every repository",
        )


async def _problem(program: str) -> str:
    """Return why bubblewrap does not work here; empty if it does."""
    owner = NOBODY if os.geteuid() == 0 else None
    command = (program, *_SHUT, "--unshare-net", *_system(), "--proc", "/proc", "--", "/bin/sh", "-c", ":")
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env={},
            user=owner,
            group=owner,
            extra_groups=None if owner is None else [],
        )
    except OSError as error:
        return f"{program} cannot be started: {error.strerror}"
    try:
        async with asyncio.timeout(_SECONDS_TO_TRY):
            _, said = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return f"{program} does not end"
    if process.returncode == 0:
        return ""
    return said.decode("utf-8", "replace").strip() or f"{program} ends with status {process.returncode}"


def _system() -> Iterator[str]:
    """Bind the folders that programs and libraries are in; where one is a link to another it stays one."""
    for folder in map(Path, _SYSTEM):
        if folder.is_symlink():
            yield from ("--symlink", str(folder.readlink()), str(folder))
        elif folder.is_dir():
            yield from ("--ro-bind", str(folder), str(folder))


def _settings(names: Sequence[str]) -> Iterator[str]:
    """Bind the settings of the machine that programs need; the rest of /etc is not there."""
    for name in names:
        yield from ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")


def _own(plugin: Plugin) -> Iterator[str]:
    """Bind what belongs to the plugin: its own folder, or only its plugin.yaml, and what it may read besides."""
    if plugin.folder is None:
        yield from ("--ro-bind", str(plugin.file), f"{CONFIGURATION}/plugin.yaml")
    else:
        for place in (CONFIGURATION, str(plugin.folder)):
            yield from ("--ro-bind", str(plugin.folder), place)
    for path in plugin.readable:
        yield from ("--ro-bind", path, path)
