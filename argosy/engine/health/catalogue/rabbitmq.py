"""RabbitMQ's operators: clusters, and what is in them. Source: rabbitmq.com/kubernetes/operator, "Status conditions".

What is in a cluster is Ready once it was created or updated; without a status nothing is known of it. A cluster has
conditions of its own, Unknown while the operator cannot ask; warnings (NoWarnings) are no failure.
"""

from argosy.engine.health.form import (
    FirstOf,
    degraded,
    either,
    every,
    false,
    first_of,
    healthy,
    lacks,
    otherwise,
    progressing,
    true,
    unknown,
)

_CLUSTER = first_of(
    progressing(lacks("status.conditions"), "Waiting for RabbitMQ cluster status"),
    degraded(false("ReconcileSuccess"), "{conditions[ReconcileSuccess].message}"),
    progressing(
        either(unknown("ClusterAvailable"), unknown("AllReplicasReady")),
        "Waiting for RabbitMQ cluster readiness (conditions unknown)",
    ),
    progressing(false("ClusterAvailable"), "Waiting for RabbitMQ cluster formation"),
    progressing(false("AllReplicasReady"), "Waiting for RabbitMQ instances ready"),
    healthy(every(true("ClusterAvailable"), true("AllReplicasReady")), "RabbitMQ cluster ready"),
    otherwise("Progressing", "Waiting for RabbitMQ cluster status"),
)


def _inside(name: str) -> FirstOf:
    return first_of(
        healthy(true("Ready"), f"RabbitMQ {name} ready"),
        degraded(false("Ready"), f"RabbitMQ {name} failed to be created or updated"),
        otherwise("Unknown", f"RabbitMQ {name} status is unknown"),
    )


TABLE = {"rabbitmq.com/RabbitmqCluster": _CLUSTER} | {
    f"rabbitmq.com/{kind}": _inside(kind.lower())
    for kind in ("Binding", "Exchange", "Permission", "Policy", "Queue", "Shovel", "User", "Vhost")
}
