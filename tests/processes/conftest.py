"""The controller in this process: real control plane, SQLite memory, repositories in memory; it can be killed anywhere.

The control namespace is the test's own, and the destination namespace too.
"""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app_controller.answers import Answers
from app_controller.fenced import Fenced
from app_controller.loop import Loop
from app_controller.observe.clusters import Clusters
from app_controller.operations import Operations
from app_controller.outside import APPLICATIONS, CONFIG_MAPS, PROJECTS, SECRETS, Outside
from app_controller.queue import ApplicationKey, Level, Queue
from app_controller.report import Reporter
from app_controller.revisions import Revisions
from app_controller.serve import Deltas
from app_controller.watched import Watched
from app_controller.work import Work
from argosy.gateways.clock import SystemClock
from argosy.gateways.kubernetes import connect
from argosy.gateways.kubernetes.errors import LeaseLost, NotFound
from argosy.gateways.kubernetes.port import ApiResource, Cluster, Page
from argosy.gateways.manifests.memory import MemoryManifests
from argosy.gateways.store import keys, sql
from argosy.gateways.store.changes import ApplicationRef, BeginAttempt, Change
from argosy.gateways.store.port import Store
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.runner import ScriptRunner
from argosy.gateways.tools.worker import Program

ROOT = Path(__file__).parent.parent.parent
REPOSITORY = "https://git.example/org/app"


class Fuse:
    """Counts writes; from the one that it is set to, none goes through: the process is as good as dead."""

    def __init__(self) -> None:
        self.burnt = 0
        self.blown = asyncio.Event()
        self._limit: int | None = None

    def set(self, limit: int | None) -> None:
        """Let this many more writes through, all of them if None."""
        self.burnt, self._limit = 0, limit
        self.blown.clear()

    def burn(self) -> None:
        """Count a write. Raises `LeaseLost` once the fuse is blown."""
        if self._limit is not None and self.burnt >= self._limit:
            self.blown.set()
            raise LeaseLost("killed by the test")
        self.burnt += 1


class Slow(Fenced):
    """A cluster whose lists can be held back."""

    def __init__(self, cluster: Cluster, fuse: Fuse) -> None:
        super().__init__(cluster, fuse.burn)
        self.open = asyncio.Event()
        self.open.set()

    async def list_page(self, resource: ApiResource, **arguments: Any) -> Page:
        if resource not in (APPLICATIONS, PROJECTS, CONFIG_MAPS, SECRETS):
            await self.open.wait()
        return await super().list_page(resource, **arguments)


class Fused:
    """The SQL memory behind a fuse."""

    def __init__(self, store: Store, fuse: Fuse) -> None:
        self._store = store
        self._fuse = fuse
        self.commits: list[tuple[Change, ...]] = []
        self.refused: tuple[type, ...] = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def commit(self, *changes: Change, epoch: int) -> None:
        self._fuse.burn()
        if isinstance(changes[0], self.refused):
            raise RuntimeError("refused by the test")  # noqa: TRY004
        self.commits.append(changes)
        await self._store.commit(*changes, epoch=epoch)


