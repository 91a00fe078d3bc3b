"""What is shown beside a pod: its state in one word as kubectl prints it, its node, containers, restarts, requests.

Called by `info`. Sources: kubectl's printer of pods, and the items that Argo CD shows (3.38).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from argosy.engine.model.resource import Manifest
from argosy.engine.model.tree import InfoItem
from argosy.engine.tree import reading, requests

_ENDED = ("Succeeded", "Failed")
_STARTING = "PodInitializing"


def info_of(pod: Manifest) -> tuple[InfoItem, ...]:
    """Return the facts about a pod; requests only while it holds them, in thousandths of a core and of a byte."""
    progress = _progress(pod)
    facts = {
        "Status Reason": _deleted(pod) or progress.reason,
        "Node": reading.text(pod, "spec", "nodeName"),
        "Containers": f"{progress.ready}/{_total(pod)}",
        "Restart Count": str(progress.restarts or ""),
    }
    if holds_requests(pod):
        wanted = requests.of_pod(pod)
        facts |= {"Requests (CPU)": str(wanted.get("cpu", 0)), "Requests (MEM)": str(wanted.get("memory", 0))}
    return tuple(InfoItem(name, value) for name, value in facts.items() if value)


def holds_requests(pod: Manifest) -> bool:
    """Return whether a pod has not ended, and so takes up what it requests."""
    return reading.text(pod, "status", "phase") not in _ENDED


@dataclass(frozen=True, slots=True)
class _Progress:
    """How far a pod is; `starting` says that its init containers are not done."""

    reason: str
    ready: int = 0
    restarts: int = 0
    starting: bool = False


def _progress(pod: Manifest) -> _Progress:
    first = _of_init_containers(pod)
    if first.starting and not _is_initialised(pod):
        return first
    return _of_containers(pod, first)


def _said(pod: Manifest) -> str:
    """Return what the pod says of itself."""
    gated = any(
        condition.get("type") == "PodScheduled" and condition.get("reason") == "SchedulingGated"
        for condition in reading.each(pod, "status", "conditions")
    )
    said = reading.text(pod, "status", "reason") or reading.text(pod, "status", "phase")
    return "SchedulingGated" if gated else said


def _is_initialised(pod: Manifest) -> bool:
    found = (each for each in reading.each(pod, "status", "conditions") if each.get("type") == "Initialized")
    return next((each.get("status") == "True" for each in found), False)


def _of_init_containers(pod: Manifest) -> _Progress:
    """Return how far the init containers are: they run one after the other, and the first one not done tells."""
    sidecars = {reading.text(each, "name") for each in _sidecars(pod)}
    number = len(reading.each(pod, "spec", "initContainers"))
    ready = restarts = 0
    for index, each in enumerate(reading.each(pod, "status", "initContainerStatuses")):
        restarts += reading.number(each, "restartCount")
        ended = reading.mapping(each, "state", "terminated")
        if ended and not reading.number(ended, "exitCode"):
            continue
        if reading.text(each, "name") in sidecars and each.get("started") is True:
            ready += each.get("ready") is True
            continue
        return _Progress(f"Init:{_why_not_done(each) or f'{index}/{number}'}", ready, restarts, starting=True)
    return _Progress(_said(pod), ready, restarts)


def _why_not_done(container: Mapping[str, Any]) -> str:
    ended = reading.mapping(container, "state", "terminated")
    if ended:
        return _how_it_ended(ended)
    waits = reading.text(container, "state", "waiting", "reason")
    return "" if waits == _STARTING else waits


def _how_it_ended(ended: Mapping[str, Any]) -> str:
    signal = reading.number(ended, "signal")
    by_number = f"Signal:{signal}" if signal else f"ExitCode:{reading.number(ended, 'exitCode')}"
    return reading.text(ended, "reason") or by_number


def _of_containers(pod: Manifest, first: _Progress) -> _Progress:
    """Return how far the containers are; the first one that has something to say is heard."""
    statuses = reading.each(pod, "status", "containerStatuses")
    reasons = [reason for reason in map(_trouble, statuses) if reason]
    running = sum(1 for each in statuses if not _trouble(each) and _runs(each))
    reason = reasons[0] if reasons else first.reason
    return _Progress(
        reason="Running" if reason == "Completed" and running else reason,
        ready=first.ready + running,
        restarts=first.restarts + sum(reading.number(each, "restartCount") for each in statuses),
    )


def _trouble(container: Mapping[str, Any]) -> str:
    """Return why a container waits or how it ended, empty if it does neither."""
    ended = reading.mapping(container, "state", "terminated")
    return reading.text(container, "state", "waiting", "reason") or (_how_it_ended(ended) if ended else "")


def _runs(container: Mapping[str, Any]) -> bool:
    return container.get("ready") is True and reading.at(container, "state", "running") is not None


def _deleted(pod: Manifest) -> str:
    """Return the state of a pod that is being deleted, empty for one that is not, or that ended before."""
    if not reading.text(pod, "metadata", "deletionTimestamp"):
        return ""
    if reading.text(pod, "status", "reason") == "NodeLost":
        return "Unknown"
    return "Terminating" if holds_requests(pod) else ""


def _total(pod: Manifest) -> int:
    return len(reading.each(pod, "spec", "containers")) + len(_sidecars(pod))


def _sidecars(pod: Manifest) -> list[Mapping[str, Any]]:
    """Return the init containers that run on beside the others."""
    return [each for each in reading.each(pod, "spec", "initContainers") if each.get("restartPolicy") == "Always"]
