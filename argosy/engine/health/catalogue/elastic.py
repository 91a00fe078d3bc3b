"""Elastic Cloud on Kubernetes: Elasticsearch, Beats, Logstash. Source: elastic.co/guide, the API reference of ECK.

`health` is green, yellow or red, of the cluster for Elasticsearch and of the pods for the others; `phase` says what the
operator does with an Elasticsearch.
"""

from argosy.engine.health.form import (
    Behind,
    FirstOf,
    at,
    degraded,
    either,
    elements,
    first_of,
    healthy,
    is_,
    lacks,
    otherwise,
    progressing,
)
from argosy.engine.model.resource import Manifest

_UNKNOWN = (
    " status is unknown. Ensure your ArgoCD is current and then check for/file a bug report:"
    " https://github.com/argoproj/argo-cd/issues"
)
_CHECK = "Check the status of indices, replicas and shards"


def _pods(name: str) -> FirstOf:
    return first_of(
        progressing(Behind(), f"{name} phase is progressing"),
        healthy(is_("status.health", "green"), f"{name} status is Green"),
        progressing(is_("status.health", "yellow"), f"{name} status is Yellow"),
        degraded(is_("status.health", "red"), f"{name} status is Red"),
        progressing(lacks("status.health"), f"{name} phase is progressing"),
        otherwise("Unknown", f"{name}{_UNKNOWN}"),
    )


def _wanted(manifest: Manifest) -> int:
    return sum(int(each.get("count") or 0) for each in elements(manifest, "spec.nodeSets"))


def _available(manifest: Manifest) -> int:
    return int(at(manifest, "status.availableNodes") or 0)


class _NodesMissing:
    """The cluster runs on fewer nodes than its node sets ask for."""

    def holds(self, manifest: Manifest) -> bool:
        """See `form.Test`."""
        return _available(manifest) < _wanted(manifest)


def _how_many(manifest: Manifest) -> str:
    return (
        f"The desired amount of availableNodes is {_wanted(manifest)} but the current amount is {_available(manifest)}"
    )


_PHASE = "Elasticsearch phase is {status.phase}"
_ELASTICSEARCH = first_of(
    progressing(either(lacks("status"), Behind()), "Elasticsearch phase is progressing"),
    degraded(is_("status.phase", "Invalid", "Stalled"), _PHASE),
    progressing(is_("status.phase", "ApplyingChanges", "MigratingData"), _PHASE),
    degraded(is_("status.health", "red"), f"Elasticsearch Cluster status is Red. {_CHECK}"),
    progressing(_NodesMissing(), _how_many),
    progressing(is_("status.health", "yellow"), f"Elasticsearch Cluster status is Yellow. {_CHECK}"),
    healthy(is_("status.health", "green"), "Elasticsearch Cluster status is Green"),
    progressing(lacks("status.health"), "Elasticsearch phase is progressing"),
    otherwise("Unknown", f"Elasticsearch Cluster{_UNKNOWN}"),
)

TABLE = {
    "beat.k8s.elastic.co/Beat": _pods("Elastic Beat"),
    "elasticsearch.k8s.elastic.co/Elasticsearch": _ELASTICSEARCH,
    "logstash.k8s.elastic.co/Logstash": _pods("Logstash"),
}
