"""The single place that writes what was found back to an Application: one merge patch, only if something changed.

Called by `reconcile`, `operate` and `delete`. Our own answer from the API server is put into the watched state at
once, so that the next look reads what was written.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from app_controller.outside import APPLICATIONS, Outside
from app_controller.queue import ApplicationKey
from app_controller.watched import Watched
from argosy.engine import status
from argosy.engine.model.resource import Manifest
from argosy.gateways.kubernetes.errors import ClusterError, Conflict, Invalid, NotFound

REFRESH = "argocd.argoproj.io/refresh"
REFRESH_TIMESTAMP = "argocd.argoproj.io/refresh-timestamp"

_TRIES = 10
_TOO_LARGE = ("request is too large", "Request entity too large", "is larger than the maximum")


class Reporter:
    """Writes the status of applications."""

    def __init__(self, outside: Outside, watched: Watched) -> None:
        self._outside = outside
        self._watched = watched

    async def write(self, key: ApplicationKey, fields: status.Fields, *, ends: Mapping[str, Any] | None = None) -> None:
        """Bring the status fields about; `ends` is the request that is over with it, and leaves the `operation` slot.

        A newer request that somebody has put there meanwhile stays.
        """
        for _ in range(_TRIES):
            raw = self._watched.raw(key)
            if raw is None:
                return
            patch = _patch_of(raw, fields, ends)
            if not patch:
                return
            try:
                await self._patch(key, patch)
            except Conflict:
                await self._read_again(key)
            except ClusterError as error:
                if not _is_too_large(error) or fields == (smaller := self._smaller(raw, fields)):
                    raise
                fields = smaller
            else:
                return
        raise Conflict(f"application {key} kept changing while its status was written")

    def _smaller(self, raw: Manifest, fields: status.Fields) -> status.Fields:
        """Return what is written of a status that is too large."""
        return status.of_too_large(raw.get("status") or {}, fields, now=self._outside.clock.now())

    async def _read_again(self, key: ApplicationKey) -> None:
        with suppress(NotFound):
            self._watched.note_written(await self._outside.control.get(APPLICATIONS, key.name, namespace=key.namespace))

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


def _patch_of(raw: Manifest, fields: status.Fields, ends: Mapping[str, Any] | None) -> dict[str, Any]:
    changes = status.patch(raw.get("status") or {}, fields)
    patch: dict[str, Any] = {"status": changes} if changes else {}
    if ends is not None and raw.get("operation") == ends:
        patch |= {"operation": None, "metadata": {"resourceVersion": raw["metadata"]["resourceVersion"]}}
    return patch


def _is_too_large(error: ClusterError) -> bool:
    return any(words in str(error) for words in _TOO_LARGE)


def _pointer(annotation: str) -> str:
    return f"/metadata/annotations/{annotation.replace('~', '~0').replace('/', '~1')}"
