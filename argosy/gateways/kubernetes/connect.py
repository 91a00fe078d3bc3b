"""Open clusters: the only place that makes real ones. Imported by `wiring` modules.

Nothing here connects: the first request does, and asks credential plugins and token files then.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from argosy.gateways.kubernetes import kubeconfig, settings
from argosy.gateways.kubernetes.client import Client
from argosy.gateways.kubernetes.connection import Connection, TokenFile
from argosy.gateways.kubernetes.errors import InvalidConnection

IN_CLUSTER = "https://kubernetes.default.svc"

_SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


def from_kubeconfig(path: str | Path, context: str = "") -> Client:
    """Return the cluster of a kubeconfig's context (the current one if empty); `KUBECONFIG` is never asked.

    Raises `InvalidConnection` naming file and field.
    """
    return Client(kubeconfig.read(Path(path), context=context))


def in_cluster() -> Client:
    """Return the cluster in which this process runs as a pod, with its service account. Raises `InvalidConnection`."""
    host, port = os.environ.get("KUBERNETES_SERVICE_HOST", ""), os.environ.get("KUBERNETES_SERVICE_PORT", "")
    if not host or not port:
        raise InvalidConnection("this process does not run in a pod: KUBERNETES_SERVICE_HOST and _PORT are not set")
    authority = _SERVICE_ACCOUNT / "ca.crt"
    try:
        ca = authority.read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidConnection(f"{authority} cannot be read: {error.strerror}") from error
    address = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    return Client(Connection(address, identity=TokenFile(str(_SERVICE_ACCOUNT / "token")), ca=ca), name=IN_CLUSTER)


def from_settings(server: str, config: Mapping[str, Any]) -> Client:
    """Return the cluster at `server` with Argo CD's cluster `config` JSON. Raises `InvalidConnection`."""
    return Client(settings.read(server, config))


class Clusters:
    """The real `port.Clusters`."""

    def open(self, server: str, config: Mapping[str, Any]) -> Client:
        """See `port.Clusters.open`."""
        return from_settings(server, config)
