"""The single place that writes what was found back to an Application: one merge patch, only if something changed.

Called by `reconcile`, `operate` and `delete`. Our own answer from the API server is put into the watched state at
once, so that the next look reads what was written.
"""

from collections.abc import Mapping
from typing import Any

from app_controller.outside import APPLICATIONS, Outside
from app_controller.queue import ApplicationKey
from app_controller.watched import Watched
from argosy.engine import status
from argosy.gateways.kubernetes.errors import Conflict, Invalid, NotFound

REFRESH = "argocd.argoproj.io/refresh"
REFRESH_TIMESTAMP = "argocd.argoproj.io/refresh-timestamp"


class Reporter:
    """Writes the status of applications."""

    def __init__(self, outside: Outside, watched: Watched) -> None:
        self._outside = outside
        self._watched = watched

    async def write(self, key: ApplicationKey, fields: status.Fields, *, end_request: bool = False) -> None:
        """Bring the status fields about; with `end_request` the `operation` slot is emptied in the same patch."""
        raw = self._watched.raw(key)
        if raw is None:
            return
        changes = status.patch(raw.get("status") or {}, fields)
        patch: dict[str, Any] = {"status": changes} if changes else {}
        if end_request and raw.get("operation") is not None:
            patch["operation"] = None
        if patch:
            await self._patch(key, patch)

    async def normalise(self, key: ApplicationKey, spec: Mapping[str, Any]) -> None:
        """Write the normalised parts of the spec (1.19)."""
        await self._patch(key, {"spec": spec})

    async def end_refresh(self, key: ApplicationKey) -> None:
        """Take the refresh annotations away, unless a newer request has replaced them (1.45)."""
        annotations = ((self._watched.raw(key) or {}).get("metadata") or {}).get("annotations") or {}
        if REFRESH not in annotations:
            return
        names = [name for name in (REFRESH_TIMESTAMP, REFRESH) if name in annotations]
        test = names[0]
        patch = [{"op": "test", "path": _pointer(test), "value": annotations[test]}]
        patch += [{"op": "remove", "path": _pointer(name)} for name in names]
        try:
            written = await self._outside.control.patch(
                APPLICATIONS, key.name, patch, namespace=key.namespace, patch_type="json"
            )
        except (Invalid, Conflict, NotFound):
            return
        self._watched.note_written(written)

    async def remove_finalizers(self, key: ApplicationKey, names: frozenset[str]) -> None:
        """Take finalizers away, so that the API server lets the Application go."""
        raw = self._watched.raw(key)
        if raw is None:
            return
        metadata = raw.get("metadata") or {}
        kept = [name for name in metadata.get("finalizers") or () if name not in names]
        version = metadata.get("resourceVersion")
        await self._patch(key, {"metadata": {"finalizers": kept, "resourceVersion": version}})

    async def _patch(self, key: ApplicationKey, patch: Mapping[str, Any]) -> None:
        try:
            written = await self._outside.control.patch(APPLICATIONS, key.name, patch, namespace=key.namespace)
        except NotFound:
            return
        self._watched.note_written(written)


def _pointer(annotation: str) -> str:
    return f"/metadata/annotations/{annotation.replace('~', '~0').replace('/', '~1')}"
