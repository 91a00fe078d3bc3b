"""Koperator: Kafka clusters of Banzai Cloud. Source: its API reference, `KafkaCluster` (ClusterState, BrokerState).

The cluster has a state; each broker tells whether its configuration was taken over and whether Cruise Control is done
with it; Cruise Control keeps its own topic.
"""

from argosy.engine.health.form import Some, every, first_of, healthy, is_, not_, otherwise, progressing

_IN_SYNC = every(
    is_("configurationState", "ConfigInSync"),
    is_("gracefulActionState.cruiseControlState", "GracefulUpscaleSucceeded", "GracefulDownscaleSucceeded"),
)
_KAFKA_CLUSTER = first_of(
    progressing(is_("status.state", "ClusterReconciling"), "Kafka Cluster is Reconciling."),
    progressing(is_("status.state", "ClusterRollingUpgrading"), "Kafka Cluster is Rolling Upgrading."),
    healthy(
        every(
            is_("status.state", "ClusterRunning"),
            is_("status.cruiseControlTopicStatus", "CruiseControlTopicReady"),
            Some("status.brokersState", _IN_SYNC),
            not_(Some("status.brokersState", not_(_IN_SYNC))),
        ),
        "Kafka Brokers, CruiseControl and cluster are in Healthy State.",
    ),
    otherwise("Progressing", "Waiting for KafkaCluster"),
)

TABLE = {"kafka.banzaicloud.io/KafkaCluster": _KAFKA_CLUSTER}
