"""A control plane, and a controller in this process whose repositories are in memory."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import yaml

from app_controller.answers import Answers
from app_controller.fenced import Fenced
from app_controller.loop import Loop
from app_controller.observe.clusters import Clusters
from app_controller.operations import Operations
from app_controller.outside import APPLICATIONS, CONFIG_MAPS, PROJECTS, Outside
from app_controller.queue import ApplicationKey, Queue
from app_controller.report import Reporter
from app_controller.revisions import Revisions
from app_controller.serve import Deltas
from app_controller.watched import Watched
from app_controller.work import Work
from argosy.gateways.clock import SystemClock
from argosy.gateways.kubernetes import connect
from argosy.gateways.kubernetes.errors import ClusterError
from argosy.gateways.kubernetes.port import ApiResource, Cluster
from argosy.gateways.manifests.memory import MemoryManifests
from argosy.gateways.store import keys, sql
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.runner import ScriptRunner
from argosy.gateways.tools.worker import PACKAGED, Program
from argosy.wire.repo_server import RenderAnswer, RenderRequest

ROOT = Path(__file__).resolve().parents[2]
REPOSITORY = "https://git.example/org/app"
NAMESPACE = "argocd"
NAMESPACES = ApiResource("", "v1", "Namespace", "namespaces", namespaced=False, verbs=frozenset())
_DEFINITIONS = ApiResource(
    "apiextensions.k8s.io",
    "v1",
    "CustomResourceDefinition",
    "customresourcedefinitions",
    namespaced=False,
    verbs=frozenset(),
)
_PATIENCE = 1200.0
_AT_ONCE = 24


class Quiet(MemoryManifests):
    """Repositories in memory that do not keep what they were asked."""

    async def render(self, request: RenderRequest) -> RenderAnswer:
        """See `Manifests`."""
        try:
            return await super().render(request)
        finally:
            self.asked.clear()


@dataclass
class House:
    """The running controller, the cluster as its administrator sees it, and the repositories."""

    kubeconfig: Path
    cluster: Cluster
    manifests: Quiet
    work: Work

    def commit(self, folders: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Let the repository render to these objects, folder by folder."""
        self.manifests.commit(REPOSITORY, folders)

    async def create(self, name: str, path: str, **spec: Any) -> ApplicationKey:
        """Create an application of a folder, whose objects are in its own control namespace."""
        kind = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application"}
        made = {
            "project": "default",
            "source": {"repoURL": REPOSITORY, "path": path},
            "destination": {"server": "https://kubernetes.default.svc", "namespace": NAMESPACE},
            **spec,
        }
        await self.cluster.create(
            APPLICATIONS, {**kind, "metadata": {"name": name, "namespace": NAMESPACE}, "spec": made}
        )
        return ApplicationKey(NAMESPACE, name)

    def sync_status(self, key: ApplicationKey) -> str:
        """Return the sync status as the controller has written it."""
        return str((((self.work.watched.raw(key) or {}).get("status") or {}).get("sync") or {}).get("status") or "")

    async def until(self, what: Callable[[], bool]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(_PATIENCE):
            while not what():
                await asyncio.sleep(0.02)

    def requests(self) -> int:
        """Return how many requests the controller has sent."""
        counted: Any = self.cluster
        return sum(counted.requests.values())


async def many(work: Sequence[Callable[[], Awaitable[Any]]]) -> None:
    """Do many things, a few at once."""
    limit = asyncio.Semaphore(_AT_ONCE)

    async def one(each: Callable[[], Awaitable[Any]]) -> None:
        async with limit:
            await each()

    await asyncio.gather(*(one(each) for each in work))


def _fenced(cluster: Cluster) -> Cluster:
    return Fenced(cluster, lambda: None)


@asynccontextmanager
async def opened(around: Callable[[Cluster], Cluster] = _fenced) -> AsyncIterator[House]:
    """Start all of it, and end it afterwards; `around` makes what the controller talks to of the client."""
    program = subprocess.run(
        [sys.executable, "tools/build/go_program.py", "devcluster"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        up = [program, "up", "--state", f"{folder}/cluster", "--owner-pid", str(os.getpid())]
        kubeconfig = Path(subprocess.run(up, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[0])
        try:
            async for house in _controller(kubeconfig, Path(folder), around):
                yield house
        finally:
            subprocess.run([program, "down", "--state", f"{folder}/cluster"], check=False)


async def _controller(kubeconfig: Path, folder: Path, around: Callable[[Cluster], Cluster]) -> AsyncIterator[House]:
    administrator = connect.from_kubeconfig(kubeconfig)
    await _furnish(administrator)
    clock, manifests = SystemClock(), Quiet()
    own = connect.from_kubeconfig(kubeconfig)
    control = around(own)
    store = await sql.open_store(f"sqlite:///{folder}/memory.db", keys.generate())
    clusters = Clusters(control, connect.Clusters(), clock)
    revisions = Revisions(manifests, clock)
    tools = Pool(Program(path=PACKAGED), size=1, clock=clock)
    answers = Answers(ScriptRunner(tools), clock)
    outside = Outside(control, clusters, store, manifests, revisions, answers, clock, NAMESPACE, 1)
    watched = Watched(NAMESPACE)
    work = Work(outside, watched, Reporter(outside, watched), Queue(watched.lane))
    task = asyncio.create_task(Loop(work, Operations(work), Deltas()).run())
    try:
        yield House(kubeconfig, own, manifests, work)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await tools.close()
        await clusters.close()
        await store.close()
        await own.close()
        await administrator.close()


async def _furnish(cluster: Cluster) -> None:
    """Create what a controller needs: the custom resources, the namespace, a project, the settings."""
    for path in sorted((ROOT / "argosy" / "crds").glob("*.yaml")):
        await cluster.apply(_DEFINITIONS, yaml.load(path.read_text(), yaml.CSafeLoader))
    await cluster.create(NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    project = {"sourceRepos": ["*"], "destinations": [{"server": "*", "namespace": "*"}]}
    kind = {"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject"}
    deadline = time.monotonic() + 30
    while True:
        try:
            await cluster.create(
                PROJECTS, {**kind, "metadata": {"name": "default", "namespace": NAMESPACE}, "spec": project}
            )
            break
        except ClusterError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.1)
    settings = {"metadata": {"name": "argocd-cm", "namespace": NAMESPACE}, "data": {"timeout.reconciliation": "120s"}}
    await cluster.create(CONFIG_MAPS, {"apiVersion": "v1", "kind": "ConfigMap", **settings})


def config_map(name: str, size: int = 1000) -> dict[str, Any]:
    """Return a ConfigMap of about this many bytes."""
    data = {f"k{number}": "x" * 50 for number in range(size // 60)}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def editor(
    kubeconfig: Path, edits: Sequence[tuple[str, Mapping[str, Any]]], *, every: float
) -> subprocess.Popen[bytes]:
    """Start a process that patches ConfigMaps one after the other, `every` so many seconds."""
    program = Path(__file__).with_name("editor.py")
    process = subprocess.Popen(
        [sys.executable, str(program), str(kubeconfig), str(every)], stdin=subprocess.PIPE, cwd=ROOT
    )
    assert process.stdin is not None
    process.stdin.write(orjson.dumps([[name, dict(body)] for name, body in edits]))
    process.stdin.close()
    return process
