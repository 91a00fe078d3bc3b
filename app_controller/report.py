"""The single place that writes what was found back to an Application: one patch, only if something changed.

Called by `reconcile`, `operate` and `delete`. Our own answer from the API server is put into the watched state at
once, so that the next look reads what was written.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from app_controller import patches
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
        self._listed: dict[ApplicationKey, patches.Listed] = {}

    async def write(self, key: ApplicationKey, fields: status.Fields, *, ends: Mapping[str, Any] | None = None) -> None:
        """Bring the status fields about; `ends` is the request that is over with it, and leaves the `operation` slot.

        A newer request that somebody has put there meanwhile stays.
        """
        for _ in range(_TRIES):
            raw = self._watched.raw(key)
            if raw is None:
                self._listed.pop(key, None)
                return
            patch = patches.patch_for(raw, fields, ends, self._listed.get(key))
            try:
                with self._watched.writing(key):
                    written = await self._send(key, raw, patch)
            except Conflict:
                await self._read_again(key)
            except ClusterError as error:
                if not _is_too_large(error) or fields == (smaller := self._smaller(raw, fields)):
                    raise
                fields = smaller
            else:
                self._remember(key, patch, written, fields)
                return
        raise Conflict(f"application {key} kept changing while its status was written")

    def forget(self, key: ApplicationKey) -> None:
        """Drop what is remembered of an application."""
        self._listed.pop(key, None)

    async def _send(self, key: ApplicationKey, raw: Manifest, patch: patches.Patch | None) -> Manifest:
        """Write, and return the Application as it is now. Raises `Conflict` if it is not what the patch is upon."""
        match patch:
            case None:
                return raw
            case patches.Merge(body):
                return await self._patch(key, body) or raw
            case patches.Steps(steps, wanted):
                try:
                    answer = await self._outside.control.patch(
                        APPLICATIONS, key.name, steps, namespace=key.namespace, patch_type="json", shape="metadata"
                    )
                except Invalid as error:
                    raise Conflict(str(error)) from error
                except NotFound:
                    return raw
                written = {**raw, "metadata": answer["metadata"], "status": wanted}
                self._watched.note_written(written)
                return written

    def _remember(
        self, key: ApplicationKey, patch: patches.Patch | None, written: Manifest, fields: status.Fields
    ) -> None:
        """Know from which values the list that is held now was written, so that they need not be compared again."""
        self._listed.pop(key, None)
        held = (written.get("status") or {}).get("resources")
        if held and "resources" in fields and patches.settles_resources(patch):
            self._listed[key] = patches.Listed(held, fields["resources"])

    def _smaller(self, raw: Manifest, fields: status.Fields) -> status.Fields:
        """Return what is written of a status that is too large."""
        return status.of_too_large(raw.get("status") or {}, fields, now=self._outside.clock.now())

    async def _read_again(self, key: ApplicationKey) -> None:
        with suppress(NotFound):
            self._watched.note_written(await self._outside.control.get(APPLICATIONS, key.name, namespace=key.namespace))

    async def end_refresh(self, key: ApplicationKey, asked: Mapping[str, str]) -> None:
        """Take the refresh annotations away, unless a newer request has replaced them (1.45).

        `asked` are the annotations that were obeyed.
        """
        annotations = ((self._watched.raw(key) or {}).get("metadata") or {}).get("annotations") or {}
        names = (REFRESH_TIMESTAMP, REFRESH)
        if REFRESH not in annotations or any(annotations.get(name) != asked.get(name) for name in names):
            return
        given = [name for name in names if name in asked]
        patch = [{"op": "test", "path": _pointer(name), "value": asked[name]} for name in given]
        patch += [{"op": "remove", "path": _pointer(name)} for name in given]
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

    async def _patch(self, key: ApplicationKey, patch: Mapping[str, Any]) -> Manifest | None:
        try:
            written = await self._outside.control.patch(APPLICATIONS, key.name, patch, namespace=key.namespace)
        except NotFound:
            return None
        self._watched.note_written(written)
        return written


def _is_too_large(error: ClusterError) -> bool:
    return any(words in str(error) for words in _TOO_LARGE)


def _pointer(annotation: str) -> str:
    return f"/metadata/annotations/{annotation.replace('~', '~0').replace('/', '~1')}"
