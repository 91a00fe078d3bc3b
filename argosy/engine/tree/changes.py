"""A tree and the one after it -> what changed, for readers that hold an earlier one. Called by the controller.

`Versions` keeps the last tree and, by object, the version in which it last changed; so that what a reader of any
version lacks is found without keeping old trees.
"""

from collections.abc import Iterable

from argosy.engine.model.resource import ResourceKey
from argosy.engine.model.tree import ApplicationTree, ResourceNode, ResourceRef, TreeChanges
from argosy.engine.tree.described import key_of

_REMEMBERED = 2
"""How many objects that are gone are remembered for each that is there."""


class Versions:
    """The trees of one application, one after the other; `run` tells this sequence from those of other processes."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._number = 0
        self._oldest = 0
        self._tree = ApplicationTree()
        self._nodes: dict[ResourceKey, ResourceNode] = {}
        self._orphans: dict[ResourceKey, ResourceNode] = {}
        self._changed: dict[ResourceKey, int] = {}
        self._hosts_changed = 0

    @property
    def tree(self) -> ApplicationTree:
        """The last tree."""
        return self._tree

    def holds(self, key: ResourceKey) -> bool:
        """Return whether an object is in the last tree, orphans included."""
        return key in self._nodes or key in self._orphans

    def take(self, tree: ApplicationTree) -> None:
        """Go on to the next tree; one that is equal makes no version."""
        nodes, orphans = _by_key(tree.nodes), _by_key(tree.orphaned_nodes)
        changed = _differing(self._nodes, nodes) | _differing(self._orphans, orphans)
        if self._number and not changed and tree.hosts == self._tree.hosts:
            return
        self._number += 1
        if tree.hosts != self._tree.hosts:
            self._hosts_changed = self._number
        self._changed |= dict.fromkeys(changed, self._number)
        self._tree, self._nodes, self._orphans = tree, nodes, orphans
        self._forget_removed()

    def since(self, version: str) -> TreeChanges:
        """Return what changed since a version, the whole tree for one that is not known."""
        known = self._known(version)
        if known is None:
            return TreeChanges(
                version=self._version,
                whole=True,
                nodes=self._tree.nodes,
                orphaned_nodes=self._tree.orphaned_nodes,
                hosts=self._tree.hosts,
            )
        keys = [key for key, number in self._changed.items() if number > known]
        gone = (key for key in keys if not self.holds(key))
        return TreeChanges(
            version=self._version,
            nodes=tuple(self._nodes[key] for key in keys if key in self._nodes),
            orphaned_nodes=tuple(self._orphans[key] for key in keys if key in self._orphans),
            removed=tuple(ResourceRef(key.kind, key.name, key.group, namespace=key.namespace) for key in gone),
            hosts=self._tree.hosts if self._hosts_changed > known else None,
        )

    @property
    def _version(self) -> str:
        return f"{self._run}.{self._number}"

    def _known(self, version: str) -> int | None:
        run, _, number = version.rpartition(".")
        if run != self._run or not number.isdecimal() or not self._oldest <= int(number) <= self._number:
            return None
        return int(number)

    def _forget_removed(self) -> None:
        """Forget the objects that are gone once they are too many; readers from before then start afresh."""
        here = len(self._nodes) + len(self._orphans)
        if len(self._changed) > (1 + _REMEMBERED) * (here + 1):
            self._oldest = self._number
            self._changed = {key: number for key, number in self._changed.items() if self.holds(key)}


def _by_key(nodes: Iterable[ResourceNode]) -> dict[ResourceKey, ResourceNode]:
    return {key_of(node): node for node in nodes}


def _differing(before: dict[ResourceKey, ResourceNode], after: dict[ResourceKey, ResourceNode]) -> set[ResourceKey]:
    """Return the keys under which the two do not have the same."""
    same = {key for key, node in after.items() if (old := before.get(key)) is node or old == node}
    return (before.keys() | after.keys()) - same
