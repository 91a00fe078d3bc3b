"""Read repository entries: never a credential, only whether there is one and whether it works."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api_server.connections import ConnectionState
from api_server.errors import NotFound
from api_server.permission import allows, require
from api_server.server import Caller, Server
from argosy.engine import settings, times
from argosy.engine.access import Action, Permission
from argosy.engine.model.repository import Repository
from argosy.engine.settings import RepositoryEntry, urls


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries: `url` and `project` limit them if they are given; `fresh` tries the connections now."""

    url: str = ""
    project: str = ""
    fresh: bool = False


def permission(repository: Repository, action: Action) -> Permission:
    """Return the permission for a repository: `<url>` or `<project>/<url>` (6.19)."""
    scoped = f"{repository.project}/{repository.url}" if repository.project else repository.url
    return Permission("repositories", action, scoped)


async def list_all(server: Server, caller: Caller, asked: Asked) -> Mapping[str, Any]:
    """Return a `RepositoryList` of the entries that the caller may read."""
    found = [
        entry.repository
        for entry in server.settings.repositories
        if _is_asked(entry, asked) and allows(caller, permission(entry.repository, "get"))
    ]
    complete = [
        settings.repository_for(server.settings, each.url, project=each.project, kind=each.type) for each in found
    ]
    states = await server.connections.states(complete, fresh=asked.fresh)
    return {"items": [shown(server, each, state) for each, state in zip(found, states, strict=True)]}


async def get(server: Server, caller: Caller, asked: Asked) -> Mapping[str, Any]:
    """Return one entry. Raises `PermissionDenied`, `NotFound`."""
    entry = find(server, caller, asked, "get")
    repository = settings.repository_for(
        server.settings, entry.repository.url, project=entry.repository.project, kind=entry.repository.type
    )
    (state,) = await server.connections.states([repository], fresh=asked.fresh)
    return shown(server, entry.repository, state)


def find(server: Server, caller: Caller, asked: Asked, action: Action) -> RepositoryEntry:
    """Return the entry for a URL and project that the caller may do the action to."""
    require(caller, permission(Repository(url=asked.url, project=asked.project), action))
    for entry in server.settings.repositories:
        if _is_asked(entry, asked) and entry.repository.project == asked.project:
            return entry
    raise NotFound(f"repo {asked.url!r} not found" + (f" in project {asked.project!r}" if asked.project else ""))


def shown(server: Server, repository: Repository, state: ConnectionState) -> Mapping[str, Any]:
    """Return an entry as Argo CD shows it, no secret among its fields (2.77)."""
    own = {
        "repo": urls.without_password(repository.url),
        "name": repository.name,
        "project": repository.project,
        "enableLfs": repository.enable_lfs,
        "depth": repository.depth,
        "inheritedCreds": settings.inherits(server.settings, repository),
    }
    connection = {"status": state.status, "message": state.message, "attemptedAt": times.text(state.attempted_at)}
    fields = {key: value for key, value in own.items() if value}
    return {**fields, **credentials_shown(repository), "connectionState": connection}


def credentials_shown(entry: Repository) -> Mapping[str, Any]:
    """Return how an entry or template signs in and reaches its server: an allow-list, no secret among it."""
    fields: dict[str, Any] = {
        "type": entry.type,
        "username": entry.username,
        "insecure": entry.insecure,
        "enableOCI": entry.enable_oci,
        "insecureOCIForceHttp": entry.insecure_oci_force_http,
        "forceHttpBasicAuth": entry.force_http_basic_auth,
        "proxy": urls.without_password(entry.proxy),
        "noProxy": entry.no_proxy,
        "githubAppID": entry.github_app_id,
        "githubAppInstallationID": entry.github_app_installation_id,
        "githubAppEnterpriseBaseUrl": entry.github_app_enterprise_base_url,
        "useAzureWorkloadIdentity": entry.use_azure_workload_identity,
        "azureServicePrincipalClientId": entry.azure_service_principal_client_id,
        "azureServicePrincipalTenantId": entry.azure_service_principal_tenant_id,
        "azureActiveDirectoryEndpoint": entry.azure_active_directory_endpoint,
    }
    return {key: value for key, value in fields.items() if value}


def _is_asked(entry: RepositoryEntry, asked: Asked) -> bool:
    repository = entry.repository
    same_url = not asked.url or urls.normalised(asked.url) == urls.normalised(repository.url)
    return same_url and (not asked.project or repository.project == asked.project)
