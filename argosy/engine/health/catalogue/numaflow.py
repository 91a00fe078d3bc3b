"""Numaflow: pipelines, vertices, mono vertices, the buffers between them. Source: numaflow.numaproj.io, API reference.

The phase is what the controller is at; the conditions say which of the parts is well. A pipeline is paused on demand
and is well while it is.
"""

from argosy.engine.health.form import (
    Behind,
    Some,
    degraded,
    either,
    elements,
    false,
    first_of,
    healthy,
    is_,
    lacks,
    otherwise,
    progressing,
)
from argosy.engine.model.resource import Manifest

_WAITING = progressing(either(lacks("status.phase"), Behind()), "Waiting for {kind} status")
_FAILED = degraded(is_("status.phase", "Failed"), "{status.message|Failed}")
_UNWELL = Some("status.conditions", is_("status", "False"))
_PHASED = first_of(
    _WAITING,
    _FAILED,
    healthy(is_("status.phase", "Paused"), "{kind} is paused"),
    healthy(is_("status.phase", "Succeeded"), "{kind} is healthy"),
    progressing(is_("status.phase", "Pausing"), "{kind} is pausing"),
    progressing(is_("status.phase", "Deleting"), "{kind} is deleting"),
    degraded(_UNWELL, "Subresources are unhealthy"),
    healthy(is_("status.phase", "Running"), "{kind} is healthy"),
    otherwise("Progressing", "{kind} is {status.phase}"),
)


def _what_is_unwell(manifest: Manifest) -> str:
    unwell = next(each for each in elements(manifest, "status.conditions") if each.get("status") == "False")
    return str(unwell.get("message") or unwell.get("reason") or "")


_BUFFERS = first_of(
    _WAITING,
    _FAILED,
    progressing(false("ChildrenResourcesHealthy", "Progressing"), _what_is_unwell),
    degraded(_UNWELL, _what_is_unwell),
    healthy(is_("status.phase", "Running"), "{kind} is healthy"),
    otherwise("Progressing", "{kind} is {status.phase}"),
)

TABLE = {
    "numaflow.numaproj.io/InterStepBufferService": _BUFFERS,
    "numaflow.numaproj.io/MonoVertex": _PHASED,
    "numaflow.numaproj.io/Pipeline": _PHASED,
    "numaflow.numaproj.io/Vertex": _PHASED,
}
