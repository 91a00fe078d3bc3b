"""LogScale's (Humio's) operator. Source: the states in the API of github.com/humio/humio-operator.

A cluster is Running, Pending, Restarting, Upgrading or has a ConfigError; what is configured in one Exists or not.
"""

from argosy.engine.health.form import Rule, degraded, first_of, healthy, is_, lacks, otherwise, progressing

_STATE = "Component state: {status.state}."
_NO_STATE = progressing(lacks("status.state"), "Update in progress")
_CONFIGURED = first_of(
    _NO_STATE,
    healthy(is_("status.state", "Exists"), _STATE),
    Rule("Missing", is_("status.state", "NotFound"), _STATE),
    degraded(is_("status.state", "ConfigError"), _STATE),
    otherwise("Unknown", _STATE),
)
_CLUSTER = first_of(
    _NO_STATE,
    healthy(is_("status.state", "Running"), "Cluster is running"),
    progressing(is_("status.state", "Pending"), "Cluster is waiting on resources to be provisioned"),
    progressing(is_("status.state", "Restarting"), "Cluster pods are being restarted"),
    progressing(is_("status.state", "Upgrading"), "Cluster pods are being upgraded"),
    degraded(is_("status.state", "ConfigError"), "User-provided cluster specification resulted in configuration error"),
    otherwise("Unknown", _STATE),
)

TABLE = {
    "core.humio.com/HumioAction": _CONFIGURED,
    "core.humio.com/HumioAlert": _CONFIGURED,
    "core.humio.com/HumioCluster": _CLUSTER,
    "core.humio.com/HumioIngestToken": _CONFIGURED,
    "core.humio.com/HumioParser": _CONFIGURED,
    "core.humio.com/HumioRepository": _CONFIGURED,
    "core.humio.com/HumioView": _CONFIGURED,
}
