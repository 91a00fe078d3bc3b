"""Register and remove credential templates: `repo-creds` Secrets, for all repositories below a URL (2.73)."""

from collections.abc import Mapping
from typing import Any

from api_server.commands import entries, secrets
from api_server.errors import InvalidArgument
from api_server.permission import require
from api_server.queries.templates import find, held, permission, shown
from api_server.server import Caller, Server
from api_server.writing import Deed, audited
from argosy.engine.model.repository import Repository
from argosy.engine.settings import RepositoryEntry, urls

_OF_REPOSITORIES_ONLY = ("name", "project", "enable_lfs", "depth")


async def create(server: Server, caller: Caller, body: Any, *, upsert: bool) -> Mapping[str, Any]:
    """Register a template; one that is there and equal is left alone, a different one needs `upsert`."""
    template = _template_of(body)
    require(caller, permission(template.url, "create"))
    found = held(server, template.url)
    if found is not None and upsert:
        return await _change(server, caller, found, template)
    if found is not None:
        entries.demand_same(found.repository, template, what="repository credentials")
        return shown(template)
    await _write(server, caller, Deed("create", _target(template)), secrets.template_name(template.url), template)
    return shown(template)


async def update(server: Server, caller: Caller, url: str, body: Any) -> Mapping[str, Any]:
    """Change a template that is there. Raises `PermissionDenied`, `NotFound`."""
    template = _template_of({**body, "url": url} if isinstance(body, Mapping) else body)
    return await _change(server, caller, find(server, caller, url, "update"), template)


async def delete(server: Server, caller: Caller, url: str) -> None:
    """Remove a template. Raises `PermissionDenied`, `NotFound`."""
    entry = find(server, caller, url, "delete")
    async with audited(server, caller, Deed("delete", _target(entry.repository))):
        await secrets.delete(server, entry.secret, managed=entry.managed)


def _template_of(body: Any) -> Repository:
    template = entries.entry_of(body, address="url")
    wrong = [field for field in _OF_REPOSITORIES_ONLY if getattr(template, field)]
    if wrong:
        raise InvalidArgument(f"{entries.key_of(wrong[0])}: a template has none; give it to the repository")
    return template


async def _change(server: Server, caller: Caller, found: RepositoryEntry, wanted: Repository) -> Mapping[str, Any]:
    require(caller, permission(wanted.url, "update"))
    template = entries.with_secrets_of(found.repository, wanted)
    if found.repository != template:
        await _write(server, caller, Deed("update", _target(template)), found.secret, template, over=found.secret)
    return shown(template)


async def _write(
    server: Server, caller: Caller, deed: Deed, name: str, template: Repository, *, over: str = ""
) -> None:
    async with audited(server, caller, deed):
        manifest = secrets.secret(server, name, "repo-creds", entries.texts_of(template))
        await secrets.write(server, manifest, over=over)


def _target(template: Repository) -> str:
    return f"repocreds/{urls.without_password(template.url)}"
