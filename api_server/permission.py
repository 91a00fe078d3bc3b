"""Ask `argosy.engine.access`, and refuse in the same words whether something is forbidden or does not exist (7.9)."""

from api_server.errors import NotFound, PermissionDenied
from api_server.records import Place, Record
from api_server.server import Caller, Server
from argosy.engine import access
from argosy.engine.access import Action, Permission


def require(caller: Caller, permission: Permission) -> None:
    """Return if the caller may. Raises `PermissionDenied`."""
    denied = access.check(caller.subject, permission)
    if denied is not None:
        raise PermissionDenied(denied.message)


def allows(caller: Caller, permission: Permission) -> bool:
    """Return whether the caller may."""
    return access.check(caller.subject, permission) is None


def on_application(server: Server, record: Record, action: Action, *, project: str = "") -> Permission:
    """Return the permission for an application, named `<project>/<name>` or `<project>/<namespace>/<name>`."""
    return Permission("applications", action, f"{project or record.project}/{short_name(server, record.place)}")


def short_name(server: Server, place: Place) -> str:
    """Return the application's name, with its namespace if that is not the control namespace."""
    return place.name if place.namespace == server.namespace else str(place)


def find_application(server: Server, caller: Caller, place: Place, *, project: str, action: Action) -> Record:
    """Return an application that the caller may read, and may do the action to.

    Raises `PermissionDenied` if it does not exist or is of another project than `project`; `NotFound` if it does not
    exist, a project is named, and the caller may read in it (6.27, 7.9).
    """
    unseen = PermissionDenied(f"permission denied: there is no application {place.name!r}, or you may not read it")
    record = server.watches.applications.index.get(place)
    if record is None:
        name = short_name(server, place)
        if project and allows(caller, Permission("applications", "get", f"{project}/{name}")):
            raise NotFound(f"applications.argoproj.io {place.name!r} not found")
        raise unseen
    if (project and record.project != project) or not allows(caller, on_application(server, record, "get")):
        raise unseen
    require(caller, on_application(server, record, action))
    return record
