"""SAP BTP service operator: service instances and bindings. Source: github.com/SAP/sap-btp-service-operator, README.

Succeeded is of the last operation, with its name in the reason (CreateInProgress, UpdateFailed, Blocked, ...); Failed
is there if it failed; Ready says that there is something to use. Each names the generation that it is of.
"""

from argosy.engine.health.form import (
    Behind,
    degraded,
    either,
    false,
    first_of,
    healthy,
    lacks,
    otherwise,
    progressing,
    true,
)

_OF_AN_OLDER_SPEC = either(
    Behind("conditions[Succeeded].observedGeneration"),
    Behind("conditions[Failed].observedGeneration"),
    Behind("conditions[Ready].observedGeneration"),
)
_SERVICE = first_of(
    progressing(lacks("status.conditions"), "Waiting for status"),
    progressing(_OF_AN_OLDER_SPEC, "Waiting for spec update to be observed"),
    degraded(true("Failed"), "{conditions[Failed].message}"),
    degraded(
        false("Succeeded", "CreateFailed", "UpdateFailed", "DeleteFailed", "Failed"),
        "{conditions[Succeeded].message}",
    ),
    progressing(false("Succeeded"), "{conditions[Succeeded].message|Waiting for status}"),
    healthy(true("Ready"), "Ready to use"),
    otherwise("Progressing", "{conditions[Ready].message|Waiting for status}"),
)

TABLE = {
    "services.cloud.sap.com/ServiceBinding": _SERVICE,
    "services.cloud.sap.com/ServiceInstance": _SERVICE,
}
DELETING = dict.fromkeys(TABLE, first_of(otherwise("Progressing", "Resource is being deleted")))
