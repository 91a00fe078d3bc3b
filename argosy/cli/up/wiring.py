"""The one place of `argosy up` that opens a real cluster and asks the machine for the time."""

from datetime import datetime
from pathlib import Path

from argosy.gateways.clock import SystemClock
from argosy.gateways.kubernetes import connect
from argosy.gateways.kubernetes.port import Cluster


def cluster(kubeconfig: Path, context: str) -> Cluster:
    """Open the cluster of a kubeconfig. Raises `InvalidConnection`."""
    return connect.from_kubeconfig(kubeconfig, context)


def now() -> datetime:
    """Return the time."""
    return SystemClock().now()
