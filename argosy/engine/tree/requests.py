"""What a pod requests of its node, and what a node has, in thousandths. Called by `pods` and `hosts`.

Source: how the scheduler counts (Kubernetes' `PodRequests`): containers run together, init containers one after the
other beside the sidecars that were started before them, and the runtime's own share comes on top.
"""

from collections.abc import Mapping
from functools import lru_cache
from math import ceil
from typing import Any

from argosy.engine import quantities
from argosy.engine.model.resource import Manifest
from argosy.engine.tree import reading

Amounts = Mapping[str, int]
"""By resource (`cpu`, `memory`, ...), in thousandths of its unit: of a core, of a byte."""


def of_pod(pod: Manifest) -> Amounts:
    """Return what a pod requests."""
    steady: dict[str, int] = {}
    for container in reading.each(pod, "spec", "containers"):
        _add(steady, _of_container(container))
    beside: dict[str, int] = {}
    peak: dict[str, int] = {}
    for container in reading.each(pod, "spec", "initContainers"):
        at_once = dict(beside)
        _add(at_once, _of_container(container))
        _raise(peak, at_once)
        if container.get("restartPolicy") == "Always":
            beside = at_once
    _add(steady, beside)
    _raise(steady, peak)
    # What is requested for the pod as a whole replaces what its containers add up to.
    steady |= amounts(reading.mapping(pod, "spec", "resources", "requests"))
    _add(steady, amounts(reading.mapping(pod, "spec", "overhead")))
    return steady


def amounts(quantity_by_name: Mapping[str, Any]) -> Amounts:
    """Return the quantities as numbers, those that cannot be read left out."""
    found = ((name, _thousandths(str(text))) for name, text in quantity_by_name.items())
    return {name: amount for name, amount in found if amount is not None}


@lru_cache(4096)
def _thousandths(text: str) -> int | None:
    value = quantities.value(text)
    return None if value is None else ceil(value * 1000)


def _of_container(container: Mapping[str, Any]) -> Amounts:
    return amounts(reading.mapping(container, "resources", "requests"))


def _add(total: dict[str, int], part: Amounts) -> None:
    for name, amount in part.items():
        total[name] = total.get(name, 0) + amount


def _raise(most: dict[str, int], part: Amounts) -> None:
    for name, amount in part.items():
        most[name] = max(most.get(name, 0), amount)
