"""The repo server's service in this process, on repositories behind a real server, and the clock of processor time."""

import gc
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Generator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source
from argosy.wire.repo_server import RenderRequest, ResolveRequest, SourceRequest
from repo_server import settings, wiring
from repo_server.git.hosts import Count
from repo_server.service import EncodedAnswer, Service

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "tools" / "demo"))

from stack import Child, commit, git

_WITHIN = 30.0
_KUBE_VERSION = "1.37.2"

API_VERSIONS = tuple(f"group{number}.example.org/v1/Kind{number}" for number in range(600))
"""As many as a cluster with a few operators has."""


@dataclass(frozen=True)
class Bench:
    """The service, and where its repositories are: work trees in `folder`, served below `url`."""

    service: Service
    folder: Path
    url: str

    @property
    def asked(self) -> Count:
        """What was asked of the server of the repositories so far."""
        counts = self.service.asked.values()
        return Count(commands=sum(each.commands for each in counts), requests=sum(each.requests for each in counts))

    def repository(self, name: str, files: Mapping[str, str]) -> str:
        """Make a repository with one commit and return its URL."""
        path = self.folder / name
        path.mkdir()
        git(path, "init", "--quiet", "--initial-branch=main")
        write(path, files)
        commit(path, "Begin")
        return f"{self.url}/{name}"

    def commit(self, name: str, files: Mapping[str, str]) -> None:
        """Change a repository."""
        write(self.folder / name, files)
        commit(self.folder / name, "Change")

    async def resolve(self, source: Source, *, fresh: bool = False) -> str:
        """Return what a source's revision means."""
        asked = ResolveRequest(source, Repository(source.repo_url), fresh=fresh, believe=3600)
        return (await self.service.resolve(asked)).revision

    async def render(self, source: Source, revision: str, application: str = "bench") -> EncodedAnswer:
        """Render a source as the controller would ask for it."""
        request = SourceRequest(source, Repository(source.repo_url), revision)
        return await self.service.render(
            RenderRequest(
                application, "bench", "default", (request,), kube_version=_KUBE_VERSION, api_versions=API_VERSIONS
            )
        )


@asynccontextmanager
async def running(*, workers: int = 1, folder: Path | None = None) -> AsyncGenerator[Bench]:
    """Serve a folder and start the service on it; with a folder of an earlier run, on what that left."""
    with _place(folder) as place:
        (place / "served").mkdir(exist_ok=True)
        (place / "token").write_text("a token of this measurement only, long enough")
        given = ["--token-file", str(place / "token"), "--state", str(place / "state")]
        environment = {**os.environ, "ARGOSY_REPO_SERVER_WORKERS": str(workers)}
        command = [sys.executable, str(ROOT / "tools" / "gitserver.py"), "--root", str(place / "served")]
        server = Child(command, lambda _: None)
        server.start()
        try:
            line = server.wait_for(lambda line: "http://" in line, within=_WITHIN)
            url = line[line.index("http://") :].split()[0].rstrip("/")
            async with wiring.service(settings.read(given, environment)) as (service, _):
                gc.collect()
                gc.freeze()  # as the server does
                yield Bench(service, place / "served", url)
        finally:
            server.stop()


@contextmanager
def _place(folder: Path | None) -> Generator[Path]:
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="argosy-bench-") as made:
        yield Path(made)


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files below a folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)


def cpu() -> float:
    """Return the processor time, in seconds, of this process, the workers and gits it runs, and those that ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime + sum(map(_ran, _ours()))


def command_line(command: Sequence[str], runs: int = 15) -> list[float]:
    """Return the processor time of each run of a command, in seconds."""
    measured: list[float] = []
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        measured.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return measured


def workers() -> list[int]:
    """Return the process ids of the tool workers."""
    return [child for child in _ours() if b"tool_worker" in Path(f"/proc/{child}/cmdline").read_bytes()]


def _ours() -> Iterator[int]:
    """Yield the children that work for the service: everything but the server of the repositories."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    for task in Path("/proc/self/task").iterdir():
        if task.name != str(os.getpid()):
            children += (task / "children").read_text().split()
    for child in map(int, children):
        if b"gitserver" not in Path(f"/proc/{child}/cmdline").read_bytes():
            yield child


def _ran(process: int) -> float:
    """Return how long the threads of a process have run, to the nanosecond."""
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9
