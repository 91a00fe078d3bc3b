"""The cluster nodes on which an application's pods run: what they have, and who requests how much of it (3.39).

`load_of` and `machine_of` read one object each and can be remembered; `hosts` adds them up. Called for the tree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from argosy.engine.model.resource import GroupKind, Manifest, ResourceKey
from argosy.engine.model.tree import Host, HostResource
from argosy.engine.tree import pods, reading, requests
from argosy.engine.tree.info import NOTHING_MORE, Shown
from argosy.engine.tree.requests import Amounts

NODE = GroupKind("", "Node")
POD = GroupKind("", "Pod")

_COUNTED = ("cpu", "memory", "storage")


@dataclass(frozen=True, slots=True)
class Load:
    """What a pod requests of its node; nothing once it has ended. `node` is empty while it has none."""

    key: ResourceKey
    node: str
    requested: Amounts


@dataclass(frozen=True, slots=True)
class Machine:
    """A cluster node: what it has, what runs it, and the labels that may be shown."""

    name: str
    capacity: Amounts
    system: Mapping[str, Any] = field(default_factory=dict[str, Any])
    labels: Mapping[str, str] = field(default_factory=dict[str, str])


def key_of(name: str) -> ResourceKey:
    """Return the key of the cluster node of this name."""
    return ResourceKey(*NODE, "", name)


def load_of(key: ResourceKey, pod: Manifest) -> Load:
    """Return what a pod requests of its node."""
    requested = requests.of_pod(pod) if pods.holds_requests(pod) else {}
    return Load(key, reading.text(pod, "spec", "nodeName"), requested)


def machine_of(node: Manifest, shown: Shown = NOTHING_MORE) -> Machine:
    """Return what is shown of a cluster node."""
    labels = reading.labels(node)
    return Machine(
        name=reading.text(node, "metadata", "name"),
        capacity=requests.amounts(reading.mapping(node, "status", "capacity")),
        system=reading.mapping(node, "status", "nodeInfo"),
        labels={name: labels[name] for name in shown.node_labels if name in labels},
    )


def hosts(machines: Iterable[Machine], loads: Iterable[Load], own: Iterable[ResourceKey]) -> tuple[Host, ...]:
    """Return the nodes, sorted by name; `loads` are those of all their pods, `own` are the application's pods."""
    ours = frozenset(own)
    by_app: dict[tuple[str, str], int] = {}
    by_neighbours: dict[tuple[str, str], int] = {}
    for load in loads:
        total = by_app if load.key in ours else by_neighbours
        for name, amount in load.requested.items():
            total[load.node, name] = total.get((load.node, name), 0) + amount
    return tuple(
        Host(
            name=machine.name,
            resources_info=tuple(
                HostResource(
                    resource_name=name,
                    requested_by_app=by_app.get((machine.name, name), 0),
                    requested_by_neighbors=by_neighbours.get((machine.name, name), 0),
                    capacity=machine.capacity[name],
                )
                for name in _COUNTED
                if machine.capacity.get(name, 0) > 0
            ),
            system_info=machine.system,
            labels=machine.labels,
        )
        for machine in sorted(machines, key=lambda each: each.name)
    )
