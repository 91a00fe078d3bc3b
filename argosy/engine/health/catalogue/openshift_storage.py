"""OpenShift Data Foundation: storage clusters. Source: docs.redhat.com, and ocs-operator's API, `StorageClusterStatus`.

Available, Progressing and Degraded as cluster operators have them; ReconcileComplete is False with ReconcileFailed when
the operator met an error.
"""

from argosy.engine.health.form import degraded, false, first_of, healthy, otherwise, progressing, true

_STORAGE_CLUSTER = first_of(
    degraded(true("VersionMismatch"), "{conditions[VersionMismatch].message}"),
    degraded(true("Degraded"), "{conditions[Degraded].message}"),
    degraded(false("ReconcileComplete", "ReconcileFailed"), "{conditions[ReconcileComplete].message}"),
    progressing(true("Progressing"), "{conditions[Progressing].message}"),
    healthy(true("Available"), "{conditions[Available].message}"),
    degraded(false("Available"), "{conditions[Available].message}"),
    otherwise("Progressing", "Waiting for StorageCluster to be available"),
)

TABLE = {"ocs.openshift.io/StorageCluster": _STORAGE_CLUSTER}
