"""CloudNativePG clusters: what `kubectl cnpg promote`, `reload`, `restart` do, and leaving one alone for a while.

Source: cloudnative-pg.io, "kubectl plugin" and "labels and annotations". A new primary is asked for in the status, as
the plugin does, and has to be a healthy instance: by its name, its number, or `any`.
"""

from typing import Any

from argosy.engine.actions.defined import Parameter
from argosy.engine.actions.form import Action, Asked, CannotRun, If, Patch, annotates, annotation_is, patches
from argosy.engine.health.form import at, not_
from argosy.engine.model.resource import Manifest, metadata_of
from argosy.engine.times import text

_LOOP = "cnpg.io/reconciliationLoop"
_OFF = annotation_is(_LOOP, "disabled")
_ANY = "any"


def _replicas(manifest: Manifest) -> list[str]:
    """Return the healthy instances that could become the primary."""
    healthy: Any = at(manifest, "status.instancesStatus.healthy") or []
    return [each for each in healthy if each != at(manifest, "status.currentPrimary")]


def _promoted(asked: Asked) -> Patch:
    wanted = asked.parameters.get("instance", _ANY).strip() or _ANY
    own = metadata_of(asked.manifest).get("name", "")
    fitting = [each for each in _replicas(asked.manifest) if wanted in (_ANY, each, each.removeprefix(f"{own}-"))]
    if not fitting:
        raise CannotRun(f"Could not find a healthy instance matching the criteria: {wanted}")
    return {
        "status": {
            "targetPrimary": fitting[0],
            "targetPrimaryTimestamp": f"{asked.now:%Y-%m-%dT%H:%M:%S.%fZ}",
            "phase": "Switchover in progress",
            "phaseReason": f"Switching over to {fitting[0]}",
        }
    }


TABLE = {
    "postgresql.cnpg.io/Cluster": (
        Action(name="restart", does=annotates(lambda asked: {"kubectl.kubernetes.io/restartedAt": text(asked.now)})),
        Action(name="reload", does=annotates(lambda asked: {"cnpg.io/reloadedAt": text(asked.now)})),
        Action(
            name="promote",
            does=patches(_promoted),
            disabled=If(lambda manifest: not _replicas(manifest)),
            parameters=(Parameter("instance", _ANY),),
        ),
        Action(name="suspend", does=annotates({_LOOP: "disabled"}), disabled=_OFF),
        Action(name="resume", does=annotates({_LOOP: None}), disabled=not_(_OFF)),
    ),
}
