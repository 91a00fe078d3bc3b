"""The health of a kind that no family has, by what conditions, generations and phases commonly mean.

As kstatus does it (sigs.k8s.io/cli-utils, "What is kstatus?"): a controller that has not seen the newest generation is
behind, Stalled is a failure, Reconciling is progress, Ready says the rest; and the words that controllers without
conditions write into a phase. It never guesses: an object that uses none of these words has no health. A condition that
was set for an older generation is out of date, as Kubernetes' API conventions say.
"""

import re
from collections.abc import Mapping
from typing import Any

from argosy.engine.health.verdict import Health
from argosy.engine.model.application import HealthCode
from argosy.engine.model.resource import GroupKind, Manifest, group_of

_NEVER = frozenset({GroupKind("argoproj.io", "Application"), GroupKind("argoproj.io", "AppProject")})
"""Parents do not wait for child applications unless a user says so (5.6), although their status has conditions."""

_FIRST: dict[HealthCode, tuple[str, ...]] = {
    "Degraded": ("Stalled", "Failed", "Failure", "Degraded", "Error", "Errored", "ErrorOccurred", "ReplicaFailure"),
    "Suspended": ("Suspended", "Paused"),
    "Progressing": ("Reconciling",),
}
"""What is so if one of these conditions is True, whatever the others are."""

_GOALS = (
    "Available",
    "Healthy",
    "Succeeded",
    "Complete",
    "Completed",
    "Established",
    "Programmed",
    "Accepted",
    "Deployed",
    "Synced",
    "Reconciled",
)
_MOVES = ("Progressing", "Updating", "Upgrading", "Creating", "Installing", "Pending", "Terminating")

_FAILED_FOR = re.compile(
    "Fail|Error|Invalid|Denied|Forbidden|Unauthorized|NotFound|Missing|TimedOut|Timeout|Exceeded|BackOff|Unsupported"
    "|Conflict|Rejected|Aborted|Cancel|Crash|Unhealthy"
)

_WORDS: dict[HealthCode, str] = {
    "Healthy": """
        active available bound complete completed deployed done established finished healthy installed online
        provisioned ready reconciled running succeeded success successful synced
    """,
    "Progressing": """
        bootstrapping building configuring creating deleting deploying importing initialization initializing inprogress
        installing migrating pending processing progressing provisioning queued reconciling resizing restarting
        restoring rolling scaling scheduled scheduling starting syncing terminating updating upgrading waiting
    """,
    "Degraded": """
        aborted broken crashed degraded error errored failed failure invalid lost rejected stalled timedout timeout
        unhealthy
    """,
    "Suspended": "hibernated paused stopped suspended",
}
_PHASES: dict[str, HealthCode] = {word: status for status, words in _WORDS.items() for word in words.split()}
_NOT_LETTERS = re.compile("[^a-z]+")


def by_conventions(manifest: Manifest) -> Health | None:
    """Return the health of an object whose status speaks in common words, None if it says nothing that is known."""
    status = manifest.get("status")
    if not isinstance(status, Mapping) or _kind_of(manifest) in _NEVER:
        return None
    newest = (manifest.get("metadata") or {}).get("generation")
    behind = _behind(status.get("observedGeneration"), newest)
    return behind or _by_conditions(status, newest) or _by_phase(status)


def _kind_of(manifest: Manifest) -> GroupKind:
    return GroupKind(group_of(str(manifest.get("apiVersion", ""))), str(manifest.get("kind", "")))


def _behind(seen: Any, newest: Any) -> Health | None:
    if isinstance(seen, int) and isinstance(newest, int) and seen < newest:
        return Health("Progressing", f"Waiting for generation {newest} to be observed, the last one was {seen}")
    return None


def _by_conditions(status: Mapping[str, Any], newest: Any) -> Health | None:
    found = _conditions(status)
    for verdict, kinds in _FIRST.items():
        for kind in kinds:
            if kind in found and found[kind].get("status") == "True":
                return Health(verdict, _words_of(found[kind]))
    goals = [found[kind] for kind in (("Ready",) if "Ready" in found else _GOALS) if kind in found]
    for goal in goals:
        if goal.get("status") != "True":
            return Health(_unmet(goal), _words_of(goal))
    if goals:
        seen = status.get("observedGeneration", goals[0].get("observedGeneration"))
        return _behind(seen, newest) or Health("Healthy", _words_of(goals[0]))
    moving = [found[kind] for kind in _MOVES if kind in found and found[kind].get("status") == "True"]
    return Health("Progressing", _words_of(moving[0])) if moving else None


def _conditions(status: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    listed = status.get("conditions")
    if not isinstance(listed, list):
        return {}
    return {
        each["type"]: each
        for each in listed
        if isinstance(each, Mapping)
        and isinstance(each.get("type"), str)
        and each.get("status") in ("True", "False", "Unknown")
    }


def _unmet(goal: Mapping[str, Any]) -> HealthCode:
    """Return whether what is not there yet is on its way: no reason to think that it failed means that it is."""
    failed = goal.get("status") == "False" and _FAILED_FOR.search(str(goal.get("reason") or ""))
    return "Degraded" if failed else "Progressing"


def _words_of(condition: Mapping[str, Any]) -> str:
    return str(condition.get("message") or condition.get("reason") or "")


def _by_phase(status: Mapping[str, Any]) -> Health | None:
    for field in ("phase", "state"):
        phase = status.get(field)
        if isinstance(phase, str):
            verdict = _PHASES.get(_NOT_LETTERS.sub("", phase.lower()))
            return Health(verdict, str(status.get("message") or phase)) if verdict else None
    return None
