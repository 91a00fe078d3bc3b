"""`argosy cluster add`: make an account on a cluster from the user's kubeconfig, and tell the server of it."""

import asyncio
import base64
import sys
from collections.abc import Mapping
from typing import Any

import click

from argosy.cli import client, cluster_account, kubeconfigs, wiring
from argosy.cli.command import WRONG_CALL, flag, number, text, texts
from argosy.cli.errors import CommandError, Finished
from argosy.cli.global_options import Globals
from argosy.cli.kubeconfigs import KubeContext
from argosy.cli.printing import note, say, table
from argosy.cli.reading import read_pairs
from argosy.gateways.kubernetes.errors import ClusterError

_IN_CLUSTER = "https://kubernetes.default.svc"


@click.command()
@click.argument("context", required=False)
@text("--kubeconfig", explain="The kubeconfig to read; $KUBECONFIG or ~/.kube/config otherwise")
@text("--name", explain="Name of the cluster; the context's otherwise")
@texts("--namespace", explain="Manage this namespace only; may be repeated")
@flag("--cluster-resources", explain="Manage cluster-scoped resources although namespaces are given")
@flag("--in-cluster", explain=f"Argosy runs in this cluster: reach it as {_IN_CLUSTER}")
@text("--service-account", explain="Use this service account, which exists, instead of making argocd-manager")
@text("--system-namespace", explain="Namespace of the service account", default="kube-system")
@number("--shard", explain="Shard that manages the cluster")
@text("--project", explain="Project that the cluster belongs to")
@texts("--label", explain="A label for the cluster, as name=value")
@texts("--annotation", explain="An annotation for the cluster, as name=value")
@text("--proxy-url", explain="Proxy to reach the cluster by")
@flag("--disable-compression", explain="Do without compression between Argosy and the cluster")
@flag("--upsert", explain="Overwrite a cluster of this address that is different")
@flag("--yes", "-y", explain="Do not ask")
@click.pass_obj
def command(options: Globals, context: str | None, **given: Any) -> None:
    """Add the cluster of CONTEXT, a context of the kubeconfig or the path of another one.

    On the cluster, the service account argocd-manager is made, with rights on everything.
    """
    known = kubeconfigs.contexts(given["kubeconfig"], options.environment)
    if not context:
        _choose(known)
        raise Finished(WRONG_CALL)
    found = kubeconfigs.find(context, known, options.environment)
    if not given["service_account"] and not _agreed(found, given):
        raise Finished(WRONG_CALL)
    try:
        token = asyncio.run(_token(found, given))
        cluster = _cluster(found, given, token=token)
    except ClusterError as error:
        raise CommandError(str(error)) from error
    with client.connect(options) as connected:
        added = connected.post("/api/v1/clusters", cluster, {"upsert": given["upsert"]})
    say(f"Cluster '{added.get('server') or cluster['server']}' added")


def _choose(known: list[KubeContext]) -> None:
    note("error: Choose a context name from:")
    table(("CURRENT", "NAME", "SERVER"), [("*" if each.current else "", each.name, each.server) for each in known])


def _agreed(found: KubeContext, given: Mapping[str, Any]) -> bool:
    if given["yes"] or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return True
    reach = "namespace" if given["namespace"] else "cluster"
    return click.confirm(
        f"WARNING: This will create a service account `{cluster_account.MANAGER}` on the cluster referenced by context "
        f"`{found.name}` with full {reach} level privileges. Do you want to continue"
    )


async def _token(found: KubeContext, given: Mapping[str, Any]) -> str:
    cluster = wiring.open_cluster(found.path, found.name)
    namespace = given["system_namespace"]
    try:
        if given["service_account"]:
            return await cluster_account.token(cluster, given["service_account"], system_namespace=namespace)
        return await cluster_account.install(cluster, system_namespace=namespace, namespaces=given["namespace"])
    finally:
        await cluster.close()


def _cluster(found: KubeContext, given: Mapping[str, Any], *, token: str) -> Mapping[str, Any]:
    """The body of the request: the account's token instead of what the user signs in with."""
    connection = wiring.connection_of(found.path, found.name)
    unverified = connection.server_certificate == "unverified"
    trust: dict[str, Any] = {
        "insecure": unverified,
        "serverName": connection.server_name,
        "caData": "" if unverified else base64.b64encode(connection.ca.encode()).decode(),
    }
    config: dict[str, Any] = {
        "bearerToken": token,
        "tlsClientConfig": {"insecure": unverified, **_present(trust)},
        "proxyUrl": given["proxy_url"] or connection.proxy,
        "disableCompression": given["disable_compression"] or connection.encoding == "identity",
    }
    optional: dict[str, Any] = {
        "namespaces": list(given["namespace"]),
        "clusterResources": given["cluster_resources"],
        "shard": given["shard"],
        "project": given["project"],
        "labels": read_pairs(given["label"], option="--label"),
        "annotations": read_pairs(given["annotation"], option="--annotation"),
    }
    server = _IN_CLUSTER if given["in_cluster"] else connection.server
    return {"server": server, "name": given["name"] or found.name, "config": _present(config), **_present(optional)}


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if not _is_absent(value)}


def _is_absent(value: Any) -> bool:
    return value is None or value is False or value in ("", [], {})
