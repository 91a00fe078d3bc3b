"""An object from before ownership was marked by annotation: its label says whose it is, until the next apply (3.15).

Without this, a change of the tracking method would make every object differ. An annotation that says something else is
a real difference.
"""

from argosy.engine import tracking
from argosy.engine.model.resource import Manifest, annotations_of, labels_of, metadata_of
from argosy.engine.normalise.rules import Rules

_ANNOTATIONS = (tracking.TRACKING_ID, tracking.INSTALLATION_ID)


def without(desired: Manifest, live: Manifest, rules: Rules) -> tuple[Manifest, Manifest]:
    """Return both sides without the marks that only the other method would have made."""
    label = rules.tracking.label_key
    if rules.tracking.method == "label" or label not in labels_of(live):
        return desired, live
    if tracking.TRACKING_ID not in annotations_of(live):
        desired = _dropped(desired, "annotations", _ANNOTATIONS)
    if label not in labels_of(desired):
        live = _dropped(live, "labels", (label,))
    return desired, live


def _dropped(manifest: Manifest, field: str, names: tuple[str, ...]) -> Manifest:
    metadata = metadata_of(manifest)
    kept = {name: value for name, value in (metadata.get(field) or {}).items() if name not in names}
    rest = {name: value for name, value in metadata.items() if name != field}
    return {**manifest, "metadata": {**rest, field: kept} if kept else rest}
