"""A Secret's `stringData` is another way to write `data`; the API server folds it in, and so do we."""

import base64

from argosy.engine.model.resource import Manifest
from argosy.engine.normalise.rules import Rules


def fold(manifest: Manifest) -> Manifest:
    """Return a Secret with its `stringData` in `data`, in base64; any other object as it is."""
    if manifest.get("kind") != "Secret" or manifest.get("apiVersion") != "v1" or "stringData" not in manifest:
        return manifest
    given = manifest.get("stringData") or {}
    encoded = {key: base64.b64encode(str(value).encode()).decode() for key, value in given.items()}
    rest = {key: value for key, value in manifest.items() if key != "stringData"}
    return {**rest, "data": {**(manifest.get("data") or {}), **encoded}}


def folded(manifest: Manifest, _rules: Rules) -> Manifest:
    """`fold`, for the table."""
    return fold(manifest)
