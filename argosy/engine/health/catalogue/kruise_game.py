"""OpenKruiseGame: game servers and their sets. Source: openkruise.io/kruisegame, "Game server lifecycle" and its API.

A server's state is Creating, Ready, NotReady, Crash, Updating, Deleting or Unknown; its pod's conditions come with it.
A set counts the replicas that are ready, and ready at the newest revision.
"""

from argosy.engine.health.form import (
    Behind,
    Fewer,
    Some,
    at,
    degraded,
    either,
    elements,
    every,
    first_of,
    healthy,
    is_,
    lacks,
    not_,
    otherwise,
    progressing,
    suspended,
)
from argosy.engine.model.resource import Manifest

_STATE = "status.currentState"
_UNREADY = Some("status.podStatus.conditions", is_("status", "False"))


def _unready(manifest: Manifest) -> str:
    conditions = elements(manifest, "status.podStatus.conditions")
    return "Pod is not ready: " + ", ".join(
        str(each.get("type")) for each in conditions if each.get("status") == "False"
    )


_SERVER = first_of(
    degraded(is_(_STATE, "Crash", "NotReady"), "GameServer is {status.currentState}"),
    progressing(is_(_STATE, "Creating", "Updating", "Deleting"), "GameServer is {status.currentState}"),
    degraded(every(is_(_STATE, "Ready"), _UNREADY), _unready),
    healthy(is_(_STATE, "Ready"), "GameServer is Ready"),
    otherwise("Unknown", "Waiting for GameServer to be ready"),
)

_ROLLING = "spec.updateStrategy.rollingUpdate"


class _FewerUpdated:
    """Fewer replicas are ready at the newest revision than the partition lets through."""

    def holds(self, manifest: Manifest) -> bool:
        """See `form.Test`."""
        return int(at(manifest, "status.updatedReadyReplicas") or 0) < _let_through(manifest)


def _let_through(manifest: Manifest) -> int:
    replicas, held = at(manifest, "spec.replicas"), at(manifest, f"{_ROLLING}.partition")
    return int(1 if replicas is None else replicas) - int(held or 0)


def _updated(manifest: Manifest) -> str:
    ready = at(manifest, "status.updatedReadyReplicas") or 0
    return f"UpdatedReadyReplicas {ready}/{_let_through(manifest)}, still progressing"


_SET = first_of(
    progressing(either(lacks("status.observedGeneration"), Behind()), "Waiting for GameServerSet initialization"),
    suspended(is_(f"{_ROLLING}.paused", True), "GameServerSet is paused"),
    progressing(
        Fewer("status.readyReplicas", "spec.replicas"),
        "ReadyReplicas {status.readyReplicas|0}/{spec.replicas}, still progressing",
    ),
    progressing(_FewerUpdated(), _updated),
    suspended(
        not_(either(lacks(f"{_ROLLING}.partition"), is_(f"{_ROLLING}.partition", 0))),
        "GameServerSet needs manual intervention",
    ),
    otherwise("Healthy", "All GameServerSet replicas are ready and updated"),
)

TABLE = {
    "game.kruise.io/GameServer": _SERVER,
    "game.kruise.io/GameServerSet": _SET,
}
