"""An API server on a loopback port: on the memory cluster for what it reads, on the real control plane for what it
writes. The SQL memory is SQLite, the controller and the repo server are the memory gateways.
"""

import asyncio
import base64
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bcrypt
import httpx2
import pytest

from api_server import interface as interfaces
from api_server import wiring
from api_server.app import Face
from api_server.server import Outside
from api_server.settings import Plain
from api_server.watching import APPLICATIONS, CONFIG_MAPS, PROJECTS, SECRETS
from argosy.gateways.clock import SystemClock
from argosy.gateways.kubernetes import connect
from argosy.gateways.kubernetes.memory import MemoryCluster
from argosy.gateways.kubernetes.port import ApiResource, Cluster
from argosy.gateways.live.memory import MemoryLive
from argosy.gateways.manifests.memory import MemoryManifests
from argosy.gateways.store import keys, sql
from argosy.gateways.store.sql import SqlStore
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.runner import ScriptRunner
from argosy.gateways.tools.worker import Program

ROOT = Path(__file__).parent.parent.parent
PASSWORD = "correct horse"
REPOSITORY = "https://git.example/org/app"

CONFIG_MAP = {"apiVersion": "v1", "kind": "ConfigMap"}
DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}


def secret(name: str, texts: Mapping[str, str], kind: str = "") -> dict[str, Any]:
    labels = {"argocd.argoproj.io/secret-type": kind} if kind else {}
    data = {key: base64.b64encode(text.encode()).decode() for key, text in texts.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "labels": labels}, "data": data}


def project(name: str = "default", **spec: Any) -> dict[str, Any]:
    whole = {"sourceRepos": ["*"], "destinations": [{"server": "*", "namespace": "*"}], **spec}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "AppProject",
        "metadata": {"name": name},
        "spec": whole,
    }


def application(name: str = "guestbook", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": name},
        "spec": {
            "project": "default",
            "source": {"repoURL": REPOSITORY, "path": "guestbook"},
            "destination": {"server": "https://kubernetes.default.svc", "namespace": "team"},
            **spec,
        },
    }


@dataclass
class World:
    """The running server, a client that has not signed in, and what is behind it."""

    client: httpx2.AsyncClient
    url: str
    namespace: str
    cluster: Cluster
    store: SqlStore
    live: MemoryLive
    manifests: MemoryManifests
    token: str = field(default="", repr=False)

    application = staticmethod(application)
    project = staticmethod(project)
    secret = staticmethod(secret)

    async def create(self, name: str = "guestbook", **spec: Any) -> dict[str, Any]:
        """Create an application through REST and return what is answered."""
        answer = await self.send("POST", "/api/v1/applications", application(name, **spec))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def kept(self, name: str = "guestbook") -> Mapping[str, Any]:
        """Return an application as the control cluster has it."""
        return await self.cluster.get(APPLICATIONS, name, namespace=self.namespace)

    async def sign_in(self) -> None:
        """Sign in as admin; the client sends the bearer token from now on."""
        body = {"username": "admin", "password": PASSWORD}
        answer = await self.client.post("/api/v1/session", json=body)
        assert answer.status_code == 200, answer.text
        self.token = answer.json()["token"]
        self.client.cookies.clear()
        self.client.headers["Authorization"] = f"Bearer {self.token}"

    async def put(self, resource: ApiResource, manifest: Mapping[str, Any]) -> Mapping[str, Any]:
        """Create an object in the control namespace, behind the server's back."""
        metadata = {**manifest["metadata"], "namespace": self.namespace}
        return await self.cluster.create(resource, {**manifest, "metadata": metadata})

    async def send(self, method: str, path: str, body: Any = None, **query: Any) -> httpx2.Response:
        """Send a request as Argo CD's clients do."""
        kept = {key: value for key, value in query.items() if value is not None}
        headers = {"Content-Type": "application/json"} if method != "GET" else {}
        return await self.client.request(
            method, path, json=body if body is not None else None, params=kept, headers=headers
        )

    async def until_refused(self, path: str) -> None:
        """Read until it is not answered any more."""
        async with asyncio.timeout(20):
            while (await self.client.get(path)).status_code == 200:  # noqa: ASYNC110  (a server is asked)
                await asyncio.sleep(0.02)

    async def until(self, path: str, accept: Any, **query: Any) -> Any:
        """Read until what is answered is accepted."""
        async with asyncio.timeout(20):
            while True:
                answer = await self.send("GET", path, **query)
                if answer.status_code == 200 and accept(answer.json()):
                    return answer.json()
                await asyncio.sleep(0.02)


