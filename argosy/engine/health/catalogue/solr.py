"""Solr's operator: clouds. Source: apache.github.io/solr-operator, "SolrCloud CRD", status.

Replicas are counted as a StatefulSet counts them: those there, those ready, those of the newest specification.
"""

from argosy.engine.health.form import Fewer, either, every, first_of, has, lacks, otherwise, progressing

_UNREADY = either(
    every(has("spec.replicas"), Fewer("status.replicas", "spec.replicas")),
    Fewer("status.readyReplicas", "status.replicas"),
)
_CLOUD = first_of(
    progressing(lacks("status.replicas"), "Waiting for Solr to report its replicas"),
    progressing(_UNREADY, "Not all replicas are ready"),
    progressing(
        every(has("status.upToDateNodes"), Fewer("status.upToDateNodes", "status.replicas")),
        "Not all replicas are up to date",
    ),
    otherwise("Healthy", "Solr is ready"),
)

TABLE = {"solr.apache.org/SolrCloud": _CLOUD}
