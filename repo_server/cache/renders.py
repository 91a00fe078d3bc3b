"""Finds and keeps renders: by what was asked, and of those the one whose footprint still holds.

For a new commit each recorded lookup is made again in the new tree: if every answer is the same, the render would be
the same, and is not done. So a commit that touches nothing that an application reads costs it a few lookups. What is
kept is in memory for those asked lately, and on the shelf, which outlives the process. Called by `render.source`.
"""

from dataclasses import dataclass

import msgspec

from argosy.engine.model.application import SourceType
from argosy.gateways.clock import Clock
from repo_server.cache import footprint
from repo_server.cache.footprint import Footprint, Now
from repo_server.cache.shelf import Shelf
from repo_server.product import Product
from repo_server.recent import RecentBytes

_KEPT_PER_QUESTION = 32
"""Branches of one application, mostly: the same question with other files."""


class Lifetime(msgspec.Struct, frozen=True, kw_only=True):
    """How long a render that is no function of its footprint is believed: until then (Unix time), and at this revision
    (empty: at any).
    """

    revision: str
    until: float


class _Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    footprint: Footprint
    source_type: SourceType
    manifests: bytes
    notes: str = ""
    warnings: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    lifetime: Lifetime | None = None
    owner: str = ""


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """A product and what it depended on; `lasting` if nothing else decides for whom and for how long it is right."""

    product: Product
    footprint: Footprint
    lasting: bool


_Entries = tuple[_Entry, ...]
_ENTRIES: msgspec.msgpack.Decoder[_Entries] = msgspec.msgpack.Decoder(_Entries)


class Renders:
    """The renders of this server; `limit` bounds what is held in memory, in bytes."""

    def __init__(self, *, shelf: Shelf, limit: int, clock: Clock) -> None:
        self._shelf = shelf
        self._clock = clock
        self._entries: RecentBytes[bytes, _Entries] = RecentBytes(limit // 2)
        self._manifests: RecentBytes[bytes, bytes] = RecentBytes(limit // 2)

    async def find(self, question: bytes, now: Now, *, revision: str, owner: str) -> Remembered | None:
        """Return what the same question rendered to when it read what is there now, or None.

        `owner` is whose it is to be: what was made by chance for another application is not found.
        """
        name = self._shelf.name(question)
        for position, entry in enumerate(entries := self._known(name)):
            if entry.owner not in ("", owner):
                continue
            if await self._holds(entry, now, revision) and (manifests := self._content(entry.manifests)) is not None:
                if position:
                    self._entries.put(name, (entry, *(other for other in entries if other is not entry)))
                return _remembered(entry, manifests)
        return None

    def manifests(self, fingerprint: str) -> bytes | None:
        """Return the manifests of a product that was kept, None if they had to make room."""
        return self._content(bytes.fromhex(fingerprint))

    def keep(
        self, question: bytes, product: Product, depended: Footprint, *, lifetime: Lifetime | None, owner: str
    ) -> Remembered:
        """Keep a render with what it depended on, and return it as it is remembered."""
        name = self._shelf.name(question)
        manifests = self._shelf.name(product.manifests)
        entry = _Entry(
            footprint=depended,
            source_type=product.source_type,
            manifests=manifests,
            notes=product.notes,
            warnings=product.warnings,
            commands=product.commands,
            lifetime=lifetime,
            owner=owner if product.random else "",
        )
        others = [other for other in self._known(name) if (other.footprint, other.owner) != (depended, entry.owner)]
        entries = (entry, *others[: _KEPT_PER_QUESTION - 1])
        try:
            encoded = msgspec.msgpack.encode(entries)
        except UnicodeEncodeError:
            return _remembered(entry, product.manifests)  # a file name that is no text: rendered again each time
        self._manifests.put(manifests, product.manifests, size=len(product.manifests))
        self._entries.put(name, entries, size=len(encoded))
        self._shelf.put(manifests, product.manifests)
        self._shelf.put(name, encoded)
        return _remembered(entry, product.manifests)

    def _known(self, name: bytes) -> _Entries:
        entries = self._entries.get(name)
        if entries is None and (stored := self._shelf.get(name)) is not None:
            entries = _ENTRIES.decode(stored)
            self._entries.put(name, entries, size=len(stored))
        return entries or ()

    def _content(self, name: bytes) -> bytes | None:
        content = self._manifests.get(name)
        if content is None and (content := self._shelf.get(name)) is not None:
            self._manifests.put(name, content, size=len(content))
        return content

    async def _holds(self, entry: _Entry, now: Now, revision: str) -> bool:
        if entry.lifetime is not None and (
            entry.lifetime.revision not in ("", revision) or entry.lifetime.until < self._clock.now().timestamp()
        ):
            return False
        return await footprint.holds(entry.footprint, now)


def _remembered(entry: _Entry, manifests: bytes) -> Remembered:
    product = Product(
        source_type=entry.source_type,
        manifests=manifests,
        notes=entry.notes,
        warnings=entry.warnings,
        commands=entry.commands,
        fingerprint=entry.manifests.hex(),
    )
    lasting = entry.lifetime is None and not entry.owner and not entry.footprint.elsewhere
    return Remembered(product=product, footprint=entry.footprint, lasting=lasting)