@dataclass
class Controller:
    """A controller that a test starts, stops and kills, and what it works with."""

    namespace: str
    cluster: Cluster
    store: Store
    tools: Pool
    manifests: MemoryManifests = field(default_factory=MemoryManifests)
    fuse: Fuse = field(default_factory=Fuse)
    work: Work | None = None
    operations: Operations | None = None
    loop: Loop | None = None
    refused: tuple[type, ...] = ()
    _epoch: int = 0
    _control: Slow | None = None
    _task: asyncio.Task[None] | None = None
    _clusters: Clusters | None = None

    @property
    def memory(self) -> Fused:
        """The SQL memory as the running controller sees it."""
        assert self.work is not None
        store: Any = self.work.outside.store
        return store

    async def start(self) -> None:
        """Start a controller on what is there; the live cache of an earlier one is kept, to save time."""
        clock = SystemClock()
        self._epoch += 1
        control = self.control()
        self._clusters = self._clusters or Clusters(control, connect.Clusters(), clock)
        store: Any = Fused(self.store, self.fuse)
        store.refused = self.refused
        outside = Outside(
            control,
            self._clusters,
            store,
            self.manifests,
            Revisions(self.manifests, clock),
            Answers(ScriptRunner(self.tools), clock),
            clock,
            self.namespace,
            self._epoch,
        )
        watched = Watched(self.namespace)
        self.work = Work(outside, watched, Reporter(outside, watched), Queue(watched.lane))
        self.operations = Operations(self.work)
        self.loop = Loop(self.work, self.operations, Deltas())
        self._task = asyncio.create_task(self.loop.run())

    async def kill(self) -> None:
        """End the controller without a chance to write anything."""
        self.fuse.set(0)
        assert self._task is not None
        assert self.operations is not None
        tasks = [self._task, *self.operations._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.fuse.set(None)

    async def close(self) -> None:
        """End everything."""
        if self._task is not None:
            await self.kill()
        if self._clusters is not None:
            await self._clusters.close()

    def control(self) -> Slow:
        """Return the cluster as every controller of this test sees it."""
        self._control = self._control or Slow(self.cluster, self.fuse)
        return self._control

    async def hold_lists(self) -> None:
        """Let the destination's lists wait until they are released."""
        self.control().open.clear()

    def release_lists(self) -> None:
        self.control().open.set()

    def break_plans(self) -> None:
        """Let every attempt fail by a bug while its plan is written down."""
        self.refused = (BeginAttempt,)

    def now(self) -> datetime:
        return SystemClock().now()

    # What a user does.

    repository = REPOSITORY

    def commit(self, *manifests: Mapping[str, Any]) -> str:
        """Let the repository render to these objects from now on."""
        return self.manifests.commit(REPOSITORY, {"app": list(manifests)})

    def name(self, name: str = "app") -> str:
        """Return a name that no other test's application has: marks are seen by every controller of the cluster."""
        return f"{self.namespace}-{name}"

    async def create(self, name: str = "app", **more: Any) -> ApplicationKey:
        """Create an application; `operation` and `finalizers` apart, the arguments are fields of its spec."""
        metadata = {"name": self.name(name), "namespace": self.namespace, "finalizers": more.pop("finalizers", [])}
        operation = {"operation": more.pop("operation")} if "operation" in more else {}
        spec = {
            "project": "default",
            "source": {"repoURL": REPOSITORY, "path": "app"},
            "destination": {"server": "https://kubernetes.default.svc", "namespace": self.namespace},
            **more,
        }
        kind = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application"}
        await self.cluster.create(APPLICATIONS, {**kind, "metadata": metadata, "spec": spec, **operation})
        return ApplicationKey(self.namespace, metadata["name"])

    async def patch(self, key: ApplicationKey, body: Any) -> None:
        await self.cluster.patch(APPLICATIONS, key.name, body, namespace=key.namespace)

    async def delete(self, key: ApplicationKey) -> None:
        await self.cluster.delete(APPLICATIONS, key.name, namespace=key.namespace, propagation="Background")

    async def refresh(self, key: ApplicationKey) -> None:
        """Ask for a look at the newest commit, as an annotation does."""
        await self.patch(key, {"metadata": {"annotations": {"argocd.argoproj.io/refresh": "normal"}}})

    async def sync(self, key: ApplicationKey, **sync: Any) -> None:
        """Ask for a sync by the `operation` slot."""
        await self.patch(key, {"operation": {"initiatedBy": {"username": "ann"}, "sync": sync}})

    # What a test looks at.

    async def get(self, key: ApplicationKey) -> Mapping[str, Any]:
        return await self.cluster.get(APPLICATIONS, key.name, namespace=key.namespace)

    async def state(self, key: ApplicationKey) -> Mapping[str, Any]:
        """Return the application's `operationState`, empty if there is none."""
        return (await self.get(key)).get("status", {}).get("operationState", {})

    async def config(self, name: str) -> Mapping[str, Any] | None:
        """Return a ConfigMap, None if it is not there."""
        try:
            return await self.cluster.get(CONFIG_MAPS, name, namespace=self.namespace)
        except NotFound:
            return None

    async def ended(self, key: ApplicationKey, phase: str = "Succeeded") -> Mapping[str, Any]:
        """Wait for the end of an operation, with the slot empty, and return its state."""

        async def over() -> Mapping[str, Any] | None:
            found = await self.get(key)
            state = found.get("status", {}).get("operationState", {})
            return state if state.get("phase") == phase and "operation" not in found else None

        return await self.until(over)

    async def synced(self, key: ApplicationKey, code: str = "Synced") -> Mapping[str, Any]:
        """Wait for a sync status."""

        async def reached() -> Mapping[str, Any] | None:
            found = await self.get(key)
            return found if found.get("status", {}).get("sync", {}).get("status") == code else None

        return await self.until(reached)

    async def records(self, key: ApplicationKey) -> Sequence[Any]:
        """Return the application's operations in the SQL memory, newest first."""
        return await self.store.operations.latest(ApplicationRef(self.namespace, key.name), limit=100)

    async def until(self, what: Callable[[], Awaitable[Any]]) -> Any:
        """Wait until something is so, and return it."""
        async with asyncio.timeout(30):
            while not (found := await what()):  # noqa: ASYNC110  (a server is asked)
                await asyncio.sleep(0.05)
        return found

    async def gone(self, key: ApplicationKey) -> None:
        """Wait until an application is not there any more."""

        async def over() -> bool:
            try:
                await self.get(key)
            except NotFound:
                return True
            return False

        await self.until(over)

    async def look(self, key: ApplicationKey) -> None:
        """Look at an application now and wait until nothing is to be looked at and no operation runs."""
        assert self.work is not None
        assert self.operations is not None
        self.work.queue.add(key, Level.LATEST)
        async with asyncio.timeout(30):
            while self.busy(key):  # noqa: ASYNC110  (a controller is watched)
                await asyncio.sleep(0.02)

    def busy(self, key: ApplicationKey) -> bool:
        """Return whether the controller has something to do for an application at this moment."""
        assert self.work is not None
        assert self.operations is not None
        queue = self.work.queue
        return bool(len(queue) or queue._busy or self.operations.is_running(key))


def config(name: str, wave: int = 0, **data: str) -> dict[str, Any]:
    """Return a ConfigMap manifest."""
    metadata = {"name": name, "annotations": {"argocd.argoproj.io/sync-wave": str(wave)}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


@pytest.fixture(scope="session")
def tool_worker_program() -> Path:
    """The built tool worker, from the cache unless its sources have changed."""
    command = [sys.executable, "tools/build/go_program.py", "tool_worker"]
    return Path(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.strip())


@pytest.fixture
async def controller(
    control_plane: Any, namespace: str, definitions: None, tool_worker_program: Path, tmp_path: Path
) -> AsyncIterator[Controller]:
    """A controller that is not started yet; its timers are off, so that only what a test does wakes it."""
    cluster = connect.from_kubeconfig(control_plane.kubeconfig)
    project = {"sourceRepos": ["*"], "destinations": [{"server": "*", "namespace": "*"}]}
    kind = {"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject"}
    await cluster.create(PROJECTS, {**kind, "metadata": {"name": "default", "namespace": namespace}, "spec": project})
    settings = {"metadata": {"name": "argocd-cm", "namespace": namespace}, "data": {"timeout.reconciliation": "0"}}
    await cluster.create(CONFIG_MAPS, {"apiVersion": "v1", "kind": "ConfigMap", **settings})
    store = await sql.open_store(f"sqlite:///{tmp_path}/memory.db", keys.generate())
    tools = Pool(Program(path=tool_worker_program), size=1, clock=SystemClock())
    made = Controller(namespace, cluster, store, tools)
    yield made
    with suppress(LeaseLost):
        await made.close()
    await tools.close()
    await store.close()
    await cluster.close()
    await asyncio.sleep(0.05)  # the transports of the connections are told of their end in the next turns of the loop


@pytest.fixture
def config_map() -> Callable[..., dict[str, Any]]:
    """Makes ConfigMap manifests."""
    return config
