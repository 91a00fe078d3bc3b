"""Which resources of an application an action is about. Called by the commands beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import click
import msgspec

from argosy.cli.applications import Name
from argosy.cli.client import Client
from argosy.cli.command import Decorator, text
from argosy.wire.controller import ApplicationTree, ManagedResources


@dataclass(frozen=True)
class Wanted:
    """What resources have to be like; None and empty texts let any be."""

    kind: str = ""
    group: str | None = None
    namespace: str = ""
    name: str = ""

    def accepts(self, resource: "Resource") -> bool:
        """Return whether a resource is like that."""
        return (
            self.kind in ("", resource.kind)
            and self.group in (None, resource.group)
            and self.namespace in ("", resource.namespace)
            and self.name in ("", resource.name)
        )


@dataclass(frozen=True, order=True)
class Resource:
    """A live resource of an application."""

    group: str
    kind: str
    namespace: str
    name: str
    version: str

    def query(self) -> Mapping[str, Any]:
        """Return how a request's query or body names it."""
        return {
            "group": self.group,
            "version": self.version,
            "kind": self.kind,
            "namespace": self.namespace,
            "resourceName": self.name,
        }

    def __str__(self) -> str:
        place = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.group}/{self.kind} {place}" if self.group else f"{self.kind} {place}"


def options(*, kind_is_needed: bool) -> Decorator:
    """Declare the options that choose resources."""
    chosen = (
        click.option("--kind", required=kind_is_needed, metavar="string", help="Kind of the resource"),
        text("--group", explain="Group of the resource"),
        text("--namespace", explain="Namespace of the resource"),
        text("--resource-name", explain="Name of the resource"),
    )

    def declare(function: Any) -> Any:
        for each in reversed(chosen):
            function = each(function)
        return function

    return declare


def wanted_of(given: Mapping[str, Any]) -> Wanted:
    """Return what the options say."""
    return Wanted(given["kind"] or "", given["group"], given["namespace"] or "", given["resource_name"] or "")


def resources(connected: Client, application: Name, wanted: Wanted) -> list[Resource]:
    """Return the live resources that the application manages and that are wanted, else those that came of them."""
    managed = connected.get(application.path("managed-resources"), application.parameters())
    items = (each for each in msgspec.convert(managed, ManagedResources).items if each.live_state not in ("", "null"))
    found = _accepted(items, wanted)
    if found:
        return found
    tree = connected.get(application.path("resource-tree"), application.parameters())
    return _accepted(msgspec.convert(tree, ApplicationTree).nodes, wanted)


def _accepted(items: Iterable[Any], wanted: Wanted) -> list[Resource]:
    found = (Resource(each.group, each.kind, each.namespace, each.name, each.version) for each in items)
    return sorted(each for each in found if wanted.accepts(each))