async def furnish(cluster: Cluster, namespace: str) -> None:
    """Put the settings objects and the default project into the control namespace."""
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    objects = (
        (CONFIG_MAPS, {**CONFIG_MAP, "metadata": {"name": "argocd-cm"}, "data": {"url": "https://argosy.example"}}),
        (SECRETS, secret("argocd-secret", {"admin.password": hashed, "server.secretkey": "k" * 44})),
        (PROJECTS, project()),
    )
    for resource, manifest in objects:
        await cluster.create(resource, {**manifest, "metadata": {**manifest["metadata"], "namespace": namespace}})


@asynccontextmanager
async def serving(cluster: Cluster, namespace: str, page: Path | None = None) -> AsyncIterator[World]:
    """Run the API server on a free loopback port."""
    store = await sql.open_store("sqlite://", keys.generate())
    live, manifests = MemoryLive(), MemoryManifests()
    manifests.commit(REPOSITORY, {"guestbook": [DEPLOYMENT]})
    clock = SystemClock()
    pool = Pool(Program(path=wiring.PACKAGED_TOOL_WORKER), size=1, clock=clock)
    outside = Outside(cluster, connect.Clusters(), store, manifests, live, ScriptRunner(pool), clock)
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with wiring.running(outside, namespace, Face(secure=False, page=page)) as app:
        interface = interfaces.make(app, Plain())
        task = asyncio.create_task(interface.serve(sockets=[listener]))
        async with httpx2.AsyncClient(base_url=url, trust_env=False, timeout=60) as client:
            world = World(client, url, namespace, cluster, store, live, manifests)
            await ready(client)
            yield world
        interface.should_exit = True
        await task
    await pool.close()
    await store.close()


async def disconnected() -> None:
    """Wait until the server at the other end has said goodbye on every TLS connection that was closed."""
    transports = asyncio.get_running_loop()._transports  # type: ignore[attr-defined]
    async with asyncio.timeout(20):
        while any(each._sock for each in list(transports.values())):  # noqa: ASYNC110  (another is waited for)
            await asyncio.sleep(0.01)


async def ready(client: httpx2.AsyncClient) -> None:
    """Wait until the server has read what it answers from."""
    async with asyncio.timeout(20):
        while (await client.get("/healthz")).text != "ok":  # noqa: ASYNC110  (a server is asked)
            await asyncio.sleep(0.02)


@pytest.fixture
async def visited() -> AsyncIterator[World]:
    """A server on the memory cluster; nobody has signed in."""
    cluster = MemoryCluster([APPLICATIONS, PROJECTS, SECRETS, CONFIG_MAPS])
    await furnish(cluster, "argocd")
    async with serving(cluster, "argocd") as world:
        yield world


@pytest.fixture
def serve_with_page() -> Any:
    """Runs a server on the memory cluster with the page of a folder."""

    @asynccontextmanager
    async def serve(folder: Path) -> AsyncIterator[World]:
        cluster = MemoryCluster([APPLICATIONS, PROJECTS, SECRETS, CONFIG_MAPS])
        await furnish(cluster, "argocd")
        async with serving(cluster, "argocd", page=folder) as world:
            yield world

    return serve


@pytest.fixture
async def read(visited: World) -> World:
    """A server on the memory cluster, with admin signed in."""
    await visited.sign_in()
    return visited


@pytest.fixture
async def world(control_plane: Any, namespace: str, definitions: None) -> AsyncIterator[World]:
    """A server on the real control plane, whose control namespace is the test's own; admin has signed in."""
    cluster = connect.from_kubeconfig(control_plane.kubeconfig)
    await furnish(cluster, namespace)
    async with serving(cluster, namespace) as running:
        await running.sign_in()
        yield running
    await cluster.close()
    await disconnected()
