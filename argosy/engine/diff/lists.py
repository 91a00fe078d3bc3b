"""How the elements of a list are told apart where no schema says it: by the merge keys of Kubernetes' own types.

Source: `x-kubernetes-list-map-keys` of the core types. A list that is not here, or whose elements lack the key, is
compared by position, which can only see too many differences, never too few.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from argosy.engine.diff.schema import ByKeys

_NAME = (ByKeys(("name",), (None,)),)
_KEYS: Mapping[str, tuple[ByKeys, ...]] = {
    "containers": _NAME,
    "initContainers": _NAME,
    "ephemeralContainers": _NAME,
    "env": _NAME,
    "volumes": _NAME,
    "imagePullSecrets": _NAME,
    "volumeMounts": (ByKeys(("mountPath",), (None,)),),
    "volumeDevices": (ByKeys(("devicePath",), (None,)),),
    "hostAliases": (ByKeys(("ip",), (None,)),),
    "topologySpreadConstraints": (ByKeys(("topologyKey", "whenUnsatisfiable"), (None, "")),),
    "ownerReferences": (ByKeys(("uid",), (None,)),),
    "conditions": (ByKeys(("type",), (None,)),),
    "ports": (ByKeys(("containerPort", "protocol"), (None, "TCP")), ByKeys(("port", "protocol"), (None, "TCP"))),
}


def keys_of(name: str) -> tuple[ByKeys, ...]:
    """Return by which keys the elements of a field may be told apart, the first that fits; none if by none."""
    return _KEYS.get(name, ())


def keyed(name: str, desired: Sequence[Any], live: Sequence[Any]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the elements of both lists of field `name` by their merge key, or None if they have none."""
    for keys in keys_of(name):
        both = _by(keys, desired), _by(keys, live)
        if both[0] is not None and both[1] is not None:
            return both[0], both[1]
    return None


def _by(keys: ByKeys, elements: Sequence[Any]) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    named = tuple(zip(keys.names, keys.filled, strict=True))
    for element in elements:
        if not isinstance(element, Mapping) or keys.names[0] not in element:
            return None
        found[",".join(str(element.get(name, filled)) for name, filled in named)] = element
    return found if len(found) == len(elements) else None
