"""What was rendered before, found again by what was read and not by commit.

A render is a function of three things: what was asked (the options and, for Helm, for whom and for which cluster),
what was read of the trees (each path that was looked up, with the identity of what was there, misses included), and the
build variables that were really put in. All three are recorded with the manifests. For a new commit, each recorded path
is looked up in the new tree: if every answer is the same, the render would be the same, and is not done. So a commit
that touches nothing that an application reads costs it a few look-ups. The commit itself is in no key.

In memory for now and bounded in bytes, least recently used first; a store on disk takes this module's place behind the
same two methods. Nothing is kept of a render that failed.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from repo_server.errors import Refused
from repo_server.render.environment import Variables
from repo_server.render.job import Product
from repo_server.tree import Tree

_KEPT_PER_QUESTION = 4


@dataclass(frozen=True, kw_only=True)
class _Entry:
    reads: Sequence[Mapping[str, str]]
    variables: Mapping[str, str]
    product: Product

    @property
    def size(self) -> int:
        paths = sum(len(path) for read in self.reads for path in read)
        return len(self.product.manifests) + 2 * paths + 1024

    async def holds(self, trees: Sequence[Tree], variables: Mapping[str, str]) -> bool:
        """Say whether the same render would read the same now."""
        if any(variables.get(name, "") != value for name, value in self.variables.items()):
            return False
        return all([await _same(tree, read) for tree, read in zip(trees, self.reads, strict=True)])


class Cache:
    """Finds and keeps renders; `limit` bounds what is kept, in bytes."""

    def __init__(self, *, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._questions: OrderedDict[str, list[_Entry]] = OrderedDict()

    async def find(self, question: str, trees: Sequence[Tree], variables: Mapping[str, str]) -> Product | None:
        """Return what the same question rendered to when it read what is in these trees now, or None."""
        for entry in self._questions.get(question, []):
            if await entry.holds([tree.unread() for tree in trees], variables):
                self._questions.move_to_end(question)
                return entry.product
        return None

    def keep(self, question: str, trees: Sequence[Tree], variables: Variables, product: Product) -> None:
        """Keep a render, with what it read of the trees and of the variables."""
        entry = _Entry(reads=[dict(tree.reads) for tree in trees], variables=variables.used(), product=product)
        entries = self._questions.setdefault(question, [])
        entries.insert(0, entry)
        self._size += entry.size
        self._size -= sum(dropped.size for dropped in entries[_KEPT_PER_QUESTION:])
        del entries[_KEPT_PER_QUESTION:]
        self._questions.move_to_end(question)
        while self._size > self._limit:
            _, oldest = self._questions.popitem(last=False)
            self._size -= sum(dropped.size for dropped in oldest)


def question(asked: object) -> str:
    """Return the key of what was asked: a hash of its JSON."""
    return hashlib.sha256(msgspec.json.encode(asked, order="sorted")).hexdigest()


async def _same(tree: Tree, read: Mapping[str, str]) -> bool:
    for path, identity in read.items():
        try:
            entry = await tree.find(path)
        except Refused:
            return False
        if (entry.node.identity if entry is not None else "") != identity:
            return False
    return True
