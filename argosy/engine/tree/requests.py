"""What a pod requests of its node, and what a node has, in thousandths. Called by `pods` and `hosts`.

Source: how the scheduler counts (Kubernetes' `PodRequests`): containers run together, init containers one after the
other beside the sidecars that were started before them, and the runtime's own share comes on top.
"""

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any

from argosy.engine import quantities
from argosy.engine.model.resource import Manifest
from argosy.engine.tree import reading

Amounts = Mapping[str, int]
"""By resource (`cpu`, `memory`, ...), in thousandths of its unit: of a core, of a byte."""


def of_pod(pod: Manifest) -> Amounts:
    """Return what a pod requests."""
    steady = _sum(_of_container(each) for each in reading.each(pod, "spec", "containers"))
    beside: Amounts = {}
    peak: Amounts = {}
    for each in reading.each(pod, "spec", "initContainers"):
        own = _of_container(each)
        if each.get("restartPolicy") == "Always":
            beside = _sum((beside, own))
            peak = _most((peak, beside))
        else:
            peak = _most((peak, _sum((beside, own))))
    of_containers = _most((_sum((steady, beside)), peak))
    # What is requested for the pod as a whole replaces what its containers add up to.
    whole = {**of_containers, **amounts(reading.mapping(pod, "spec", "resources", "requests"))}
    return _sum((whole, amounts(reading.mapping(pod, "spec", "overhead"))))


def amounts(quantity_by_name: Mapping[str, Any]) -> Amounts:
    """Return the quantities as numbers, those that cannot be read left out."""
    found = ((name, quantities.value(str(text))) for name, text in quantity_by_name.items())
    return {name: ceil(value * 1000) for name, value in found if value is not None}


def _of_container(container: Mapping[str, Any]) -> Amounts:
    return amounts(reading.mapping(container, "resources", "requests"))


def _sum(each: Iterable[Amounts]) -> Amounts:
    total: dict[str, int] = {}
    for part in each:
        for name, amount in part.items():
            total[name] = total.get(name, 0) + amount
    return total


def _most(each: Iterable[Amounts]) -> Amounts:
    most: dict[str, int] = {}
    for part in each:
        for name, amount in part.items():
            most[name] = max(most.get(name, 0), amount)
    return most
