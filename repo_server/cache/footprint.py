"""What a render depended on besides what was asked, and whether all of that is still the same. Called by `renders`.

Of each tree: every path that was looked up, with what was there (misses included), folders by the names in them or, if
taken whole, by everything in them. Of the build environment: the variables that were really put in. Of the destination:
the API versions that a chart asked for. Of other repositories and URLs: what was taken, by its identity. The commit is
not in it.
"""

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from repo_server.errors import Refused
from repo_server.tree import Node, Record, Tree

Breadth = Literal["found", "listed", "whole"]


class Look(msgspec.Struct, frozen=True, array_like=True):
    """A path that was looked up: what was there ("" for nothing), how much of it counts, and whether links led there.

    `names` is a hash of the names and kinds in a folder that was listed.
    """

    path: str
    kind: str
    identity: str
    breadth: Breadth
    names: str = ""
    linked: bool = False


Looks = tuple[Look, ...]


class Footprint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that a render depended on; `trees` in the order of the job's, `elsewhere` by reference.

    `api_versions` are those that were asked for, with the answer, or None if all of them counted: then `all_versions`
    is a hash of them.
    """

    trees: tuple[Looks, ...]
    variables: Mapping[str, str] = {}
    api_versions: Mapping[str, bool] | None = {}
    all_versions: str = ""
    elsewhere: Mapping[str, str] = {}


class Now(msgspec.Struct, frozen=True, kw_only=True):
    """What a footprint is held against: the trees and variables of a job, its destination, and what is elsewhere.

    `names` are those by which the trees but the first are referred to. `elsewhere` returns the identity of what a
    reference means now, or raises `Refused`.
    """

    trees: Sequence[Tree]
    names: Sequence[str]
    variables: Mapping[str, str]
    api_versions: Sequence[str]
    elsewhere: Callable[[str], Awaitable[str]]


def looks(record: Record) -> Looks:
    """Return the lookups that decide all others: what is below a folder that was taken whole goes without saying."""
    found = sorted(record.found.items(), key=lambda item: item[0].split("/") if item[0] else [])
    kept: list[Look] = []
    whole: str | None = None
    for path, node in found:
        linked = path in record.linked
        if whole is not None and not linked and _is_below(path, whole):
            continue
        look = _look(path, node, record, linked=linked)
        kept.append(look)
        if look.breadth == "whole" and not linked:
            whole = path
    return tuple(kept)


async def same(tree: Tree, recorded: Looks) -> bool:
    """Say whether every lookup would be answered as it was. A folder that is wholly the same settles all below it."""
    probe = tree.unread()
    settled: str | None = None
    for look in recorded:
        if settled is not None and not look.linked and _is_below(look.path, settled):
            continue
        node = await _now(probe, look.path)
        if node is not None and node.identity == look.identity and node.kind == look.kind:
            if node.kind == "directory" and not look.linked:
                settled = look.path
        elif not await _answers_alike(probe, look, node):
            return False
    return True


async def holds(depended: Footprint, now: Now) -> bool:
    """Say whether a render with this footprint would read the same now."""
    if not same_around(depended, now) or not await same_trees(depended, now):
        return False
    try:
        return all([await now.elsewhere(reference) == identity for reference, identity in depended.elsewhere.items()])
    except Refused:
        return False


def same_around(depended: Footprint, now: Now) -> bool:
    """Say whether the variables and API versions that counted are the same."""
    if any(now.variables.get(name, "") != value for name, value in depended.variables.items()):
        return False
    return _same_versions(depended, now.api_versions)


async def same_trees(depended: Footprint, now: Now) -> bool:
    """Say whether all that was read of the trees is the same."""
    if len(now.trees) != len(depended.trees):
        return False
    for tree, recorded in zip(now.trees, depended.trees, strict=True):
        if not await same(tree, recorded):
            return False
    return True


async def with_folder(depended: Footprint, tree: Tree, path: str) -> Footprint:
    """Return a footprint of which all that is in a folder of the first tree counts, whatever was read of it."""
    probe = tree.unread()
    await probe.find(path)
    probe.record.whole.add(path)
    first, *others = depended.trees
    outside = [look for look in first if look.linked or not (look.path == path or _is_below(look.path, path))]
    return msgspec.structs.replace(depended, trees=((*looks(probe.record), *outside), *others))


def _same_versions(depended: Footprint, versions: Sequence[str]) -> bool:
    if depended.api_versions is None:
        return depended.all_versions == hashed(versions)
    return all((name in versions) == there for name, there in depended.api_versions.items())


def answers(asked: Iterable[str], versions: Iterable[str]) -> Mapping[str, bool]:
    """Return whether each of the API versions that were asked for is there."""
    known = frozenset(versions)
    return {name: name in known for name in asked}


def hashed(versions: Sequence[str]) -> str:
    """Return a hash of all API versions, whatever their order."""
    return hashlib.sha256("\n".join(sorted(versions)).encode()).hexdigest()


async def _answers_alike(tree: Tree, look: Look, node: Node | None) -> bool:
    if node is None or look.breadth == "whole" or node.kind != "directory" or look.kind != "directory":
        return node is None and look.kind == ""
    return look.breadth == "found" or _names(await tree.store.directory(node.identity)) == look.names


async def _now(tree: Tree, path: str) -> Node | None:
    try:
        entry = await tree.find(path)
    except Refused:
        return tree.record.found[path]
    return entry.node if entry is not None else None


def _look(path: str, node: Node | None, record: Record, *, linked: bool) -> Look:
    kind, identity = (node.kind, node.identity) if node is not None else ("", "")
    if path in record.whole:
        return Look(path, kind, identity, "whole", linked=linked)
    if path in record.listed:
        return Look(path, kind, identity, "listed", _names(record.listed[path]), linked)
    return Look(path, kind, identity, "found", linked=linked)


def _names(entries: Mapping[str, Node]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(entries):
        digest.update(f"{entries[name].kind}/{name}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _is_below(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")
