"""Ask the repo server for what an application's sources render to. Called when one is validated or shown."""

from collections.abc import Sequence

import msgspec

from api_server.errors import InvalidArgument, meaning_of
from api_server.queries import projects
from api_server.server import Server
from argosy.engine import settings
from argosy.engine.model.application import Application, instance_name
from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source
from argosy.gateways.live.errors import LiveError
from argosy.gateways.manifests import requests
from argosy.gateways.manifests.errors import Refused
from argosy.gateways.manifests.requests import Destination, Tenant
from argosy.wire.repo_server import RenderAnswer, ResolveRequest

_FIELDS: dict[str, str] = {
    "repository_not_found": ".repoURL",
    "access_denied": ".repoURL",
    "revision_not_found": ".targetRevision",
    "path_not_found": ".path",
    "signature_refused": ".targetRevision",
}


async def render(
    server: Server, application: Application, *, resolved: Sequence[str] = (), fresh: bool = False
) -> RenderAnswer:
    """Return what the application's sources render to, at these commits or versions if they were resolved already.

    With `fresh` it is rendered whatever was rendered before. Raises the errors of `argosy.gateways.manifests`, and
    `InvalidArgument` without a project.
    """
    tenant = tenant_of(server, application)
    request = requests.render_request(
        tenant,
        instance_name(application, control_namespace=server.namespace),
        destination=await _destination(server, application),
        revisions=resolved,
    )
    asked = msgspec.structs.replace(request, fresh=fresh)
    _, answer = await requests.render(server.outside.manifests, asked, tenant)
    return answer


def tenant_of(server: Server, application: Application) -> Tenant:
    """Return on whose behalf the application's sources are rendered. Raises `InvalidArgument` without a project."""
    name = application.spec.project or "default"
    project = projects.view(server, name)
    if project is None:
        raise InvalidArgument(f"spec.project: project {name!r} does not exist; create it, or name another")
    return Tenant(application, project, server.settings)


def repository_of(server: Server, application: Application, source: Source) -> Repository:
    """Return the repository entry that a source of the application means."""
    return requests.repository_of(tenant_of(server, application), source)


def at(application: Application, revisions: Sequence[str], positions: Sequence[int] = ()) -> Application:
    """Return the application at these target revisions: of the sources at the positions (from 1), or of the first ones.

    Raises `InvalidArgument` for positions that are not one for each revision, or of no source.
    """
    sources = application.sources
    if positions and len(positions) != len(revisions):
        raise InvalidArgument("sourcePositions: give one position for each revision")
    given = dict(zip(positions or range(1, len(sources) + 1), revisions, strict=False))
    if not all(1 <= position <= len(sources) for position in given):
        raise InvalidArgument(f"sourcePositions: they count from 1 to {len(sources)}")
    moved = tuple(
        msgspec.structs.replace(source, target_revision=given.get(number) or source.target_revision)
        for number, source in enumerate(sources, start=1)
    )
    many = bool(application.spec.sources)
    spec = msgspec.structs.replace(
        application.spec, source=None if many or not moved else moved[0], sources=moved if many else ()
    )
    return msgspec.structs.replace(application, spec=spec)


async def check_renders(server: Server, application: Application) -> None:
    """Return if the sources can be fetched and rendered as they are at the remote this moment.

    Raises `InvalidArgument` naming the field, `Unavailable`.
    """
    try:
        newest = [
            ResolveRequest(source, repository_of(server, application, source), fresh=True)
            for source in application.sources
        ]
        await render(server, application, resolved=[await server.outside.manifests.resolve(each) for each in newest])
    except Refused as error:
        meaning = meaning_of(error)
        if not isinstance(meaning, InvalidArgument):
            raise meaning from error
        field = ("spec.sources" if application.spec.sources else "spec.source") + _FIELDS.get(error.code, "")
        name = application.metadata.name
        raise InvalidArgument(f"application spec for {name} is invalid: {field}: {error}") from error


async def _destination(server: Server, application: Application) -> Destination:
    """Return what is known of the destination; templates see no versions while the controller does not answer."""
    cluster = settings.cluster_for(server.settings, application.spec.destination)
    wanted = cluster.server if isinstance(cluster, settings.Cluster) else ""
    try:
        infos = await server.outside.live.clusters()
    except LiveError:
        return Destination()
    found = (Destination(info.server_version, info.api_versions) for info in infos.items if info.server == wanted)
    return next(found, Destination())
