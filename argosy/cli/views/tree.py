"""The resource tree of an application, as `app get -o tree` and `app resources -o tree` show it; pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from argosy.cli.printing import Branch
from argosy.cli.views.resources import ResourceState
from argosy.cli.views.times import duration, seconds_between

HEADER = ("KIND/NAME", "STATUS", "HEALTH", "MESSAGE")
DETAILED_HEADER = ("KIND/NAME", "STATUS", "HEALTH", "AGE", "MESSAGE", "REASON")
LISTED_HEADER = ("GROUP", "KIND", "NAMESPACE", "NAME", "ORPHANED")
LISTED_DETAILED_HEADER = (*LISTED_HEADER, "AGE", "HEALTH", "REASON")

Node = Mapping[str, Any]


def branches(nodes: Sequence[Node], states: Sequence[ResourceState], *, detailed_at: str = "") -> list[Branch]:
    """Arrange nodes below their owners; with `detailed_at`, an RFC 3339 time, the rows tell ages and reasons too."""
    by_key = {tuple(state.key): state for state in states}
    return _grown(nodes, lambda node: _cells(node, by_key, detailed_at=detailed_at))


def listed(nodes: Sequence[Node], *, orphaned: str, detailed_at: str = "") -> list[Branch]:
    """Arrange nodes below their owners, under `LISTED_HEADER` or the detailed one; `orphaned` is `Yes` or `No`."""

    def cells(node: Node) -> tuple[str, ...]:
        known = (*(str(node.get(name) or "") for name in ("group", "kind", "namespace", "name")), orphaned)
        health = node.get("health") or {}
        more = (_age(node, detailed_at), health.get("status", ""), health.get("message", ""))
        return (*known, *more) if detailed_at else known

    return _grown(nodes, cells)


def _grown(nodes: Sequence[Node], cells: Callable[[Node], tuple[str, ...]]) -> list[Branch]:
    """Arrange nodes; one that is not there has no uid, and owns nothing."""
    known = {node["uid"] for node in nodes if node.get("uid")}
    below: dict[str, list[Node]] = {}
    for node in nodes:
        owner = next((ref["uid"] for ref in node.get("parentRefs") or () if ref.get("uid") in known), "")
        below.setdefault(owner, []).append(node)

    def grow(node: Node) -> Branch:
        owned = below.get(node["uid"], []) if node.get("uid") else []
        return Branch(cells=cells(node), children=tuple(grow(child) for child in _sorted(owned)))

    return [grow(node) for node in _sorted(below.get("", []))]


def _sorted(nodes: list[Node]) -> list[Node]:
    return sorted(nodes, key=lambda node: (node.get("kind", ""), node.get("namespace", ""), node.get("name", "")))


def _cells(node: Node, states: Mapping[tuple[str, ...], ResourceState], *, detailed_at: str) -> tuple[str, ...]:
    key = tuple(str(node.get(name) or "") for name in ("group", "kind", "namespace", "name"))
    state = states.get(key)
    health = node.get("health") or {}
    title = f"{node.get('kind', '')}/{node.get('name', '')}"
    status = state.status if state else ""
    message = state.message if state else ""
    if not detailed_at:
        return (title, status, health.get("status", ""), message)
    return (title, status, health.get("status", ""), _age(node, detailed_at), message, health.get("message", ""))


def _age(node: Node, now: str) -> str:
    created = node.get("createdAt")
    return duration(seconds_between(created, now)) if created and now else ""
