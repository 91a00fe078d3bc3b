"""DeploymentConfig. Source: docs.openshift.com, "DeploymentConfig [apps.openshift.io/v1]", and its condition reasons.

Progressing is Unknown until the deployer's pod runs, True while the controller moves or has moved (the reason says
which), False after a failure.
"""

from argosy.engine.health.form import (
    Behind,
    degraded,
    either,
    every,
    false,
    first_of,
    healthy,
    is_,
    lacks,
    otherwise,
    progressing,
    suspended,
    true,
)

_WAITING = "replication controller is waiting for pods to run"
_BAD = "Deployment config is degraded"
_DEPLOYMENT_CONFIG = first_of(
    suspended(is_("spec.paused", True), "Deployment config is paused"),
    progressing(either(lacks("status.conditions"), Behind()), _WAITING),
    degraded(either(false("Available"), false("Progressing"), true("ReplicaFailure")), _BAD),
    healthy(
        either(
            true("Progressing", "NewReplicationControllerAvailable"),
            every(true("Available"), lacks("status.conditions[Progressing]")),
        ),
        "replication controller successfully rolled out",
    ),
    otherwise("Progressing", _WAITING),
)

TABLE = {"apps.openshift.io/DeploymentConfig": _DEPLOYMENT_CONFIG}
