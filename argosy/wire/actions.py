"""The shapes of resource actions in the public API, as Argo CD's clients know them (5.24, 5.27)."""

from argosy.engine.actions.defined import Offered
from argosy.engine.model.base import Model


class ResourceActionParam(Model, frozen=True):
    """Something that an action asks for; `default` is what it takes if nothing is given."""

    name: str
    default: str = ""


class ResourceAction(Model, frozen=True):
    """An action that an object can have; `disabled` if it makes no sense just now."""

    name: str
    params: tuple[ResourceActionParam, ...] = ()
    disabled: bool = False
    icon_class: str = ""
    display_name: str = ""


class ResourceActions(Model, frozen=True):
    """The actions of an object, in the order of their names."""

    actions: tuple[ResourceAction, ...] = ()


class ResourceActionParameters(Model, frozen=True):
    """A parameter as it is filled in."""

    name: str
    value: str = ""


class ResourceActionRunRequest(Model, frozen=True):
    """The body of a request to run an action on an object; the application's name is in the path."""

    action: str
    kind: str
    resource_name: str
    group: str = ""
    version: str = ""
    namespace: str = ""
    resource_action_parameters: tuple[ResourceActionParameters, ...] = ()
    name: str = ""
    app_namespace: str = ""
    project: str = ""


def shown(offered: tuple[Offered, ...]) -> ResourceActions:
    """Return the actions as they are sent."""
    return ResourceActions(
        tuple(
            ResourceAction(
                name=each.name,
                params=tuple(ResourceActionParam(part.name, part.default) for part in each.parameters),
                disabled=each.disabled,
                icon_class=each.icon_class,
                display_name=each.display_name,
            )
            for each in offered
        )
    )
