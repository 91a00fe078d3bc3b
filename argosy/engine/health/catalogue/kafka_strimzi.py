"""Strimzi: Kafka and what belongs to it. Source: strimzi.io/docs, "Status of custom resources" and "Conditions".

A resource is either Ready or NotReady, both as conditions that are True; NotReady with the reason Creating is the first
deployment. Warnings stand beside them and change nothing. A generation that was not seen yet changes nothing either:
the operators answer a paused or rejected resource without taking it over.
"""

from argosy.engine.health.form import (
    FirstOf,
    degraded,
    first_of,
    healthy,
    otherwise,
    progressing,
    suspended,
    true,
)


def _of(name: str) -> FirstOf:
    return first_of(
        suspended(true("ReconciliationPaused"), "{conditions[ReconciliationPaused].message|Reconciliation is paused}"),
        healthy(true("Ready"), "{conditions[Ready].message}"),
        progressing(true("NotReady", "Creating"), "{conditions[NotReady].message|Waiting for " + name + "}"),
        degraded(true("NotReady"), "{conditions[NotReady].message}"),
        otherwise("Progressing", f"Waiting for {name}"),
    )


TABLE = {
    "kafka.strimzi.io/Kafka": _of("Kafka Cluster"),
    "kafka.strimzi.io/KafkaBridge": _of("KafkaBridge"),
    "kafka.strimzi.io/KafkaConnect": _of("Kafka Connect"),
    "kafka.strimzi.io/KafkaConnector": _of("Kafka Connector"),
    "kafka.strimzi.io/KafkaTopic": _of("Kafka Topic"),
    "kafka.strimzi.io/KafkaUser": _of("Kafka User"),
}
