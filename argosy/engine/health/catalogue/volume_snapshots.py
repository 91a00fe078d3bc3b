"""Kubernetes' volume snapshots. Source: kubernetes-csi.github.io/docs, "Snapshot APIs", `readyToUse` and `error`.

An error is that of the last attempt; it is taken away once one succeeds.
"""

from argosy.engine.health.form import degraded, first_of, has, healthy, is_, lacks, otherwise, progressing

_SNAPSHOT = first_of(
    progressing(lacks("status"), "Waiting for status"),
    healthy(is_("status.readyToUse", True), "Ready to use"),
    degraded(has("status.error"), "{status.error.message}"),
    otherwise("Progressing", "Waiting to be ready to use"),
)

TABLE = {
    "snapshot.storage.k8s.io/VolumeSnapshot": _SNAPSHOT,
    "snapshot.storage.k8s.io/VolumeSnapshotContent": _SNAPSHOT,
}
