"""What is asked of the repo server for an application, and with what: settings and project -> requests.

Called by the controller's `compare` and the API server's `rendering`, which so render the same. Here a project's word
counts: which commits must be signed, and which other repositories its sources may draw on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from argosy.engine import integrity, permits, settings
from argosy.engine.model.application import Application
from argosy.engine.model.project import Project
from argosy.engine.model.repository import Repository, RepositoryType
from argosy.engine.model.source import Source
from argosy.engine.settings import Settings, urls
from argosy.gateways.manifests.errors import Refused
from argosy.gateways.manifests.port import Manifests
from argosy.wire.repo_server import MetadataRequest, RenderAnswer, RenderRequest, SourceRequest

_LINT = "argosy/lint"
_GENERATE_PATHS = "argocd.argoproj.io/manifest-generate-paths"
_OCI = "oci://"
_BY_NAME = ("@", "alias:")
_MOST_ROUNDS = 8
"""Each round can only bring new repositories: a chart's own, those of its charts, and so on."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """On whose behalf sources are rendered: an application, the project that binds it, and the settings."""

    application: Application
    project: Project
    settings: Settings


@dataclass(frozen=True, slots=True)
class Destination:
    """What templates see of where the objects go: Kubernetes' version, and what it serves."""

    kube_version: str = ""
    api_versions: tuple[str, ...] = ()


def repository_of(tenant: Tenant, source: Source) -> Repository:
    """Return the repository entry of one of the application's sources."""
    kind: RepositoryType = "helm" if source.chart else "git"
    return settings.repository_for(tenant.settings, source.repo_url, project=tenant.project.metadata.name, kind=kind)


def source_requests(tenant: Tenant, revisions: Sequence[str] = ()) -> tuple[SourceRequest, ...]:
    """Return the application's sources with their entries and policies, at these resolved revisions if given."""
    sources = tenant.application.sources
    given = revisions or ("",) * len(sources)
    return tuple(
        SourceRequest(
            source,
            repository_of(tenant, source),
            revision,
            integrity.required(tenant.project, source, keyring=tenant.settings.keyring),
        )
        for source, revision in zip(sources, given, strict=True)
    )


def metadata_request(tenant: Tenant, source: Source, revision: str) -> MetadataRequest:
    """Return the question who made a revision of one of the application's sources."""
    policy = integrity.required(tenant.project, source, keyring=tenant.settings.keyring)
    return MetadataRequest(source, repository_of(tenant, source), revision, policy)


def render_request(
    tenant: Tenant,
    instance: str,
    *,
    destination: Destination,
    revisions: Sequence[str] = (),
    needed: Iterable[str] = (),
) -> RenderRequest:
    """Return the request to render the application's sources.

    `instance` is the application's name in marks. `needed` are the names of other repositories that an earlier render
    drew on; those that are not permitted any more are left out, and asked for if they are still needed.
    """
    annotations = tenant.application.metadata.annotations
    return RenderRequest(
        application=instance,
        namespace=tenant.application.spec.destination.namespace,
        project=tenant.project.metadata.name,
        sources=source_requests(tenant, revisions),
        kube_version=destination.kube_version,
        api_versions=destination.api_versions,
        tools=tenant.settings.tools,
        repositories={name: entry for name in needed if (entry := _lent(tenant, name)) is not None},
        lint=annotations.get(_LINT) == "true",
        generate_paths=annotations.get(_GENERATE_PATHS, ""),
    )


async def render(manifests: Manifests, request: RenderRequest, tenant: Tenant) -> tuple[RenderRequest, RenderAnswer]:
    """Render, lending the entries of other repositories as they are asked for; return the request that was answered.

    Raises the errors of `Manifests`; `Refused` as well for a repository that the project does not permit (2.24).
    """
    for _ in range(_MOST_ROUNDS):
        try:
            return request, await manifests.render(request)
        except Refused as refused:
            wanted = [name for name in refused.repositories if name not in request.repositories]
            if refused.code != "repositories_needed" or not wanted:
                raise
            request = msgspec.structs.replace(request, repositories={**request.repositories, **lend(tenant, wanted)})
    raise Refused("limit_exceeded", f"the sources draw on other repositories more than {_MOST_ROUNDS} levels deep")


def lend(tenant: Tenant, names: Iterable[str]) -> Mapping[str, Repository]:
    """Return the entries of other repositories, by URL or "@name". Raises `Refused` for what is not permitted."""
    found = {name: _lent(tenant, name) for name in names}
    refused = sorted(urls.without_password(name) for name, entry in found.items() if entry is None)
    if refused:
        project = tenant.project.metadata.name
        raise Refused(
            "repositories_needed",
            f"helm repos {', '.join(refused)} are not permitted in project {project}: add them to its spec.sourceRepos "
            "(a name with '@' must be that of a registered repository), or take them out of the sources",
        )
    return {name: entry for name, entry in found.items() if entry is not None}


def _lent(tenant: Tenant, name: str) -> Repository | None:
    """Return the entry of a repository, None if the project does not permit it."""
    for prefix in _BY_NAME:
        if name.startswith(prefix):
            return _by_name(tenant, name.removeprefix(prefix))
    # A registry may be registered without a scheme (`enableOCI`).
    ways = (name, name.removeprefix(_OCI)) if name.startswith(_OCI) else (name,)
    permitted = any(permits.permits_repository(tenant.project, each, snapshot=tenant.settings) for each in ways)
    if urls.complaint(name) or not permitted:
        return None
    chosen = next((each for each in ways if _is_known(tenant, each)), name)
    return msgspec.structs.replace(_entry(tenant, chosen), url=name)


def _by_name(tenant: Tenant, name: str) -> Repository | None:
    """Return the entry that has this name, the project's own before one for all."""
    project = tenant.project.metadata.name
    found = sorted(
        (each.repository for each in tenant.settings.repositories if each.repository.name == name),
        key=lambda entry: entry.project != project,
    )
    for entry in found:
        own = bool(entry.project) and entry.project == project
        if own or (not entry.project and permits.permits_source(tenant.project, entry.url)):
            return settings.repository_for(tenant.settings, entry.url, project=entry.project, kind=entry.type)
    return None


def _entry(tenant: Tenant, url: str) -> Repository:
    git = urls.normalised(url).startswith("ssh://") or url.rstrip("/").endswith(".git")
    project = tenant.project.metadata.name
    return settings.repository_for(tenant.settings, url, project=project, kind="git" if git else "helm")


def _is_known(tenant: Tenant, url: str) -> bool:
    """Return whether the repository is registered, or a template has credentials for it."""
    registered = settings.entry_for(tenant.settings, url, project=tenant.project.metadata.name)
    return registered is not None or settings.inherits(tenant.settings, Repository(url))
