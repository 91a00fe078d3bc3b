"""Read credential templates: never a credential, only for which repositories they are and how they sign in."""

from collections.abc import Mapping
from typing import Any

from api_server.errors import NotFound
from api_server.permission import allows, require
from api_server.queries.repositories import credentials_shown
from api_server.server import Caller, Server
from argosy.engine.access import Action, Permission
from argosy.engine.model.repository import Repository
from argosy.engine.settings import RepositoryEntry, urls


def permission(url: str, action: Action) -> Permission:
    """Return the permission for a template: that for a repository of its URL, as Argo CD has it."""
    return Permission("repositories", action, url)


def list_all(server: Server, caller: Caller, *, url: str) -> Mapping[str, Any]:
    """Return a `RepoCredsList` of the templates that the caller may read; `url` limits it if given."""
    found = [each.repository for each in server.settings.repository_templates if allows(caller, _read(each))]
    wanted = [each for each in found if not url or urls.normalised(each.url) == urls.normalised(url)]
    return {"items": [shown(each) for each in wanted]}


def find(server: Server, caller: Caller, url: str, action: Action) -> RepositoryEntry:
    """Return the template for a URL that the caller may do the action to. Raises `PermissionDenied`, `NotFound`."""
    require(caller, permission(url, action))
    found = held(server, url)
    if found is None:
        raise NotFound(f"repository credentials {urls.without_password(url)!r} not found")
    return found


def held(server: Server, url: str) -> RepositoryEntry | None:
    """Return the template that is registered for exactly this URL, None if there is none."""
    wanted = urls.normalised(url)
    templates = server.settings.repository_templates
    return next((each for each in templates if urls.normalised(each.repository.url) == wanted), None)


def shown(template: Repository) -> Mapping[str, Any]:
    """Return a template as Argo CD shows it."""
    return {"url": urls.without_password(template.url), **credentials_shown(template)}


def _read(entry: RepositoryEntry) -> Permission:
    return permission(entry.repository.url, "get")
