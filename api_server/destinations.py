"""Open the cluster of an application: for events, and for the little that people do to single objects."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from api_server.errors import FailedPrecondition
from api_server.server import Server
from argosy.engine import settings
from argosy.engine.model.application import Application
from argosy.gateways.kubernetes.port import Cluster


def destination_of(server: Server, application: Application) -> settings.Cluster:
    """Return the entry of the application's cluster. Raises `FailedPrecondition` if there is none."""
    found = settings.cluster_for(server.settings, application.spec.destination)
    if isinstance(found, settings.Refusal):
        raise FailedPrecondition(f"spec.destination: {found.message}")
    return found


@asynccontextmanager
async def opened(server: Server, entry: settings.Cluster) -> AsyncGenerator[Cluster]:
    """Give the cluster; the one that we run in is our own connection, any other is closed afterwards."""
    if entry.server == settings.IN_CLUSTER_SERVER and not entry.config:
        yield server.outside.cluster
        return
    cluster = server.outside.clusters.open(entry.server, entry.config)
    try:
        yield cluster
    finally:
        await cluster.close()
