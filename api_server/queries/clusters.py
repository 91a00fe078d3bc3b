"""Read destination clusters: never a credential, with what the controller knows of each."""

from collections.abc import Mapping
from typing import Any

from api_server.errors import NotFound
from api_server.permission import allows, require
from api_server.server import Caller, Server
from argosy.engine.access import Action, Permission
from argosy.engine.settings import Cluster
from argosy.gateways.live.errors import LiveError
from argosy.wire.controller import ClusterInfo


def permission(cluster: Cluster, action: Action) -> Permission:
    """Return the permission for a cluster: `<server>` or `<project>/<server>` (6.19)."""
    scoped = f"{cluster.project}/{cluster.server}" if cluster.project else cluster.server
    return Permission("clusters", action, scoped)


async def list_all(server: Server, caller: Caller, *, address: str, name: str) -> Mapping[str, Any]:
    """Return a `ClusterList` of the clusters that the caller may read, by address and name if they are given."""
    infos = await _infos(server)
    found = [
        cluster
        for cluster in server.settings.clusters
        if address in ("", cluster.server) and name in ("", cluster.name) and allows(caller, permission(cluster, "get"))
    ]
    return {"metadata": {}, "items": [shown(cluster, infos.get(cluster.server)) for cluster in found]}


async def get(server: Server, caller: Caller, identity: str, *, by_name: bool) -> Mapping[str, Any]:
    """Return one cluster. Raises `PermissionDenied`, `NotFound`."""
    cluster = find(server, caller, identity, "get", by_name=by_name)
    return shown(cluster, (await _infos(server)).get(cluster.server))


def find(server: Server, caller: Caller, identity: str, action: Action, *, by_name: bool) -> Cluster:
    """Return the cluster with this address or name that the caller may do the action to."""
    wanted = identity if by_name else identity.rstrip("/")
    for cluster in server.settings.clusters:
        if wanted == (cluster.name if by_name else cluster.server):
            require(caller, permission(cluster, action))
            return cluster
    require(caller, Permission("clusters", action, identity))
    raise NotFound(f"cluster {identity!r} not found")


def shown(cluster: Cluster, info: ClusterInfo | None) -> Mapping[str, Any]:
    """Return a cluster as Argo CD shows it: of its connection only what is no credential."""
    tls = cluster.config.get("tlsClientConfig")
    given: Mapping[str, Any] = tls if isinstance(tls, Mapping) else {}
    found = info or ClusterInfo(server=cluster.server)
    connection = {
        "status": found.connection_status,
        "message": found.connection_message,
        "attemptedAt": found.attempted_at or None,
    }
    fields: dict[str, Any] = {
        "namespaces": list(cluster.namespaces),
        "clusterResources": cluster.cluster_resources,
        "project": cluster.project,
        "shard": cluster.shard,
        "labels": dict(cluster.labels),
        "annotations": dict(cluster.annotations),
    }
    return {
        "server": cluster.server,
        "name": cluster.name,
        "config": {
            "tlsClientConfig": {
                "insecure": given.get("insecure") is True,
                **({"serverName": given["serverName"]} if given.get("serverName") else {}),
            }
        },
        "connectionState": connection,
        "serverVersion": found.server_version,
        "info": {
            "connectionState": connection,
            "serverVersion": found.server_version,
            "cacheInfo": {
                "resourcesCount": found.resources_count,
                "apisCount": found.apis_count,
                "lastCacheSyncTime": found.last_cache_sync_time or None,
            },
            "applicationsCount": found.applications_count,
            "apiVersions": list(found.api_versions),
        },
    } | {key: value for key, value in fields.items() if value not in (None, "", [], {}, False)}


async def _infos(server: Server) -> Mapping[str, ClusterInfo]:
    """Return what the controller knows, by address; nothing while it does not answer."""
    try:
        infos = await server.outside.live.clusters()
    except LiveError:
        return {}
    return {info.server: info for info in infos.items}
