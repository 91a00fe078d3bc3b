"""NetApp's Trident: its installation and its backends. Source: docs.netapp.com/us-en/trident, "Understand the status".

A backend's phase is Bound, Unbound, Lost, Failed, Deleting or Unknown, or empty before it has one;
`lastOperationStatus` is of what was done last. An installation is Installing, Installed, Updating, Uninstalling,
Uninstalled, Failed, or Error for a second one.
"""

from argosy.engine.health.form import Rule, degraded, every, first_of, has, healthy, is_, otherwise, progressing

_MESSAGE = "{status.message}"
_BACKEND = first_of(
    degraded(is_("status.lastOperationStatus", "Failed"), _MESSAGE),
    degraded(is_("status.phase", "Failed", "Lost"), "{status.message|Backend is lost}"),
    Rule("Unknown", is_("status.phase", "Unknown"), "{status.message|Backend is in an unknown state}"),
    healthy(every(is_("status.phase", "Bound"), is_("status.lastOperationStatus", "Success")), _MESSAGE),
    otherwise("Progressing", "Waiting for backend creation"),
)
_ORCHESTRATOR = first_of(
    healthy(is_("status.status", "Installed"), _MESSAGE),
    degraded(is_("status.status", "Error", "Failed"), _MESSAGE),
    progressing(has("status.message"), _MESSAGE),
    otherwise("Progressing", "Waiting for Trident to be installed"),
)

TABLE = {
    "trident.netapp.io/TridentBackendConfig": _BACKEND,
    "trident.netapp.io/TridentOrchestrator": _ORCHESTRATOR,
}
