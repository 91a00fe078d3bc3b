"""How the elements of a list are told apart: by the merge keys of Kubernetes' own types, else by position.

Source: `x-kubernetes-list-map-keys` of the core types. A list that is not here, or whose elements lack the key, is
compared by position, which can only see too many differences, never too few.
"""

from collections.abc import Mapping, Sequence
from typing import Any

_KEYS: Mapping[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "ephemeralContainers": ("name",),
    "env": ("name",),
    "volumes": ("name",),
    "imagePullSecrets": ("name",),
    "volumeMounts": ("mountPath",),
    "volumeDevices": ("devicePath",),
    "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
    "ownerReferences": ("uid",),
    "conditions": ("type",),
}
_PORT_KEYS = (("containerPort", "protocol"), ("port", "protocol"))
_DEFAULTS = {"protocol": "TCP"}


def keyed(name: str, desired: Sequence[Any], live: Sequence[Any]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the elements of both lists of field `name` by their merge key, or None if they have none."""
    candidates = _PORT_KEYS if name == "ports" else ((_KEYS[name],) if name in _KEYS else ())
    for keys in candidates:
        both = _by(keys, desired), _by(keys, live)
        if both[0] is not None and both[1] is not None:
            return both[0], both[1]
    return None


def _by(keys: tuple[str, ...], elements: Sequence[Any]) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for element in elements:
        if not isinstance(element, Mapping) or keys[0] not in element:
            return None
        found[",".join(str(element.get(key, _DEFAULTS.get(key, ""))) for key in keys)] = element
    return found if len(found) == len(elements) else None
