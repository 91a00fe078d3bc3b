"""AWS Controllers for Kubernetes. Source: aws-controllers-k8s.github.io, "Understanding ACK Controller Conditions".

Terminal needs another spec; Recoverable may go away by itself, and the controller tries on; ResourceSynced (and Ready,
which newer controllers write too) says that the resource in AWS is as wanted.
"""

from argosy.engine.health.form import degraded, either, false, first_of, healthy, otherwise, progressing, true

_WAITING = "Waiting for the resource to be synced"
_RESOURCE = first_of(
    degraded(true("ACK.Terminal"), "{status.conditions[ACK.Terminal].message}"),
    degraded(false("ACK.ReferencesResolved"), "{status.conditions[ACK.ReferencesResolved].message}"),
    progressing(true("ACK.Recoverable"), "{status.conditions[ACK.Recoverable].message}"),
    healthy(either(true("ACK.ResourceSynced"), true("Ready"))),
    otherwise("Progressing", "{status.conditions[ACK.ResourceSynced].message|" + _WAITING + "}"),
)

TABLE = {"*.services.k8s.aws/*": _RESOURCE}
