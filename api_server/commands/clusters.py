"""Register and remove destination clusters. One that does not answer is not registered; credentials never come back."""

import json
from collections.abc import Mapping
from typing import Any

from api_server.commands import secrets
from api_server.errors import InvalidArgument, meaning_of
from api_server.permission import require
from api_server.queries.clusters import find, permission, shown
from api_server.server import Caller, Server
from api_server.writing import Deed, audited
from argosy.engine.settings import IN_CLUSTER_SERVER, Cluster
from argosy.gateways.kubernetes.errors import ClusterError, InvalidConnection
from argosy.wire.controller import ClusterInfo

_ANSWERED_ONLY = ("connectionState", "serverVersion", "info", "refreshRequestedAt")
_KNOWN = frozenset(
    ("server", "name", "config", "namespaces", "clusterResources", "project", "shard", "labels", "annotations")
)
# A program, a file or another cloud's identity on our own machine: not for a caller from outside to choose (S-122).
_REFUSED = ("execProviderConfig", "awsAuthConfig")


def cluster_of(body: Any) -> Cluster:
    """Return the cluster that a request describes. Raises `InvalidArgument` naming the field."""
    if not isinstance(body, Mapping):
        raise InvalidArgument("the body is not a JSON object")
    unknown = sorted(set(body) - _KNOWN - set(_ANSWERED_ONLY))
    if unknown:
        raise InvalidArgument(f"{unknown[0]}: unknown field of a cluster")
    address = _text(body, "server").rstrip("/")
    if not address.startswith(("https://", "http://")):
        raise InvalidArgument("server: is required, an http(s) address")
    config = {} if body.get("config") is None else body["config"]
    if not isinstance(config, Mapping):
        raise InvalidArgument("config: is not an object")
    for key in _REFUSED:
        if config.get(key):
            raise InvalidArgument(f"config.{key}: only an administrator may set it, in the cluster's Secret")
    namespaces = body.get("namespaces") or []
    if not isinstance(namespaces, list) or not all(isinstance(each, str) for each in namespaces):
        raise InvalidArgument("namespaces: is not a list of texts")
    return Cluster(
        server=address,
        name=_text(body, "name") or address,
        config=config,
        namespaces=tuple(namespaces),
        cluster_resources=body.get("clusterResources") is True,
        project=_text(body, "project"),
    )


def _text(body: Mapping[str, Any], field: str) -> str:
    value = body.get(field) or ""
    if not isinstance(value, str):
        raise InvalidArgument(f"{field}: is not a text")
    return value.strip()


async def create(server: Server, caller: Caller, body: Any, *, upsert: bool) -> Mapping[str, Any]:
    """Register a cluster; one that is there and equal is left alone, a different one needs `upsert`."""
    cluster = cluster_of(body)
    require(caller, permission(cluster, "create"))
    held = next((each for each in server.settings.clusters if each.server == cluster.server and each.secret), None)
    different = _differences(held, cluster) if held is not None else []
    if held is not None and different and not upsert:
        raise InvalidArgument(
            "existing cluster spec is different; use upsert flag to force update; different: " + ", ".join(different)
        )
    if held is not None and different:
        # Who changes an entry needs the right to what it was and to what it becomes (S-035).
        require(caller, permission(held, "update"))
        require(caller, permission(cluster, "update"))
    info = await _reached(server, cluster)
    if held is None or different:
        deed = Deed("create" if held is None else "update", f"clusters/{cluster.server}", {"name": cluster.name})
        async with audited(server, caller, deed):
            name = secrets.cluster_name(cluster.server)
            manifest = secrets.secret(server, name, "cluster", texts_of(cluster))
            await secrets.write(server, manifest, over=held.secret if held is not None else "")
    return shown(cluster, info)


async def delete(server: Server, caller: Caller, identity: str, *, by_name: bool) -> None:
    """Remove a cluster; what runs in it stays. Raises `PermissionDenied`, `NotFound`, `InvalidArgument`."""
    cluster = find(server, caller, identity, "delete", by_name=by_name)
    if not cluster.secret:
        raise InvalidArgument(
            f"{cluster.server} is the cluster that Argosy runs in and has no entry; "
            "set cluster.inClusterEnabled in argocd-cm to false to switch it off"
        )
    async with audited(server, caller, Deed("delete", f"clusters/{cluster.server}", {"name": cluster.name})):
        await secrets.delete(server, cluster.secret, managed=cluster.managed)


def texts_of(cluster: Cluster) -> Mapping[str, str]:
    """Return the texts of a cluster's Secret."""
    return {
        "name": cluster.name,
        "server": cluster.server,
        "config": json.dumps(cluster.config),
        "namespaces": ",".join(cluster.namespaces),
        "clusterResources": "true" if cluster.cluster_resources else "",
        "project": cluster.project,
    }


def _differences(held: Cluster, wanted: Cluster) -> list[str]:
    old, new = texts_of(held), texts_of(wanted)
    return sorted(key for key in new if key != "config" and old[key] != new[key]) + (
        ["config"] if dict(held.config) != dict(wanted.config) else []
    )


async def _reached(server: Server, cluster: Cluster) -> ClusterInfo:
    """Return what the cluster says of itself. Raises `InvalidArgument` if it cannot be used as it is described."""
    if cluster.server == IN_CLUSTER_SERVER:
        return ClusterInfo(server=cluster.server, connection_status="Successful")
    try:
        opened = server.outside.clusters.open(cluster.server, cluster.config)
    except InvalidConnection as error:
        raise InvalidArgument(f"config: {error}") from error
    try:
        found = json.loads(await opened.raw_get("/version"))
    except ClusterError as error:
        raise InvalidArgument(f"server: the cluster cannot be used: {meaning_of(error)}") from error
    finally:
        await opened.close()
    version = str(found.get("gitVersion", "")) if isinstance(found, dict) else ""
    return ClusterInfo(server=cluster.server, server_version=version, connection_status="Successful")
