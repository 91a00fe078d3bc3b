"""Pod. Source: the pod lifecycle in Kubernetes' documentation, and what Argo CD shows for each part of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from argosy.engine.health.verdict import Health, conditions_of, is_true, spec_of, status_of
from argosy.engine.model.resource import Manifest, annotations_of
from argosy.engine.options import is_hook

IGNORE_RESTART_POLICY = "argocd.argoproj.io/ignore-restart-policy"


def pod(manifest: Manifest) -> Health:
    """Judge a pod by its phase, and one that is meant to run on by its containers too."""
    policy = spec_of(manifest).get("restartPolicy") or "Always"
    ignores_policy = annotations_of(manifest).get(IGNORE_RESTART_POLICY) == "true" and not is_hook(manifest)
    runs_on = policy == "Always" or ignores_policy
    if runs_on:
        waiting = _failing_to_start(manifest)
        if waiting:
            return Health("Degraded", waiting)
    match status_of(manifest).get("phase"):
        case "Pending":
            return Health("Progressing", str(status_of(manifest).get("message", "")))
        case "Running":
            return _running(manifest) if runs_on else Health("Progressing", str(status_of(manifest).get("message", "")))
        case "Succeeded":
            return Health("Healthy", str(status_of(manifest).get("message", "")))
        case "Failed":
            return Health("Degraded", _why_failed(manifest))
        case _:
            return Health("Unknown", str(status_of(manifest).get("message", "")))


def _running_containers(manifest: Manifest) -> Iterable[Mapping[str, Any]]:
    return status_of(manifest).get("containerStatuses") or ()


def _containers(manifest: Manifest) -> Iterable[Mapping[str, Any]]:
    return (*(status_of(manifest).get("initContainerStatuses") or ()), *_running_containers(manifest))


def _failing_to_start(manifest: Manifest) -> str:
    """Return why containers cannot start, by the reason that the kubelet gives; empty if none says so."""
    messages: list[str] = []
    for container in _running_containers(manifest):
        waiting = (container.get("state") or {}).get("waiting") or {}
        reason = str(waiting.get("reason") or "")
        if reason.startswith("Err") or reason.endswith(("Error", "BackOff")):
            messages.append(str(waiting.get("message") or reason))
    return ", ".join(messages)


def _running(manifest: Manifest) -> Health:
    message = str(status_of(manifest).get("message", ""))
    if is_true(conditions_of(manifest).get("Ready")):
        return Health("Healthy", message)
    if any((each.get("lastState") or {}).get("terminated") for each in _running_containers(manifest)):
        return Health("Degraded", message)
    return Health("Progressing", message)


def _why_failed(manifest: Manifest) -> str:
    """Return the pod's own message, else that of the first container that failed."""
    message = str(status_of(manifest).get("message") or "")
    if message:
        return message
    for container in _containers(manifest):
        ended = (container.get("state") or {}).get("terminated") or {}
        if ended.get("message"):
            return str(ended["message"])
        if ended.get("reason") == "OOMKilled":
            return "OOMKilled"
        if ended.get("exitCode"):
            return f'container "{container.get("name")}" failed with exit code {ended["exitCode"]}'
    return ""
