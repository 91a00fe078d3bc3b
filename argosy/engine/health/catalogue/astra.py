"""NetApp's application data management (Astra Control, now Trident protect). Source: docs.netapp.com/us-en/trident.

What runs once says its state: Running, then Completed, Failed or Error. A schedule and a hook work without a status;
both can be disabled. An application is Ready, and the rest of its status says how far it is protected.
"""

from argosy.engine.health.form import (
    degraded,
    false,
    first_of,
    has,
    healthy,
    is_,
    lacks,
    otherwise,
    progressing,
    suspended,
    true,
)

_NO_STATUS = "No status available"
_DISABLED = is_("spec.enabled", False, "false")
_FAILED = ("Failed", "Error", "failed", "error", "Removed", "Unavailable", "unavailable")

_RUN = first_of(
    progressing(lacks("status.state"), _NO_STATUS),
    healthy(is_("status.state", "Completed"), "{kind} {status.state}"),
    degraded(is_("status.state", *_FAILED), "{status.state}"),
    otherwise("Progressing", "{kind} {status.state}"),
)
_VAULT = first_of(
    progressing(lacks("status.state"), _NO_STATUS),
    healthy(is_("status.state", "available", "Available"), "{kind} Available"),
    degraded(is_("status.state", *_FAILED), "{status.error|Failed}"),
    otherwise("Progressing", "{kind} {status.state}"),
)
_APPLICATION = first_of(
    healthy(true("Ready"), "Astra Application Ready, protectionState: {status.protectionState}"),
    degraded(false("Ready"), "{conditions[Ready].message}"),
    otherwise("Progressing", _NO_STATUS),
)
_HOOK = first_of(
    suspended(_DISABLED, "{kind} disabled"),
    progressing(lacks("status"), _NO_STATUS),
    otherwise("Healthy", "{kind} enabled"),
)
_SCHEDULE = first_of(
    suspended(_DISABLED, "{kind} disabled"),
    degraded(has("status.error"), "{status.error}"),
    healthy(has("status.lastScheduleTime"), "Protection policy last executed at {status.lastScheduleTime}"),
    otherwise("Healthy", "Protection policy not yet executed"),
)

TABLE = {
    "astra.netapp.io/AppVault": _VAULT,
    "astra.netapp.io/Application": _APPLICATION,
    "astra.netapp.io/Backup": _RUN,
    "astra.netapp.io/ExecHook": _HOOK,
    "astra.netapp.io/ExecHooksRun": _RUN,
    "astra.netapp.io/ResourceBackup": _RUN,
    "astra.netapp.io/ResticVolumeBackup": _RUN,
    "astra.netapp.io/Schedule": _SCHEDULE,
    "astra.netapp.io/Snapshot": _RUN,
}
