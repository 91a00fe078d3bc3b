"""The actions that come with Argosy, by kind (5.28): which are offered for an object, and what one of them does.

A family of kinds a file, each with its table. Called by `choice`.
"""

from collections.abc import Mapping

from argosy.engine.actions import (
    argo,
    argo_rollouts,
    cloudnative_pg,
    databases,
    external_secrets,
    flux,
    jobs,
    keda,
    numaproj,
    operators,
    workloads,
)
from argosy.engine.actions.defined import Offered, Result
from argosy.engine.actions.form import Action, Asked, CannotRun
from argosy.engine.model.resource import Manifest, key_of

_FAMILIES = (
    argo,
    argo_rollouts,
    cloudnative_pg,
    databases,
    external_secrets,
    flux,
    jobs,
    keda,
    numaproj,
    operators,
    workloads,
)

TABLE: Mapping[str, tuple[Action, ...]] = {
    kind: actions for family in _FAMILIES for kind, actions in family.TABLE.items()
}
"""The actions of a kind, written as `group/Kind`."""

_MALFORMED = (AttributeError, KeyError, TypeError)
"""What comes of an object that is not in the shape of its kind: nothing is offered for it."""


def offered(manifest: Manifest) -> tuple[Offered, ...]:
    """Return the actions that an object can have now, in the order of their names."""
    try:
        shown = [each.offer(manifest) for each in _actions(manifest) if each.shown.holds(manifest)]
    except _MALFORMED:
        return ()
    return tuple(sorted(shown, key=lambda each: each.name))


def run(name: str, asked: Asked) -> tuple[Result, ...] | None:
    """Return what the action wants done, None if the kind has none of that name. Raises `CannotRun`."""
    action = next((each for each in _actions(asked.manifest) if each.name == name), None)
    if action is None:
        return None
    try:
        return (action.does(asked),)
    except _MALFORMED as error:
        raise CannotRun(f"{name}: the object does not have the shape of its kind") from error


def names(manifest: Manifest) -> tuple[str, ...]:
    """Return the names of all the actions of the object's kind."""
    return tuple(each.name for each in _actions(manifest))


def _actions(manifest: Manifest) -> tuple[Action, ...]:
    return TABLE.get(str(key_of(manifest).group_kind), ())
