"""Argo Workflow: its phase. (An Application has no health check of its own: with Argo CD, parents do not wait.)"""

from argosy.engine.health.verdict import Health, status_of
from argosy.engine.model.application import HealthCode
from argosy.engine.model.resource import Manifest

_PHASES: dict[str, HealthCode] = {
    "": "Progressing",
    "Pending": "Progressing",
    "Running": "Progressing",
    "Succeeded": "Healthy",
    "Failed": "Degraded",
    "Error": "Degraded",
}


def workflow(manifest: Manifest) -> Health:
    """Judge a workflow by its phase."""
    phase = str(status_of(manifest).get("phase") or "")
    return Health(_PHASES.get(phase, "Unknown"), str(status_of(manifest).get("message") or ""))
