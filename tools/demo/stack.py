"""Everything that Argosy needs around it on one machine: a repository served over HTTP, and `argosy up`.

Used by the demo and by the end-to-end tests, so that what is shown is what is tested. Nothing here reads `KUBECONFIG`.
"""

import ctypes
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = ROOT / "examples"

_UP_WITHIN = 60.0
_STOP_WITHIN = 30.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)
_GIT_IDENTITY = ("-c", "user.name=Demo", "-c", "user.email=demo@example.invalid")


class DidNotStart(Exception):
    """A part did not come up; the text has the end of its log."""


def free_port() -> int:
    """Ask the system for a port on loopback that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def _die_with_parent() -> None:
    """Ask the kernel to end the process when we die, however we die."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """A process of ours in its own group, with its output as lines; `note` gets each line too."""

    command: list[str]
    note: Callable[[str], None]
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    lines: "queue.Queue[str | None]" = field(default_factory=queue.Queue)
    process: "subprocess.Popen[str] | None" = None
    _reader: threading.Thread | None = None

    def start(self) -> None:
        """Start it; its output is read by a thread, so that it never blocks."""
        self.environment.pop("KUBECONFIG", None)
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509  it calls one function of libc
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                self.note(line.rstrip())
                self.lines.put(line.rstrip())
        self.lines.put(None)

    def wait_for(self, wanted: Callable[[str], bool], *, within: float) -> str:
        """Return the first line that is wanted. Raises `DidNotStart` if the process ends or takes too long."""
        deadline, seen = time.monotonic() + within, list[str]()
        while (left := deadline - time.monotonic()) > 0:
            try:
                line = self.lines.get(timeout=left)
            except queue.Empty:
                break
            if line is None:
                break
            seen.append(line)
            if wanted(line):
                return line
        tail = "\n".join(seen[-20:])
        raise DidNotStart(f"`{' '.join(self.command[1:4])}` did not come up within {within:g} s:\n{tail}")

    def stop(self) -> None:
        """End it and all that it started."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(_STOP_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self._reader is not None:
            self._reader.join()


@dataclass
class Stack:
    """The served repository and the three processes. `repository` is a work tree: a commit in it is published.

    `url` and `password` open the page; `repository_url` and `charts_url` are what applications name.
    """

    kubeconfig: Path
    folder: Path
    note: Callable[[str], None] = lambda _: None
    namespace: str = "argocd"
    environment: dict[str, str] = field(default_factory=dict)
    port: int = 0
    url: str = ""
    password: str = ""
    repository_url: str = ""
    charts_url: str = ""
    _children: list[Child] = field(default_factory=list)

    @property
    def repository(self) -> Path:
        """The work tree that is served."""
        return self.folder / "repository"

    def start(self) -> None:
        """Serve the examples and run Argosy. Raises `DidNotStart`."""
        make_repository(self.repository)
        self._serve_repository()
        self._run_argosy()

    def _serve_repository(self) -> None:
        command = [sys.executable, str(ROOT / "tools" / "gitserver.py"), "--root", str(self.folder)]
        server = self._child([*command, "--static", str(EXAMPLES / "chart-repository")])
        found = server.wait_for(lambda line: "http://" in line, within=_UP_WITHIN)
        base = found[found.index("http://") :].split()[0].rstrip("/")
        self.repository_url, self.charts_url = f"{base}/repository", f"{base}/charts"

    def _run_argosy(self) -> None:
        self.port = self.port or free_port()
        command = [sys.executable, "-m", "argosy.cli", "up", "--kubeconfig", str(self.kubeconfig)]
        command += ["--namespace", self.namespace, "--listen", f"127.0.0.1:{self.port}"]
        up = self._child([*command, "--state", str(self.folder / "state")])
        found = up.wait_for(lambda line: line.startswith("password: "), within=_UP_WITHIN)
        self.password = found.removeprefix("password: ")
        missing = {"repo-server", "app-controller", "api-server"}
        while missing:
            line = up.wait_for(lambda line: ": listening on" in line, within=_UP_WITHIN)
            missing.discard(line.partition(":")[0])
        self.url = f"http://127.0.0.1:{self.port}"

    def _child(self, command: list[str]) -> Child:
        environment = {**os.environ, **self.environment}
        child = Child(command, self.note, environment)
        child.start()
        self._children.append(child)
        return child

    def stop(self) -> None:
        """End what was started, last first."""
        for child in reversed(self._children):
            child.stop()
        self._children.clear()


def make_repository(path: Path) -> None:
    """Make a Git repository of the examples, anew."""
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(EXAMPLES, path)
    git(path, "init", "--quiet", "--initial-branch=main")
    commit(path, "Add the examples")


def commit(path: Path, message: str) -> str:
    """Commit everything in a work tree; return the commit's id."""
    git(path, "add", "--all")
    git(path, *_GIT_IDENTITY, "commit", "--quiet", "--message", message)
    return git(path, "rev-parse", "HEAD").strip()


def git(path: Path, *arguments: str) -> str:
    """Run git in a folder, untouched by the user's own configuration."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", "-C", str(path), *arguments],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout
