"""Files that only exist in memory: how git and ssh get a key or a configuration that must not touch the disk.

A credential may be in no argument, no environment variable and no file on disk. Linux lets a process keep an anonymous
file in memory (`memfd_create`) and lets its children, running as the same user, open it by `/proc/<pid>/fd/<n>`. The
path is all that git sees; when the file is closed, or this process dies in any way, nothing is left behind. That is why
it was preferred to a temporary file (stays after a crash) and to ssh-agent (one more process per key, and it signs for
whoever reaches its socket).
"""

import os
from types import TracebackType
from typing import Self


class PrivateFiles:
    """A set of memory files that is closed as one."""

    def __init__(self) -> None:
        self._descriptors: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for descriptor in self._descriptors:
            os.close(descriptor)
        self._descriptors.clear()

    def add(self, content: str) -> str:
        """Keep `content` and return the path by which a child process can read it."""
        descriptor = os.memfd_create("argosy", os.MFD_CLOEXEC)
        self._descriptors.append(descriptor)
        # ssh refuses a private key that others could read.
        os.fchmod(descriptor, 0o600)
        with os.fdopen(os.dup(descriptor), "wb") as file:
            file.write(content.encode())
        return f"/proc/{os.getpid()}/fd/{descriptor}"
