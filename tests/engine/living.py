"""A cluster of plain manifests, with the questions that trees ask of one: what tests of trees walk through."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from argosy.engine import tree
from argosy.engine.model.resource import Manifest, ResourceKey, key_of
from argosy.engine.model.tree import ResourceNode


@dataclass(frozen=True, eq=False)
class Thing:
    """A live object."""

    content: Manifest

    @cached_property
    def key(self) -> ResourceKey:
        return key_of(self.content)

    @property
    def uid(self) -> str:
        return self.content["metadata"].get("uid", "")

    @property
    def owners(self) -> list[str]:
        return list(dict.fromkeys(each["uid"] for each in self.content["metadata"].get("ownerReferences", ())))

    def manifest(self) -> Manifest:
        return self.content


@dataclass
class World:
    """Objects, indexed once."""

    things: list[Thing]
    looked_into: list[str] = field(default_factory=list)

    @cached_property
    def by_owner(self) -> dict[str, list[Thing]]:
        found: dict[str, list[Thing]] = {}
        for thing in self.things:
            for uid in thing.owners:
                found.setdefault(uid, []).append(thing)
        return found

    def children(self, uid: str) -> Iterable[Thing]:
        return self.by_owner.get(uid, [])

    def ownerless_in(self, namespace: str) -> Iterable[Thing]:
        self.looked_into.append(namespace)
        return [thing for thing in self.things if thing.key.namespace == namespace and not thing.owners]


def made(kind: str, name: str, *owners: str, api: str = "v1", namespace: str = "n", **content: Any) -> dict[str, Any]:
    """Return an object whose uid is `kind/name`, owned by those uids."""
    metadata = content.pop("metadata", {})
    references = [{"uid": uid, "kind": "x", "name": "x", "apiVersion": "v1"} for uid in owners]
    identity = {"name": name, "uid": f"{kind}/{name}"} | ({"namespace": namespace} if namespace else {})
    refers = {"ownerReferences": references} if references else {}
    return {"apiVersion": api, "kind": kind, "metadata": {**refers, **metadata, **identity}, **content}


def nodes(
    roots: Iterable[str], *objects: dict[str, Any], hidden: Iterable[str] = (), world: World | None = None
) -> tuple[ResourceNode, ...]:
    """Return the nodes below the objects with these uids; what is `hidden` is not permitted."""
    cluster = world or World([Thing(each) for each in objects])
    by_uid = {thing.uid: thing for thing in cluster.things}
    around = tree.Surroundings(
        cluster,
        lambda thing: tree.describe(thing.key, thing.manifest()),
        lambda key: f"{key.kind}/{key.name}" not in hidden,
    )
    return tree.assemble(tree.walk([by_uid[uid] for uid in roots], around))


def parents(found: Iterable[ResourceNode]) -> dict[str, list[str]]:
    """Return the uids of the nodes, each with those of its parents."""
    return {node.uid: [reference.uid for reference in node.parent_refs] for node in found}
