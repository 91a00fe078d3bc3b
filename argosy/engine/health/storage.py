"""PersistentVolumeClaim: healthy once it is bound."""

from argosy.engine.health.verdict import Health, status_of
from argosy.engine.model.application import HealthCode
from argosy.engine.model.resource import Manifest

_PHASES: dict[str, HealthCode] = {"Bound": "Healthy", "Pending": "Progressing", "Lost": "Degraded"}


def persistent_volume_claim(manifest: Manifest) -> Health:
    """Judge a claim by its phase."""
    return Health(_PHASES.get(str(status_of(manifest).get("phase") or ""), "Unknown"))
