"""Fields of custom resources that hold types of Kubernetes' own, in the form that Kubernetes writes them in (3.14).

The API server keeps a custom resource as it was written: `cpu: "0.1"` stays, and differs from the `100m` that an
operator writes back. What a field's type tells is read, so that both sides are compared by what they mean. A Rollout's
pod template is known without being told, as to Argo CD.
"""

from collections.abc import Callable, Mapping
from typing import Any

from argosy.engine import quantities
from argosy.engine.model.resource import GroupKind, Manifest, kind_of
from argosy.engine.normalise.core_types import (
    DURATION,
    EMPTY_IS_ABSENT,
    QUANTITIES,
    QUANTITY,
    RESOURCE_LISTS,
    ZERO_IS_ABSENT,
)
from argosy.engine.normalise.rules import KnownType, Rules

_ROLLOUT = GroupKind("argoproj.io", "Rollout")
_BUILT_IN = {_ROLLOUT: (KnownType(_ROLLOUT, ("spec", "template", "spec"), "core/v1/PodSpec"),)}


def canonical(manifest: Manifest, rules: Rules) -> Manifest:
    """Return the object with its fields of known types as Kubernetes writes them."""
    kind = kind_of(manifest)
    for known in (*_BUILT_IN.get(kind, ()), *rules.of_kind(kind).known_types):
        manifest = _rewritten(manifest, known.field, _writer(known.type))
    return manifest


def _writer(name: str) -> Callable[[Any], Any]:
    match name:
        case _ if name == QUANTITY:
            return _quantity
        case _ if name == DURATION:
            return _duration
        case _:
            return _core


def _rewritten(value: Any, field: tuple[str, ...], write: Callable[[Any], Any]) -> Any:
    """Return the value with a field rewritten; of a list on the way, or at its end, every element's."""
    if isinstance(value, list):
        return [_rewritten(element, field, write) for element in value]
    if not field:
        return write(value)
    if isinstance(value, Mapping) and field[0] in value:
        return {**value, field[0]: _rewritten(value[field[0]], field[1:], write)}
    return value


def _quantity(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    return quantities.quantity(str(value)) or value


def _duration(value: Any) -> Any:
    return (quantities.duration(value) or value) if isinstance(value, str) else value


def _core(value: Any) -> Any:
    """Return a value of a core type without what Go leaves out, its quantities in one form."""
    if isinstance(value, list):
        return [_core(element) for element in value]
    if not isinstance(value, Mapping):
        return value
    found = {key: _member(key, item) for key, item in value.items()}
    return {key: item for key, item in found.items() if not _left_out(key, item)}


def _member(key: str, value: Any) -> Any:
    if key in QUANTITIES:
        return _quantity(value)
    if key in RESOURCE_LISTS and isinstance(value, Mapping):
        return {name: _quantity(each) for name, each in value.items()}
    return _core(value)


def _left_out(key: str, value: Any) -> bool:
    if value is None or value == []:
        return True
    if value == {}:
        return key in EMPTY_IS_ABSENT
    return key in ZERO_IS_ABSENT and (value is False or (value == 0 and isinstance(value, int)))
