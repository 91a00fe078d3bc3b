"""Register and remove repositories. A repository that cannot be reached is not registered (6.47)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from api_server.commands import secrets
from api_server.connections import ConnectionState
from api_server.errors import InvalidArgument, Unavailable
from api_server.permission import require
from api_server.queries.repositories import Asked, find, permission, shown
from api_server.server import Caller, Server
from api_server.writing import Deed, audited
from argosy.engine import settings
from argosy.engine.model.repository import Repository
from argosy.engine.settings import RepositoryEntry, urls, values
from argosy.engine.settings.repositories import FIELDS, SECRET_FIELDS, check_url

_ANSWERED_ONLY = frozenset(("connectionState", "inheritedCreds"))
_KEYS_OF_FIELDS = {field: key for key, (field, _) in FIELDS.items() if key != "insecureIgnoreHostKey"}


def repository_of(body: Any) -> Repository:
    """Return the repository that a request describes. Raises `InvalidArgument` naming the field."""
    if not isinstance(body, Mapping):
        raise InvalidArgument("the body is not a JSON object")
    fields: dict[str, Any] = {}
    for name, value in body.items():
        key = "url" if name == "repo" else str(name)
        if name in _ANSWERED_ONLY or value in (None, "", False, 0):
            continue
        if key not in FIELDS or name == "url":
            raise InvalidArgument(
                f"{name}: unknown; see the fields of a repository in the documentation of the settings"
            )
        field, read = FIELDS[key]
        try:
            fields[field] = read(_text(value))
        except values.Malformed as error:
            raise InvalidArgument(f"{name}: {error}") from error
    try:
        check_url(str(fields.get("url") or ""))
    except values.Malformed as error:
        raise InvalidArgument(f"repo: {error}") from error
    return Repository(**fields)


def _text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int():
            return str(value)
        case _:
            raise values.Malformed("neither a text, a number nor a boolean")


async def create(server: Server, caller: Caller, body: Any, *, upsert: bool) -> Mapping[str, Any]:
    """Register a repository; one that is there and equal is left alone, a different one needs `upsert`."""
    repository = repository_of(body)
    require(caller, permission(repository, "create"))
    held = _held(server, repository)
    if held is not None:
        different = _differences(held.repository, repository)
        if different and not upsert:
            raise InvalidArgument(
                "existing repository spec is different; use upsert flag to force update; different: "
                + ", ".join(different)
            )
        if upsert:
            require(caller, permission(repository, "update"))
            # What the caller cannot read it need not send again (2.77).
            repository = _with_secrets_of(held.repository, repository)
    state = await _reached(server, repository)
    if held is None or (upsert and held.repository != repository):
        name = held.secret if held is not None else secrets.repository_name(repository.url, repository.project)
        deed = Deed("create" if held is None else "update", f"repositories/{urls.without_password(repository.url)}")
        async with audited(server, caller, deed):
            manifest = secrets.secret(server, name, "repository", texts_of(repository))
            await secrets.write(server, manifest, over=held.secret if held is not None else "")
    return shown(server, repository, state)


async def validate(server: Server, caller: Caller, body: Any) -> None:
    """Return if the repository can be reached with what the request says. Raises `InvalidArgument`, `Unavailable`."""
    repository = repository_of(body)
    require(caller, permission(repository, "create"))
    await _reached(server, repository)


async def delete(server: Server, caller: Caller, asked: Asked) -> None:
    """Remove a repository. Raises `PermissionDenied`, `NotFound`."""
    entry = find(server, caller, asked, "delete")
    async with audited(server, caller, Deed("delete", f"repositories/{urls.without_password(entry.repository.url)}")):
        await secrets.delete(server, entry.secret, managed=entry.managed)


def texts_of(repository: Repository) -> Mapping[str, str]:
    """Return the texts of a repository's Secret."""
    found = {"type": repository.type, "url": repository.url}
    default = Repository(url="")
    for field, key in _KEYS_OF_FIELDS.items():
        value = getattr(repository, field)
        if value != getattr(default, field):
            found[key] = _text(value)
    return found


def _held(server: Server, repository: Repository) -> RepositoryEntry | None:
    wanted = urls.normalised(repository.url)
    for entry in server.settings.repositories:
        if urls.normalised(entry.repository.url) == wanted and entry.repository.project == repository.project:
            return entry
    return None


def _differences(held: Repository, wanted: Repository) -> list[str]:
    """Return the keys that differ; a secret that is not sent is no difference."""
    return sorted(
        key
        for field, key in _KEYS_OF_FIELDS.items()
        if field != "url"
        and getattr(held, field) != getattr(wanted, field)
        and not (field in SECRET_FIELDS and not getattr(wanted, field))
    )


def _with_secrets_of(held: Repository, wanted: Repository) -> Repository:
    kept = {field: getattr(wanted, field) or getattr(held, field) for field in SECRET_FIELDS}
    return msgspec.structs.replace(wanted, **kept)


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
