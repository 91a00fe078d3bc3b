"""The one place of the command line that opens a cluster. Called by `cluster add`; imported only there."""

from pathlib import Path

from argosy.gateways.kubernetes import connect, kubeconfig
from argosy.gateways.kubernetes.client import Client
from argosy.gateways.kubernetes.connection import Connection


def open_cluster(path: Path, context: str) -> Client:
    """Open the cluster of a kubeconfig's context; raises `ClusterError`."""
    return connect.from_kubeconfig(path, context)


def connection_of(path: Path, context: str) -> Connection:
    """Read how the cluster of a context is reached and trusted; raises `ClusterError`."""
    return kubeconfig.read(path, context=context)
