"""Applications as the commands speak of them: by name, by selector, as a view.

Comes in: what stands on the command line. Goes out: names, JSON objects, and the engine's typed view of them. Called
by the `app` commands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from argosy.cli.client import Client, Parameters, application_path
from argosy.cli.command import show_help
from argosy.cli.errors import ApiError, CommandError
from argosy.engine.model import application
from argosy.engine.model.application import Application

Refresh = Literal["normal", "hard"]
NOT_THERE = (403, 404)
"""Statuses that a server may answer with for an application that does not exist."""


@dataclass(frozen=True)
class Name:
    """An application's name, and its namespace where one was given."""

    name: str
    namespace: str = ""

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    def path(self, *parts: str) -> str:
        """The path of the application, or of something in it."""
        return application_path(self.name, *parts)

    def parameters(self, **more: Any) -> Parameters:
        """Query parameters for a request about the application."""
        return {"appNamespace": self.namespace, **more}


def parse(text: str, namespace: str | None) -> Name:
    """Read `name` or `namespace/name`; the namespace in front wins over the one of `--app-namespace`."""
    before, slash, name = text.rpartition("/")
    if not name or "/" in before or (slash and not before):
        raise CommandError(f"{text!r} is not the name of an application", advice="Write NAME or NAMESPACE/NAME.")
    return Name(name=name, namespace=before or namespace or "")


def fetch(client: Client, name: Name, *, refresh: Refresh | None = None) -> Any:
    """Read an application's object, if asked for after a refresh."""
    return client.get(name.path(), name.parameters(refresh=refresh))


def fetch_if_there(client: Client, name: Name) -> Any | None:
    """Read an application's object; `None` if there is none, or none that may be seen."""
    try:
        return fetch(client, name)
    except ApiError as error:
        if error.status in NOT_THERE:
            return None
        raise


def select(client: Client, *, selector: str, namespace: str | None, projects: Sequence[str] = ()) -> list[Any]:
    """List the objects that a label selector matches."""
    parameters: Parameters = {"selector": selector, "appNamespace": namespace, "projects": list(projects)}
    return client.get("/api/v1/applications", parameters).get("items") or []


@dataclass(frozen=True)
class Named:
    """The applications that were named."""

    names: tuple[Name, ...]


@dataclass(frozen=True)
class Selected:
    """The applications that a label selector or projects match."""

    selector: str
    namespace: str | None
    projects: tuple[str, ...] = ()


def choice(
    names: Sequence[str], *, selector: str | None, namespace: str | None, projects: Sequence[str] = ()
) -> Named | Selected:
    """Read which applications a call is about; ends it as a wrong one if that is not clear."""
    if names and (selector or projects):
        show_help("Give names or a selector, not both.")
    if names:
        return Named(tuple(parse(name, namespace) for name in names))
    if not selector and not projects:
        show_help("Missing argument 'APPNAME'.")
    return Selected(selector=selector or "", namespace=namespace, projects=tuple(projects))


def chosen(client: Client, which: Named | Selected) -> list[Name]:
    """Find the applications; raises `CommandError` if nothing matches."""
    match which:
        case Named(names):
            return list(names)
        case Selected(selector, namespace, projects):
            found = select(client, selector=selector, namespace=namespace, projects=projects)
            if not found:
                raise CommandError(f"no application matches {selector or ' '.join(projects)!r}")
            return [Name(item["metadata"]["name"], item["metadata"].get("namespace", "")) for item in found]


def view(document: Mapping[str, Any]) -> Application:
    """Read an application's object; raises `CommandError` naming the field that cannot be read."""
    try:
        return application.read(document)
    except msgspec.ValidationError as error:
        name = (document.get("metadata") or {}).get("name", "")
        raise CommandError(f"the server's application {name!r} cannot be read: {error}") from error
