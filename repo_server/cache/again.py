"""What was asked lately, word for word: answered again without finding out what it means. Called by `render.source`.

Before a question can be looked up in `renders` a folder is listed, overrides are merged in and a tool is chosen. Here
the request itself is looked up, and its answer holds while the application's folder is wholly the same, and what was
read outside of it too: all else was concluded from these. So five hundred applications of one repository cost a commit
that touches one of them hardly more than a look at five hundred folders.
"""

import hashlib
from collections.abc import Sequence

import msgspec

from argosy.engine.model.source import Source
from argosy.wire.repo_server import RenderRequest
from repo_server.cache import footprint
from repo_server.cache.footprint import Footprint, Now
from repo_server.cache.renders import Remembered, Renders
from repo_server.product import Product
from repo_server.recent import Recent

_MOST = 8192
_MOST_LOOKS = 64


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """A product without its manifests, what it depended on, and the roots of the trees for which that held last."""

    product: Product
    footprint: Footprint
    roots: Sequence[str]


class Again:
    """The requests that were answered lately with renders."""

    def __init__(self, renders: Renders) -> None:
        self._renders = renders
        self._known: Recent[bytes, _Known] = Recent(most=_MOST)

    async def find(self, asked: bytes, now: Now) -> Product | None:
        """Return what the same request was answered with, if all that this depended on is the same now."""
        known = self._known.get(asked)
        if known is None or not footprint.same_around(known.footprint, now):
            return None
        roots = [tree.root for tree in now.trees]
        if roots != known.roots:
            if not await footprint.same_trees(known.footprint, now):
                return None
            self._known.put(asked, msgspec.structs.replace(known, roots=roots))
        manifests = self._renders.manifests(known.product.fingerprint)
        return None if manifests is None else msgspec.structs.replace(known.product, manifests=manifests)

    async def note(self, asked: bytes, answer: Remembered, now: Now, *, folder: str) -> None:
        """Note the answer to a request for the application in a folder; one that cannot last is not kept."""
        if not answer.lasting:
            return
        depended = await footprint.with_folder(answer.footprint, now.trees[0], folder)
        if sum(map(len, depended.trees)) <= _MOST_LOOKS:
            product = msgspec.structs.replace(answer.product, manifests=b"")
            roots = [tree.root for tree in now.trees]
            self._known.put(asked, _Known(product=product, footprint=depended, roots=roots))


def digest(request: RenderRequest, source: Source, now: Now) -> bytes:
    """Return a hash of all that a request says of a source, but for what its footprint holds."""
    said = [
        source,
        request.application,
        request.namespace,
        request.project,
        request.kube_version,
        request.tools,
        request.lint,
        request.generate_paths,
        now.names,
        [tree.apart for tree in now.trees],
    ]
    return hashlib.sha256(msgspec.json.encode(said)).digest()
