"""What the API server writes about an object is nobody's wish: versions, ids, times, managed fields."""

from argosy.engine.managed import LAST_APPLIED
from argosy.engine.model.resource import Manifest
from argosy.engine.normalise.rules import Rules

_FIELDS = ("managedFields", "resourceVersion", "generation", "creationTimestamp", "uid", "selfLink")


def without(manifest: Manifest, _rules: Rules) -> Manifest:
    """Return the object without the API server's and kubectl's bookkeeping; empty labels and annotations go too."""
    metadata = {key: value for key, value in (manifest.get("metadata") or {}).items() if key not in _FIELDS}
    annotations = {key: value for key, value in (metadata.get("annotations") or {}).items() if key != LAST_APPLIED}
    metadata["annotations"] = annotations
    for key in ("annotations", "labels"):
        if not metadata.get(key):
            metadata.pop(key, None)
    return {**manifest, "metadata": metadata}
