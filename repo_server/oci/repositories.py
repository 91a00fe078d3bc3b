"""Repositories of registries, as one entry sees them: what is under a tag is believed for a while, what is under a
digest for ever. Called by `artifacts` and by `charts.registry_charts`.
"""

from argosy.engine.model.repository import Repository
from argosy.gateways.clock import Clock
from repo_server.believed import Belief, Believed
from repo_server.charts.archives import Archives, Packed
from repo_server.entry import identity
from repo_server.errors import Refused
from repo_server.oci import manifest
from repo_server.oci.manifest import Descriptor, ImageIndex, ImageManifest
from repo_server.oci.place import Place, is_digest, is_tag
from repo_server.oci.registry import Registry
from repo_server.recent import Recent

_MOST_TAGS = 256
_MOST_POINTERS = 2048
_MOST_MANIFESTS = 1024
_TAG_BYTES = 8 * 1024 * 1024
_MANIFEST_BYTES = 8 * 1024 * 1024
_DEEPEST = 3

Key = tuple[bytes, Place]


class Repositories:
    """Any repository of any registry. All methods raise `Refused` or `Damaged`."""

    def __init__(self, *, registry: Registry, archives: Archives, clock: Clock) -> None:
        self._registry = registry
        self._archives = archives
        self._clock = clock
        self._tags: Recent[Key, Believed[str]] = Recent(most=_MOST_TAGS, weigh=_weight, heaviest=_TAG_BYTES)
        self._pointers: Recent[tuple[Key, str], Believed[str]] = Recent(most=_MOST_POINTERS)
        self._manifests: Recent[tuple[Key, str], bytes] = Recent(
            most=_MOST_MANIFESTS, weigh=len, heaviest=_MANIFEST_BYTES
        )

    async def ping(self, place: Place, repository: Repository) -> None:
        """Return if the registry answers with these credentials."""
        await self._registry.ping(place, repository)

    async def tags(self, place: Place, repository: Repository, belief: Belief) -> tuple[str, ...]:
        """Return the tags of a repository, as the registry orders them."""

        async def ask(before: str | None) -> str:
            del before
            # One text takes a tenth of what so many texts would; no tag has a space.
            return " ".join(filter(is_tag, await self._registry.tags(place, repository)))

        known = self._tags.of(_key(place, repository), lambda: Believed(ask, clock=self._clock))
        return tuple((await known.get(belief)).split())

    async def digest(self, place: Place, repository: Repository, reference: str, belief: Belief) -> str:
        """Return the digest of what is under a tag; a digest is its own."""
        if is_digest(reference):
            return reference
        key = _key(place, repository)

        async def ask(before: str | None) -> str:
            del before
            digest, content = await self._registry.manifest(place, repository, reference)
            self._manifests.put((key, digest), content)
            return digest

        return await self._pointers.of((key, reference), lambda: Believed(ask, clock=self._clock)).get(belief)

    async def manifest(self, place: Place, repository: Repository, digest: str) -> ImageManifest:
        """Return the manifest under a digest; of an index, the one that it means."""
        name = f"{place.shown} at {digest}"
        for _ in range(_DEEPEST):
            found = await self._read(place, repository, digest)
            if isinstance(found, ImageManifest):
                return found
            digest = manifest.only_one(found, name=name).digest
            if not is_digest(digest):
                raise Refused(
                    "render_failed", f"{name} names {digest[:100]!r}, which is no digest that can be verified"
                )
        raise Refused("render_failed", f"{name} is an index of an index, and so on; name the digest of a manifest")

    async def layer(self, place: Place, repository: Repository, layer: Descriptor, *, limit: int) -> Packed:
        """Return a layer in the store, fetching it if this entry has not yet."""
        name = self._archives.name(identity(repository), "layer", place.base, place.name, layer.digest)
        return await self._archives.obtain(name, lambda: self._registry.blob(place, repository, layer, limit=limit))

    async def blob(self, place: Place, repository: Repository, descriptor: Descriptor, *, limit: int) -> bytes:
        """Return what a descriptor describes, fetching it anew."""
        return await self._registry.blob(place, repository, descriptor, limit=limit)

    async def _read(self, place: Place, repository: Repository, digest: str) -> ImageManifest | ImageIndex:
        key = _key(place, repository), digest
        content = self._manifests.get(key)
        if content is None:
            _, content = await self._registry.manifest(place, repository, digest)
            self._manifests.put(key, content)
        return manifest.read(content, name=f"{place.shown} at {digest}")


def _weight(tags: Believed[str]) -> int:
    return len(tags.last or "")


def _key(place: Place, repository: Repository) -> Key:
    return identity(repository), place
