"""Builds the controller from its settings; the only module of it that imports a concrete gateway."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog

from app_controller.answers import Answers
from app_controller.fenced import Fenced
from app_controller.loop import Loop
from app_controller.observe.clusters import Clusters
from app_controller.operations import Operations
from app_controller.outside import Outside
from app_controller.queue import Queue
from app_controller.report import Reporter
from app_controller.revisions import Revisions
from app_controller.serve import Deltas
from app_controller.settings import Settings
from app_controller.watched import Watched
from app_controller.work import Work
from argosy.gateways.clock import Clock, SystemClock
from argosy.gateways.kubernetes import connect
from argosy.gateways.kubernetes.lease import Lease
from argosy.gateways.kubernetes.port import Cluster
from argosy.gateways.manifests.http import HttpManifests
from argosy.gateways.store import keys, sql
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.runner import ScriptRunner
from argosy.gateways.tools.worker import Program

LEASE = "argosy-application-controller"
_PATIENCE = 3.0
_WORKERS = 2

_log = structlog.get_logger(__name__)


class FencedClusters:
    """Opens destinations behind the lease."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease

    def open(self, server: str, config: Mapping[str, Any]) -> Cluster:
        """See `port.Clusters.open`."""
        return Fenced(connect.from_settings(server, config), self._lease.check)


@asynccontextmanager
async def controller(settings: Settings) -> AsyncGenerator[tuple[Loop, Work, Deltas, Lease]]:
    """Connect, wait for the lease, and yield the controller at rest; everything is closed afterwards."""
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        real = _control(settings)
        stack.push_async_callback(real.close)
        store = await sql.open_store(settings.database_url, keys.load_or_create(settings.key_file))
        stack.push_async_callback(store.close)
        manifests = HttpManifests(settings.repo_server, token=settings.repo_server_token)
        stack.push_async_callback(manifests.close)
        lease = Lease(real, clock, namespace=settings.namespace, name=LEASE, identity=settings.identity)
        waiting = asyncio.get_running_loop().call_later(_PATIENCE, _say_that_we_wait, settings)
        await stack.enter_async_context(lease.hold())
        waiting.cancel()
        await store.fence(lease.epoch)
        control = Fenced(real, lease.check)
        destinations = Clusters(control, FencedClusters(lease), clock)
        stack.push_async_callback(destinations.close)
        tools = _tools(settings, clock)
        stack.push_async_callback(tools.close)
        outside = Outside(
            control,
            destinations,
            store,
            manifests,
            Revisions(manifests, clock),
            Answers(ScriptRunner(tools), clock),
            clock,
            settings.namespace,
            lease.epoch,
        )
        watched = Watched(settings.namespace)
        work = Work(outside, watched, Reporter(outside, watched), Queue(watched.lane))
        deltas = Deltas()
        yield Loop(work, Operations(work), deltas), work, deltas, lease


def _tools(settings: Settings, clock: Clock) -> Pool:
    """Return what runs users' scripts; no worker is started before the first question."""
    program = Program(path=settings.tool_worker, allow_unsandboxed=settings.unsandboxed)
    return Pool(program, size=_WORKERS, clock=clock)


def _say_that_we_wait(settings: Settings) -> None:
    _log.warning(
        "another controller holds the lease; waiting until it is given back or runs out",
        lease=f"{settings.namespace}/{LEASE}",
    )


def _control(settings: Settings) -> Cluster:
    if settings.kubeconfig is None:
        return connect.in_cluster()
    return connect.from_kubeconfig(settings.kubeconfig, settings.context)
