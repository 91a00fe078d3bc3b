"""KubeVirt's Containerized Data Importer: data volumes. Source: its doc/datavolumes.md, "Status phases" and conditions.

The condition Running is False with the reason Error while a failed transfer is tried again, in whatever phase that is.
"""

from argosy.engine.health.form import (
    Rule,
    degraded,
    false,
    first_of,
    healthy,
    is_,
    lacks,
    otherwise,
    progressing,
    suspended,
)

_PHASE = "{status.phase}"
_DATA_VOLUME = first_of(
    progressing(lacks("status.phase"), "Waiting for DataVolume"),
    healthy(is_("status.phase", "Succeeded"), _PHASE),
    degraded(false("Running", "Error"), "{conditions[Running].message}"),
    degraded(is_("status.phase", "Failed"), _PHASE),
    suspended(is_("status.phase", "Paused"), _PHASE),
    Rule("Unknown", is_("status.phase", "Unknown"), _PHASE),
    otherwise("Progressing", _PHASE),
)

TABLE = {"cdi.kubevirt.io/DataVolume": _DATA_VOLUME}
