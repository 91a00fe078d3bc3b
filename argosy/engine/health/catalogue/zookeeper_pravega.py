"""Pravega's ZooKeeper operator. Source: github.com/pravega/zookeeper-operator, the API, `ZookeeperClusterStatus`.

Members join the ensemble one by one; Upgrading and Error are conditions that are True when they are so.
"""

from argosy.engine.health.form import (
    Fewer,
    degraded,
    either,
    every,
    first_of,
    has,
    lacks,
    otherwise,
    progressing,
    true,
)

_JOINING = either(
    lacks("status.readyReplicas"),
    Fewer("status.readyReplicas", "status.replicas"),
    every(has("spec.replicas"), Fewer("status.readyReplicas", "spec.replicas")),
)
_CLUSTER = first_of(
    degraded(true("Error"), "{conditions[Error].message}"),
    progressing(true("Upgrading"), "{conditions[Upgrading].message|ZK Nodes are being upgraded}"),
    progressing(_JOINING, "Waiting for ZK Nodes to join the ensemble"),
    otherwise("Healthy", "All ZK Nodes have joined the ensemble"),
)

TABLE = {"zookeeper.pravega.io/ZookeeperCluster": _CLUSTER}
