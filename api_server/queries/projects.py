"""Read projects, from the index."""

from api_server.errors import NotFound
from api_server.index import Wanted
from api_server.permission import allows, require
from api_server.records import Place, Record
from api_server.server import Caller, Server
from argosy.engine.access import Permission
from argosy.engine.model import project as projects
from argosy.engine.model.project import Project


def list_all(server: Server, caller: Caller, *, name: str) -> bytes:
    """Return an `AppProjectList` of the projects that the caller may read."""
    watch = server.watches.projects
    records = watch.index.find(Wanted(namespace=server.namespace, name=name))
    visible = [each.body for each in records if allows(caller, Permission("projects", "get", each.place.name))]
    return b'{"metadata":{"resourceVersion":"%d"},"items":[%b]}' % (watch.position, b",".join(visible))


def get(server: Server, caller: Caller, name: str) -> Record:
    """Return a project. Raises `PermissionDenied`, `NotFound`."""
    require(caller, Permission("projects", "get", name))
    record = server.watches.projects.index.get(Place(server.namespace, name))
    if record is None:
        raise NotFound(f"appprojects.argoproj.io {name!r} not found")
    return record


def view(server: Server, name: str) -> Project | None:
    """Return the typed view of a project for a check, None if there is none; not to be shown to anybody."""
    record = server.watches.projects.index.get(Place(server.namespace, name or "default"))
    return None if record is None else projects.read(record.manifest())
