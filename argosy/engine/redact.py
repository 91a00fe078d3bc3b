"""Hide what a Secret holds before the object leaves the controller; which values are equal stays visible.

Called wherever live or desired objects are shown. "Argo CD replaces each value by a run of `+` whose length tells
values apart" (3.40).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from argosy.engine.managed import LAST_APPLIED
from argosy.engine.model.resource import Manifest, annotations_of, metadata_of

_SHORTEST = 8
_MASKED = "++++++++"


def is_secret(manifest: Manifest | None) -> bool:
    """Return whether the object is a core Secret."""
    return manifest is not None and manifest.get("kind") == "Secret" and manifest.get("apiVersion") == "v1"


def hide(manifests: Sequence[Manifest | None], *, annotations: Collection[str] = ()) -> list[Manifest | None]:
    """Return the states of one object with Secret values masked: equal values of a key get equal masks.

    `annotations` of Secrets are masked too (`resource.sensitive.mask.annotations`).
    """
    masks: dict[str, dict[str, str]] = {}
    return [_hidden(each, masks, annotations) if each is not None and is_secret(each) else each for each in manifests]


def _hidden(manifest: Manifest, masks: dict[str, dict[str, str]], sensitive: Collection[str]) -> Manifest:
    shown: dict[str, Any] = dict(manifest)
    for field in ("data", "stringData"):
        values = manifest.get(field)
        if isinstance(values, Mapping):
            shown[field] = {key: _mask(str(value), masks.setdefault(str(key), {})) for key, value in values.items()}
        elif field in manifest:
            shown[field] = _MASKED
    secret = {
        key: _MASKED if key == LAST_APPLIED else _mask(str(value), masks.setdefault(f"annotation {key}", {}))
        for key, value in annotations_of(manifest).items()
        if key == LAST_APPLIED or key in sensitive
    }
    if secret:
        metadata = metadata_of(manifest)
        shown["metadata"] = {**metadata, "annotations": {**annotations_of(manifest), **secret}}
    return shown


def _mask(value: str, seen: dict[str, str]) -> str:
    """Return the mask of a value: as many `+` as its place among the different values of its key says."""
    return seen.setdefault(value, "+" * (_SHORTEST + len(seen)))
