"""A Secret's `stringData` is another way to write `data`; the API server folds it in, and so do we (3.7)."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from argosy.engine.model.resource import Manifest
from argosy.engine.normalise.rules import Rules


def is_secret(manifest: Manifest) -> bool:
    """Return whether the object is a core Secret."""
    return manifest.get("kind") == "Secret" and manifest.get("apiVersion") == "v1"


def fold(manifest: Manifest) -> Manifest:
    """Return a Secret with its `stringData` in `data`, in base64; any other object as it is.

    What is no text stays as it is written, for the API server to refuse.
    """
    if not is_secret(manifest) or "stringData" not in manifest:
        return manifest
    given, data = manifest["stringData"], manifest.get("data")
    if not all(each is None or isinstance(each, Mapping) for each in (given, data)):
        return manifest
    encoded = {
        key: base64.b64encode(value.encode()).decode() if isinstance(value, str) else value
        for key, value in (given or {}).items()
    }
    rest = {key: value for key, value in manifest.items() if key != "stringData"}
    return {**rest, "data": {**(data or {}), **encoded}} if encoded else rest


def folded(manifest: Manifest, _rules: Rules) -> Manifest:
    """Return a Secret with all its values in `data`, in the one form of base64 that the API server writes."""
    if not is_secret(manifest):
        return manifest
    whole = fold(manifest)
    data = whole.get("data")
    if not isinstance(data, Mapping):
        return whole
    return {**whole, "data": {key: _canonical(value) for key, value in data.items()}}


def _canonical(value: Any) -> Any:
    """Return a value as the API server would write it; one that is no base64 stays, and no value is an empty one."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    try:
        return base64.b64encode(base64.b64decode(value.replace("\n", "").replace("\r", ""), validate=True)).decode()
    except (binascii.Error, ValueError):
        return value
