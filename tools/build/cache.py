"""The cache outside the work tree in which built programs and fetched tools are kept; used by every script here."""

import contextlib
import fcntl
import os
import sys
from collections.abc import Generator
from pathlib import Path


def directory() -> Path:
    """Return `argosy/build` in the user's cache, made if it is not there."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    root = Path(base) if Path(base).is_absolute() else Path.home() / ".cache"
    path = root / "argosy" / "build"
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextlib.contextmanager
def locked(name: str) -> Generator[None]:
    """Hold the lock of that name: of two who make the same thing, one works and the other waits and finds it made."""
    with (directory() / f"{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another process that makes {name}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def say(message: str) -> None:
    """Print progress to standard error; standard output carries results only."""
    print(message, file=sys.stderr, flush=True)


def fail(message: str) -> int:
    """Print what is wrong and return the exit status that says so."""
    say(f"error: {message}")
    return 1
