"""What we applied last: a receipt that is made of the API server's answer and kept in the inventory.

While the receipt holds, nobody has touched a field that we applied, and an apply of the same manifest changes nothing:
an update by anybody else takes a field that it changes out of our managed fields. Source: server-side apply.
"""

from dataclasses import dataclass

from argosy.engine import managed, redact
from argosy.engine.model.resource import Manifest
from argosy.engine.rendered import fingerprint

_SEPARATOR = "|"


def receipt(desired: Manifest, answer: Manifest) -> str:
    """Return the receipt of an apply: the manifest, when it last changed the object, and which fields were ours then.

    `answer` is the object as the API server returned it. The receipt is empty if that does not say what is ours, and
    for Secrets: a fingerprint that anybody can reckon would give away a short value.
    """
    entry = managed.applied_by_us(answer)
    if entry is None or redact.is_secret(desired):
        return ""
    return _SEPARATOR.join((fingerprint(desired), str(entry.get("time") or ""), _fields(entry)))


def _fields(entry: Manifest) -> str:
    return fingerprint({"version": entry.get("apiVersion"), "fields": entry.get("fieldsV1")})


@dataclass(slots=True)
class Applied:
    """What a receipt (empty: none is known) says of a manifest and the live object that it is for."""

    desired: Manifest
    live: Manifest
    receipt: str
    _known: bool | None = None

    def is_desired(self) -> bool:
        """Return whether what we applied last certainly is the desired manifest: what is still ours has its value."""
        if self._known is None:
            entry = managed.applied_by_us(self.live) if self.receipt else None
            time = str(entry.get("time") or "") if entry is not None else ""
            begin = f"{fingerprint(self.desired)}{_SEPARATOR}{time}{_SEPARATOR}" if time else ""
            self._known = bool(begin) and self.receipt.startswith(begin)
        return self._known

    def is_untouched(self) -> bool:
        """Return whether, besides, everything that we applied is still ours: then nothing would be changed."""
        entry = managed.applied_by_us(self.live) if self.receipt else None
        return entry is not None and self.is_desired() and self.receipt.endswith(_SEPARATOR + _fields(entry))
