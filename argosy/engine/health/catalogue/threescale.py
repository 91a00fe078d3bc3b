"""3scale API Management's operator. Source: its doc/*-reference.md, the conditions of each kind.

Invalid needs another spec, Orphan refers to what is not there, Failed is tried again and may come with either of them;
Ready, or Synced for products and backends, is the steady state.
"""

from argosy.engine.health.form import (
    Behind,
    Every,
    FirstOf,
    Message,
    degraded,
    every,
    false,
    first_of,
    first_text,
    has,
    healthy,
    otherwise,
    progressing,
    suspended,
    true,
)

_WAITING = "Waiting for 3scale {kind} status..."


def _with_reason(condition: str) -> Every:
    return every(false(condition), has(f"status.conditions[{condition}].reason"))


_MANAGER = first_of(
    healthy(true("Available"), "3scale {kind} is available"),
    degraded(_with_reason("Preflights"), "3scale {kind} is degraded: {conditions[Preflights].reason}"),
    degraded(_with_reason("Available"), "3scale {kind} is degraded: {conditions[Available].reason}"),
    otherwise("Progressing", _WAITING),
)


def _object(goal: str, done: str) -> FirstOf:
    return first_of(
        progressing(Behind(), _WAITING),
        degraded(true("Orphan"), _told("Orphan", "refers to what does not exist")),
        degraded(true("Invalid"), _told("Invalid", "configuration is invalid")),
        degraded(true("Failed"), _told("Failed", "synchronization failed")),
        suspended(true("Waiting"), _told("Waiting", "is waiting")),
        healthy(true(goal), f"3scale {{kind}} is {done}"),
        degraded(every(false(goal), has(f"status.conditions[{goal}].message")), f"{{conditions[{goal}].message}}"),
        otherwise("Progressing", _WAITING),
    )


def _told(condition: str, otherwise: str) -> Message:
    return first_text(f"{{conditions[{condition}].message}}", f"3scale {{kind}} {otherwise}")


_READY = _object("Ready", "ready")
_SYNCED = _object("Synced", "synced")

TABLE = {
    "apps.3scale.net/APIManager": _MANAGER,
    "capabilities.3scale.net/ActiveDoc": _READY,
    "capabilities.3scale.net/Application": _READY,
    "capabilities.3scale.net/ApplicationAuth": _READY,
    "capabilities.3scale.net/Backend": _SYNCED,
    "capabilities.3scale.net/CustomPolicyDefinition": _READY,
    "capabilities.3scale.net/DeveloperAccount": _READY,
    "capabilities.3scale.net/DeveloperUser": _READY,
    "capabilities.3scale.net/OpenAPI": _READY,
    "capabilities.3scale.net/Product": _SYNCED,
    "capabilities.3scale.net/ProxyConfigPromote": _READY,
    "capabilities.3scale.net/Tenant": _READY,
}
