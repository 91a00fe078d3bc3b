"""The resource tree of an application, as `app get -o tree` and `app resources -o tree` show it; pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from argosy.cli.printing import Branch
from argosy.cli.views.resources import ResourceState
from argosy.cli.views.times import duration, seconds_between

HEADER = ("KIND/NAME", "STATUS", "HEALTH", "MESSAGE")
DETAILED_HEADER = ("KIND/NAME", "STATUS", "HEALTH", "AGE", "MESSAGE", "REASON")

Node = Mapping[str, Any]


def branches(nodes: Sequence[Node], states: Sequence[ResourceState], *, detailed_at: str = "") -> list[Branch]:
    """Arrange nodes below their owners; with `detailed_at`, an RFC 3339 time, the rows tell ages and reasons too."""
    known = {node.get("uid") for node in nodes}
    below: dict[Any, list[Node]] = {}
    for node in nodes:
        owner = next((ref.get("uid") for ref in node.get("parentRefs") or () if ref.get("uid") in known), None)
        below.setdefault(owner, []).append(node)
    by_key = {tuple(state.key): state for state in states}

    def grow(node: Node) -> Branch:
        children = tuple(grow(child) for child in _sorted(below.get(node.get("uid"), [])))
        return Branch(cells=_cells(node, by_key, detailed_at=detailed_at), children=children)

    return [grow(node) for node in _sorted(below.get(None, []))]


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
    created = node.get("createdAt")
    age = duration(seconds_between(created, detailed_at)) if created else ""
    return (title, status, health.get("status", ""), age, message, health.get("message", ""))
