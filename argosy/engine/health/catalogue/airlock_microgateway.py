"""Airlock Microgateway: all of its kinds. Source: docs.airlock.com/microgateway, and Gateway API's policy attachment.

A policy reports one entry for each ancestor that it is attached to, with conditions as a Gateway's: Accepted has to be
True, and none may be False. Conditions of an older generation say nothing. Kinds that policies refer to report nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from argosy.engine.health.form import at, elements
from argosy.engine.health.verdict import Health
from argosy.engine.model.resource import Manifest

Conditions = Sequence[Mapping[str, Any]]


def _current(ancestor: Mapping[str, Any], newest: Any) -> Conditions:
    """Return the conditions that are not of an older generation than the newest."""
    return [
        each
        for each in elements(ancestor, "conditions")
        if not isinstance(newest, int) or each.get("observedGeneration", newest) >= newest
    ]


def _objection(kind: str, conditions: Conditions) -> Health | None:
    """Return what an ancestor has against the policy, None if nothing."""
    for each in conditions:
        if each.get("status") == "False":
            return Health("Degraded", str(each.get("message") or f"Failed condition: {each.get('type')}"))
    accepted = next((each for each in conditions if each.get("type") == "Accepted"), None)
    if accepted is None:
        return Health("Degraded", f"{kind} is not accepted")
    if accepted.get("status") != "True":
        return Health("Progressing", str(accepted.get("message") or f"{kind} is not accepted yet"))
    return None


def _policy(manifest: Manifest) -> Health:
    kind, newest = str(manifest.get("kind")), at(manifest, "metadata.generation")
    ancestors = [(each, _current(each, newest)) for each in elements(manifest, "status.ancestors")]
    answered = [(at(each, "ancestorRef.name"), conditions) for each, conditions in ancestors if conditions]
    if not answered:
        return Health("Progressing", f"Waiting for {kind} status")
    objections = [(name, _objection(kind, conditions)) for name, conditions in answered]
    for status in ("Degraded", "Progressing"):
        for name, objection in objections:
            if objection is not None and objection.status == status:
                return Health(status, f"Ancestor {name}: {objection.message}")
    return Health("Healthy", f"{kind} is healthy")


def _other(manifest: Manifest) -> Health:
    return _policy(manifest) if manifest.get("status") else Health("Healthy", f"{manifest.get('kind')} is healthy")


TABLE = {"microgateway.airlock.com/*Policy": _policy, "microgateway.airlock.com/*": _other}
