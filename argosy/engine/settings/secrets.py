"""The texts of a Secret or ConfigMap as they are meant: decoded, and told apart by what they are for."""

import base64
import binascii
from collections.abc import Mapping

from argosy.engine.model.resource import Manifest, annotations_of, labels_of
from argosy.engine.settings.values import Malformed

TYPE_LABEL = "argocd.argoproj.io/secret-type"
MANAGED_BY = "managed-by"
MANAGER = "argocd.argoproj.io"


def name_of(manifest: Manifest) -> str:
    """Return the object's name."""
    return str((manifest.get("metadata") or {}).get("name") or "")


def type_of(manifest: Manifest) -> str:
    """Return what Argo CD's label says that the Secret is for, empty if it says nothing."""
    return labels_of(manifest).get(TYPE_LABEL, "")


def made_by_us(manifest: Manifest) -> bool:
    """Return whether the API made the Secret."""
    return annotations_of(manifest).get(MANAGED_BY) == MANAGER


def texts_of(manifest: Manifest) -> Mapping[str, str]:
    """Return the decoded `data` of a Secret. Raises `Malformed`."""
    return {str(key): _decoded(str(key), value) for key, value in (manifest.get("data") or {}).items()}


def _decoded(key: str, value: object) -> str:
    try:
        return base64.b64decode(str(value or ""), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise Malformed(f"the value of {key} is not base64 of UTF-8 text") from None
