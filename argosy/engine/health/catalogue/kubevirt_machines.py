"""KubeVirt: virtual machines and their running instances. Source: kubevirt.io/api-reference, `VirtualMachineStatus`.

`printableStatus` sums a machine up in a word; an instance has a phase as a Pod has. A machine that is off, or an
instance that has ended, was switched off by somebody: that is no failure.
"""

from argosy.engine.health.form import (
    Rule,
    degraded,
    every,
    false,
    first_of,
    healthy,
    is_,
    not_,
    otherwise,
    suspended,
    true,
)

_STATUS = "{status.printableStatus}"
_MACHINE = first_of(
    degraded(true("Failure"), "{conditions[Failure].message}"),
    degraded(
        is_(
            "status.printableStatus",
            "CrashLoopBackOff",
            "DataVolumeError",
            "ErrImagePull",
            "ErrorDataVolumeNotFound",
            "ErrorPvcNotFound",
            "ErrorUnschedulable",
            "ImagePullBackOff",
        ),
        _STATUS,
    ),
    suspended(is_("status.printableStatus", "Stopped", "Paused"), _STATUS),
    suspended(true("Paused"), "Paused"),
    healthy(every(is_("status.printableStatus", "Running", "Migrating"), not_(false("Ready"))), _STATUS),
    Rule("Unknown", is_("status.printableStatus", "Unknown"), _STATUS),
    otherwise("Progressing", "{status.printableStatus|Waiting for VirtualMachine}"),
)

_PHASE = "{status.phase}"
_INSTANCE = first_of(
    suspended(true("Paused"), "{conditions[Paused].message|Paused}"),
    suspended(is_("status.phase", "Succeeded"), _PHASE),
    degraded(is_("status.phase", "Failed"), _PHASE),
    healthy(every(is_("status.phase", "Running"), not_(false("Ready"))), _PHASE),
    Rule("Unknown", is_("status.phase", "Unknown"), _PHASE),
    otherwise("Progressing", "{status.phase|Waiting for VirtualMachineInstance}"),
)

TABLE = {"kubevirt.io/VirtualMachine": _MACHINE, "kubevirt.io/VirtualMachineInstance": _INSTANCE}
