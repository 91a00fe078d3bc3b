"""May this subject do that? The only place that says yes; whatever is not allowed here is denied.

Comes in: who asks, and what of. Goes out: None, or a `Denied` with its reason. Called by `api_server.queries` and
`api_server.commands` before they do anything.
"""

from dataclasses import dataclass
from typing import Literal

Resource = Literal["applications", "projects", "repositories", "clusters", "settings"]
Verb = Literal["get", "create", "update", "delete", "sync", "override"]

ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Nobody has signed in."""


@dataclass(frozen=True, slots=True)
class LocalUser:
    """A local account has signed in. Its name is its own kind: a name from elsewhere is never taken for it."""

    name: str


Subject = Anonymous | LocalUser


@dataclass(frozen=True, slots=True)
class ResourceAction:
    """An action that is done to one live object of an application: `action/<group>/<kind>/<action>` (6.20)."""

    group: str
    kind: str
    name: str

    def __str__(self) -> str:
        return f"action/{self.group}/{self.kind}/{self.name}"


Action = Verb | ResourceAction


@dataclass(frozen=True, slots=True)
class Permission:
    """An action on an object, named as Argo CD's policies name it: `<project>/<name>` for an application (6.19)."""

    resource: Resource
    action: Action
    object: str

    def __str__(self) -> str:
        return f"{self.resource}, {self.action}, {self.object}"


@dataclass(frozen=True, slots=True)
class Denied:
    """Why not, in words for the user."""

    message: str


def check(subject: Subject, permission: Permission) -> Denied | None:
    """Return None if the subject may do it. For now the local admin may do everything, and nobody else anything."""
    match subject:
        case LocalUser(name) if name == ADMIN:
            return None
        case LocalUser(name):
            return Denied(f"permission denied: {permission}, sub: {name}")
        case Anonymous():
            return Denied(f"permission denied: {permission}")
