"""Config Connector of Google Cloud. Source: cloud.google.com/config-connector/docs, "Monitoring your resources".

The reason of Ready is the last event: a resource waits for what it refers to, is updated, or could not be.
"""

from argosy.engine.health.form import (
    Behind,
    degraded,
    false,
    first_of,
    healthy,
    is_,
    otherwise,
    progressing,
    suspended,
    true,
)

_WAITING = "Update in progress"
_READY = "{conditions[Ready].message}"
_RESOURCE = first_of(
    progressing(Behind(), _WAITING),
    healthy(true("Ready"), _READY),
    suspended(false("Ready", "DependencyNotReady", "DependencyNotFound"), _READY),
    progressing(false("Ready", "Creating", "Updating", "Deleting"), _READY),
    degraded(false("Ready"), _READY),
    otherwise("Progressing", "{conditions[Ready].message|" + _WAITING + "}"),
)
_OPERATOR = first_of(
    progressing(Behind(), _WAITING),
    healthy(is_("status.healthy", True), "{kind} is healthy"),
    degraded(is_("status.healthy", False), "{kind} is not healthy"),
    otherwise("Progressing", _WAITING),
)

TABLE = {
    "core.cnrm.cloud.google.com/ConfigConnector": _OPERATOR,
    "core.cnrm.cloud.google.com/ConfigConnectorContext": _OPERATOR,
    "*.cnrm.cloud.google.com/*": _RESOURCE,
}
