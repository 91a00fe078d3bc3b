"""Register and remove repositories. A repository that cannot be reached is not registered (6.47)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from api_server.commands import entries, secrets
from api_server.connections import ConnectionState
from api_server.errors import InvalidArgument, Unavailable
from api_server.permission import require
from api_server.queries.repositories import Asked, find, permission, shown
from api_server.server import Caller, Server
from api_server.writing import Deed, audited
from argosy.engine import settings
from argosy.engine.model.repository import Repository
from argosy.engine.settings import RepositoryEntry, urls


async def create(server: Server, caller: Caller, body: Any, *, upsert: bool) -> Mapping[str, Any]:
    """Register a repository; one that is there and equal is left alone, a different one needs `upsert`."""
    repository = entries.entry_of(body, address="repo")
    require(caller, permission(repository, "create"))
    held = _held(server, repository)
    if held is not None and upsert:
        return await _change(server, caller, held, repository)
    if held is not None:
        entries.demand_same(held.repository, repository, what="repository")
        return shown(server, repository, await _reached(server, repository))
    state = await _reached(server, repository)
    name = secrets.repository_name(repository.url, repository.project)
    await _write(server, caller, Deed("create", _target(repository)), name, repository)
    return shown(server, repository, state)


async def update(server: Server, caller: Caller, url: str, body: Any) -> Mapping[str, Any]:
    """Change a repository that is there. Raises `PermissionDenied`, `NotFound`."""
    given = {**body, "repo": url} if isinstance(body, Mapping) else body
    repository = entries.entry_of(given, address="repo")
    held = find(server, caller, Asked(repository.url, repository.project), "update")
    return await _change(server, caller, held, repository)


async def _change(server: Server, caller: Caller, held: RepositoryEntry, wanted: Repository) -> Mapping[str, Any]:
    require(caller, permission(wanted, "update"))
    repository = entries.with_secrets_of(held.repository, wanted)
    state = await _reached(server, repository)
    if held.repository != repository:
        await _write(server, caller, Deed("update", _target(repository)), held.secret, repository, over=held.secret)
    return shown(server, repository, state)


async def _write(
    server: Server, caller: Caller, deed: Deed, name: str, repository: Repository, *, over: str = ""
) -> None:
    async with audited(server, caller, deed):
        manifest = secrets.secret(server, name, "repository", entries.texts_of(repository))
        await secrets.write(server, manifest, over=over)


def _target(repository: Repository) -> str:
    return f"repositories/{urls.without_password(repository.url)}"


async def validate(server: Server, caller: Caller, body: Any) -> None:
    """Return if the repository can be reached with what the request says. Raises `InvalidArgument`, `Unavailable`."""
    repository = entries.entry_of(body, address="repo")
    require(caller, permission(repository, "create"))
    await _reached(server, repository)


async def delete(server: Server, caller: Caller, asked: Asked) -> None:
    """Remove a repository. Raises `PermissionDenied`, `NotFound`."""
    entry = find(server, caller, asked, "delete")
    async with audited(server, caller, Deed("delete", _target(entry.repository))):
        await secrets.delete(server, entry.secret, managed=entry.managed)


def _held(server: Server, repository: Repository) -> RepositoryEntry | None:
    wanted = urls.normalised(repository.url)
    for entry in server.settings.repositories:
        if urls.normalised(entry.repository.url) == wanted and entry.repository.project == repository.project:
            return entry
    return None


async def _reached(server: Server, repository: Repository) -> ConnectionState:
    """Return the state of the connection, with the credentials that it would have. Raises if it fails."""
    complete = settings.repository_for(
        _knowing(server.settings, repository), repository.url, project=repository.project, kind=repository.type
    )
    (state,) = await server.connections.states([complete], fresh=True)
    match state.status:
        case "Successful":
            return state
        case "Failed":
            raise InvalidArgument(f"repo: the repository cannot be used: {state.message}")
        case "Unknown":
            raise Unavailable(f"the repository could not be tried: {state.message}")


def _knowing(found: settings.Settings, repository: Repository) -> settings.Settings:
    """Return the settings as they would be with this repository and no other entry."""
    entry = RepositoryEntry("", repository, managed=True)
    return replace(found, repositories=(entry,))
