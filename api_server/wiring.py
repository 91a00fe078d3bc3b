"""Builds the API server from its settings; the only module of it that imports a concrete gateway."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from starlette.types import ASGIApp

import argosy
from api_server import page
from api_server.app import Face, make_app
from api_server.auth.passwords import Passwords
from api_server.auth.sessions import Sessions
from api_server.connections import Connections
from api_server.deltas import Deltas
from api_server.server import Outside, Server
from api_server.settings import Settings
from api_server.watching import Watches
from argosy.gateways.clock import SystemClock
from argosy.gateways.kubernetes import connect
from argosy.gateways.kubernetes.port import Cluster
from argosy.gateways.live.http import HttpLive
from argosy.gateways.manifests.http import HttpManifests
from argosy.gateways.store import keys, sql
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.runner import ScriptRunner
from argosy.gateways.tools.worker import Program

PACKAGED_TOOL_WORKER = Path(argosy.__file__).parent / "_bin" / "tool_worker"
_TOOL_WORKERS = 2


@asynccontextmanager
async def api_server(settings: Settings) -> AsyncGenerator[ASGIApp]:
    """Connect, begin to watch, and yield the application; everything is closed afterwards."""
    async with AsyncExitStack() as stack:
        cluster = _control(settings)
        stack.push_async_callback(cluster.close)
        store = await sql.open_store(settings.database_url, keys.load_or_create(settings.key_file))
        stack.push_async_callback(store.close)
        manifests = HttpManifests(settings.repo_server, token=settings.repo_server_token)
        stack.push_async_callback(manifests.close)
        live = HttpLive(settings.controller, token=settings.controller_token)
        stack.push_async_callback(live.close)
        clock = SystemClock()
        pool = open_tools(settings, clock)
        stack.push_async_callback(pool.close)
        outside = Outside(cluster, connect.Clusters(), store, manifests, live, ScriptRunner(pool), clock)
        face = Face(secure=settings.secure, page=page.find())
        yield await stack.enter_async_context(running(outside, settings.namespace, face))


@asynccontextmanager
async def running(outside: Outside, namespace: str, face: Face) -> AsyncGenerator[ASGIApp]:
    """Yield the application on these gateways, watching; also what the tests of this process begin with."""
    watches, deltas, passwords = Watches(), Deltas(), Passwords()
    sessions = Sessions(outside.store, outside.clock, lambda: watches.settings.current, passwords)
    server = Server(namespace, outside, watches, sessions, Connections(outside.manifests, outside.clock))
    tasks = (
        asyncio.create_task(watches.run(outside.cluster, namespace), name="watches"),
        asyncio.create_task(deltas.run(outside.live), name="deltas"),
    )
    try:
        yield make_app(server, deltas, face)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        passwords.close()
        watches.close()


def open_tools(settings: Settings, clock: SystemClock) -> Pool:
    """Return the tool workers; none is started before the first script."""
    program = Program(path=settings.tool_worker or PACKAGED_TOOL_WORKER, allow_unsandboxed=settings.unsandboxed)
    return Pool(program, size=_TOOL_WORKERS, clock=clock)


def _control(settings: Settings) -> Cluster:
    if settings.kubeconfig is None:
        return connect.in_cluster()
    return connect.from_kubeconfig(settings.kubeconfig, settings.context)
