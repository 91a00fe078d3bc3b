"""Cluster Secrets, and which cluster a destination means. Called by `settings.read`, the controller and the API."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from argosy.engine.model.application import Destination
from argosy.engine.model.resource import Manifest, annotations_of, labels_of
from argosy.engine.settings import secrets, values
from argosy.engine.settings.snapshot import IN_CLUSTER_NAME, IN_CLUSTER_SERVER, Cluster, Problem, Settings

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_KEYS = frozenset(("name", "server", "config", "namespaces", "clusterResources", "project", "shard"))


@dataclass(frozen=True, slots=True)
class Refusal:
    """A destination that means no cluster; the message says why and what to do."""

    message: str


def read(
    manifests: Iterable[Manifest], previous: Iterable[Cluster], *, in_cluster: bool
) -> tuple[tuple[Cluster, ...], tuple[Problem, ...]]:
    """Return the clusters by Secret name, and what is wrong; a malformed Secret's last good cluster is kept.

    The cluster that Argosy runs in comes first, unless a Secret describes it or it is switched off (6.51).
    """
    last = {cluster.secret: cluster for cluster in previous if cluster.secret}
    found: list[Cluster] = []
    problems: list[Problem] = []
    for manifest in sorted(manifests, key=secrets.name_of):
        name = secrets.name_of(manifest)
        try:
            texts = secrets.texts_of(manifest)
            cluster = _cluster(manifest, texts)
        except values.Malformed as error:
            kept = "the last good entry stays in force" if name in last else "the cluster is not used"
            problems.append(Problem(f"Secret {name}", "", f"{error}; {kept}"))
            if name in last:
                found.append(last[name])
            continue
        problems += [
            Problem(f"Secret {name}", key, "unknown key; it has no effect") for key in sorted(set(texts) - _KEYS)
        ]
        double = next((other for other in found if other.server == cluster.server), None)
        if double is not None:
            problems.append(Problem(f"Secret {name}", "server", f"Secret {double.secret} describes the same server"))
        elif in_cluster or cluster.server != IN_CLUSTER_SERVER:
            found.append(cluster)
    if in_cluster and all(cluster.server != IN_CLUSTER_SERVER for cluster in found):
        found.insert(0, Cluster(IN_CLUSTER_SERVER, IN_CLUSTER_NAME))
    return tuple(found), tuple(problems)


def _cluster(manifest: Manifest, texts: Mapping[str, str]) -> Cluster:
    server = values.text(texts.get("server", "")).rstrip("/")
    if not server.startswith(("https://", "http://")):
        raise values.Malformed("server is missing or no http(s) address")
    return Cluster(
        server=server,
        name=values.text(texts.get("name", "")) or server,
        config=_config(texts.get("config", "")),
        namespaces=values.comma_list(texts.get("namespaces", "")),
        cluster_resources=values.boolean(texts.get("clusterResources") or "false"),
        project=values.text(texts.get("project", "")),
        shard=values.whole_number(texts["shard"]) if texts.get("shard") else None,
        labels={key: value for key, value in labels_of(manifest).items() if key != secrets.TYPE_LABEL},
        annotations={
            key: value
            for key, value in annotations_of(manifest).items()
            if key not in (_LAST_APPLIED, secrets.MANAGED_BY)
        },
        secret=secrets.name_of(manifest),
        managed=secrets.made_by_us(manifest),
    )


def _config(text: str) -> Mapping[str, Any]:
    try:
        config = json.loads(text or "{}")
    except ValueError:
        # The parser's own words may quote the text, which holds credentials.
        raise values.Malformed("config is not JSON") from None
    if not isinstance(config, dict):
        raise values.Malformed("config is not a JSON object")
    return config


def cluster_for(settings: Settings, destination: Destination) -> Cluster | Refusal:
    """Return the cluster that a destination means (1.7): by exactly one of `server` and `name`."""
    if destination.server and destination.name:
        return Refusal(
            f"the destination has both server {destination.server!r} and name {destination.name!r}; give one of them"
        )
    if destination.server:
        return _by_server(settings, destination.server.rstrip("/"))
    if destination.name:
        return _by_name(settings, destination.name)
    return Refusal("the destination has neither server nor name; give one of them")


def _by_server(settings: Settings, server: str) -> Cluster | Refusal:
    for cluster in settings.clusters:
        if cluster.server == server:
            return cluster
    return Refusal(f"there is no cluster with server {server!r}; add it with `argosy cluster add`, or correct it")


def _by_name(settings: Settings, name: str) -> Cluster | Refusal:
    found = [cluster for cluster in settings.clusters if cluster.name == name]
    match found:
        case [cluster]:
            return cluster
        case []:
            return Refusal(f"there are no clusters with this name: {name}; add it with `argosy cluster add`")
        case _:
            servers = ", ".join(cluster.server for cluster in found)
            return Refusal(f"there are {len(found)} clusters with the same name: {servers}; use the server instead")
