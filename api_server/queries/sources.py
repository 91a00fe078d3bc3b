"""Read what a repository holds: refs, charts, tags, folders that could be applications, and what could be set of one.

Each of these makes the repo server fetch, and may show what is in a repository: so a caller gets it for repositories
that are registered, or are used by an application that he may read, and for sources that he could deploy (S-066).
What the repo server refuses is passed on: `app` knows what its errors mean.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from api_server.errors import InvalidArgument, NotFound, PermissionDenied
from api_server.index import Wanted
from api_server.permission import allows, find_application, require
from api_server.queries import applications, projects
from api_server.queries.repositories import Asked, permission
from api_server.records import Place
from api_server.server import Caller, Server
from argosy.engine import permits, settings
from argosy.engine.access import Permission
from argosy.engine.model.application import Application, ApplicationSpec, Destination
from argosy.engine.model.base import Metadata, Model
from argosy.engine.model.project import Project
from argosy.engine.model.repository import Repository, RepositoryType
from argosy.engine.model.source import Source
from argosy.engine.settings import urls
from argosy.gateways.manifests import requests
from argosy.gateways.manifests.requests import Tenant
from argosy.wire.repo_server import AppsRequest, Details, DetailsRequest, RepositoryRequest


class DetailsQuery(Model, frozen=True):
    """The body of an app details request: a source of an application, or of one that is still to be made."""

    source: Source | None = None
    app_name: str = ""
    app_project: str = ""


async def refs(server: Server, caller: Caller, asked: Asked) -> Mapping[str, Any]:
    """Return the branches and tags of a Git repository."""
    repository = _visible(server, caller, asked, "git")
    found = await server.outside.manifests.refs(RepositoryRequest(repository, fresh=asked.fresh))
    return {"branches": found.branches, "tags": found.tags}


async def charts(server: Server, caller: Caller, asked: Asked) -> Mapping[str, Any]:
    """Return the charts of a chart repository with their versions."""
    repository = _visible(server, caller, asked, "helm")
    found = await server.outside.manifests.charts(RepositoryRequest(repository, fresh=asked.fresh))
    return {"items": [{"name": each.name, "versions": each.versions} for each in found.items]}


async def tags(server: Server, caller: Caller, asked: Asked) -> Mapping[str, Any]:
    """Return the tags of a repository in an OCI registry."""
    repository = _visible(server, caller, asked, "oci")
    found = await server.outside.manifests.tags(RepositoryRequest(repository, fresh=asked.fresh))
    return {"tags": found.tags}


async def apps(server: Server, caller: Caller, asked: Asked, *, revision: str, name: str) -> Mapping[str, Any]:
    """Return the folders that could be applications; for who may create or change an application of this name."""
    project = asked.project or "default"
    wanted = f"{project}/{name}"
    if not allows(caller, Permission("applications", "update", wanted)):
        require(caller, Permission("applications", "create", wanted))
    repository = settings.repository_for(server.settings, asked.url, project=project)
    require(caller, permission(repository, "get"))
    _demand_permitted(server, _project(server, project), asked.url)
    found = await server.outside.manifests.apps(AppsRequest(repository, revision, server.settings.tools))
    return {"items": [{"type": each.source_type, "path": each.path} for each in found.items]}


async def details(server: Server, caller: Caller, url: str, query: DetailsQuery) -> Mapping[str, Any]:
    """Return what could be set about a source of an application, or of one that the caller could create (2.29)."""
    if query.source is None or urls.normalised(query.source.repo_url) != urls.normalised(url):
        raise InvalidArgument("source.repoURL: missing, or another repository than the path's")
    tenant, position = _tenant(server, caller, query, query.source)
    repository = requests.repository_of(tenant, query.source)
    require(caller, permission(repository, "get"))
    _demand_permitted(server, tenant.project, url)
    request = DetailsRequest(
        tenant.application.metadata.name,
        tenant.project.metadata.name,
        requests.source_requests(tenant),
        position,
        server.settings.tools,
    )
    return _shown(await server.outside.manifests.details(request))


def _tenant(server: Server, caller: Caller, query: DetailsQuery, source: Source) -> tuple[Tenant, int]:
    """Return on whose behalf the source is looked at, and which of its sources that is."""
    namespace, _, name = query.app_name.rpartition("/")
    place = Place(namespace or server.namespace, name)
    if server.watches.applications.index.get(place) is None:
        project = query.app_project or "default"
        require(caller, Permission("applications", "create", f"{project}/{query.app_name}"))
        spec = ApplicationSpec(project, Destination(), source=source)
        return Tenant(Application(Metadata(name), spec), _project(server, project), server.settings), 0
    record = find_application(server, caller, place, project=query.app_project, action="get")
    found = applications.view(record)
    for sources in _known(found):
        if source in sources:
            spec = msgspec.structs.replace(found.spec, source=None, sources=sources)
            application = msgspec.structs.replace(found, spec=spec)
            return Tenant(application, _project(server, record.project), server.settings), sources.index(source)
    raise PermissionDenied("permission denied: the application has and had no such source")


def _known(application: Application) -> list[tuple[Source, ...]]:
    """Return the sources that the application has, and those that it had, at the revisions that were deployed."""
    known = [application.sources]
    for entry in application.status.history:
        sources = entry.sources or ((entry.source,) if entry.source else ())
        revisions = entry.revisions or (entry.revision,)
        known.append(
            tuple(
                msgspec.structs.replace(source, target_revision=revision)
                for source, revision in zip(sources, revisions, strict=False)
            )
        )
    return known


def _project(server: Server, name: str) -> Project:
    project = projects.view(server, name)
    if project is None:
        raise NotFound(f"appprojects.argoproj.io {name!r} not found")
    return project


def _demand_permitted(server: Server, project: Project, url: str) -> None:
    if not permits.permits_repository(project, url, snapshot=server.settings):
        shown = urls.without_password(url)
        raise PermissionDenied(f"repository {shown!r} is not permitted in project {project.metadata.name!r}")


def _visible(server: Server, caller: Caller, asked: Asked, kind: RepositoryType) -> Repository:
    """Return a repository that is registered or used by an application that the caller may read."""
    repository = settings.repository_for(server.settings, asked.url, project=asked.project, kind=kind)
    require(caller, permission(repository, "get"))
    if settings.entry_for(server.settings, asked.url, project=asked.project, kind=kind) is None:
        users = server.watches.applications.index.find(Wanted(repository=asked.url))
        if not any(applications.may_read(server, caller, each) for each in users):
            shown = urls.without_password(asked.url)
            raise PermissionDenied(
                f"permission denied: repository {shown!r} is not registered, nor used by an application of yours"
            )
    return repository


def _shown(found: Details) -> Mapping[str, Any]:
    """Return the details as Argo CD's clients expect them: the part of the type is there, if only empty."""
    shown: dict[str, Any] = {"type": found.source_type}
    match found.source_type:
        case "Helm":
            shown["helm"] = found.helm or {}
        case "Kustomize":
            shown["kustomize"] = found.kustomize or {}
        case "Plugin":
            shown["plugin"] = {"parametersAnnouncement": found.plugin or ()}
        case "Directory":
            shown["directory"] = {}
    return shown
