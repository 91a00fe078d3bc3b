"""Ask the repo server for what an application's sources render to. Called when one is validated or shown."""

from collections.abc import Iterator, Sequence

import msgspec

from api_server.errors import InvalidArgument, meaning_of
from api_server.server import Server
from argosy.engine import settings
from argosy.engine.model.application import Application, instance_name
from argosy.engine.model.source import Source
from argosy.gateways.live.errors import LiveError
from argosy.gateways.manifests.errors import Refused
from argosy.wire.controller import ClusterInfo
from argosy.wire.repo_server import RenderAnswer, RenderRequest, ResolveRequest, SourceRequest

_FIELDS: dict[str, str] = {
    "repository_not_found": ".repoURL",
    "access_denied": ".repoURL",
    "revision_not_found": ".targetRevision",
    "path_not_found": ".path",
}


async def render(server: Server, application: Application, *, revisions: Sequence[str] = ()) -> RenderAnswer:
    """Return what the application's sources render to; `revisions` replace their target revisions, in order.

    Raises the errors of `argosy.gateways.manifests`.
    """
    info = await _destination(server, application)
    spec = application.spec
    return await server.outside.manifests.render(
        RenderRequest(
            application=instance_name(application, control_namespace=server.namespace),
            namespace=spec.destination.namespace,
            project=spec.project or "default",
            sources=tuple(_requests(server, application, revisions)),
            kube_version=info.server_version,
            api_versions=info.api_versions,
        )
    )


async def check_renders(server: Server, application: Application) -> None:
    """Return if the sources can be fetched and rendered as they are at the remote this moment.

    Raises `InvalidArgument` naming the field, `Unavailable`.
    """
    try:
        asked = [source_request(server, application, source) for source in application.sources]
        newest = [ResolveRequest(each.source, each.repository, fresh=True) for each in asked]
        revisions = [await server.outside.manifests.resolve(each) for each in newest]
        await render(server, application, revisions=revisions)
    except Refused as error:
        meaning = meaning_of(error)
        if not isinstance(meaning, InvalidArgument):
            raise meaning from error
        field = ("spec.sources" if application.spec.sources else "spec.source") + _FIELDS.get(error.code, "")
        name = application.metadata.name
        raise InvalidArgument(f"application spec for {name} is invalid: {field}: {error}") from error


def source_request(server: Server, application: Application, source: Source, *, revision: str = "") -> SourceRequest:
    """Return a source with its repository entry."""
    repository = settings.repository_for(
        server.settings,
        source.repo_url,
        project=application.spec.project or "default",
        kind="helm" if source.chart else "git",
    )
    return SourceRequest(source, repository, revision)


def _requests(server: Server, application: Application, revisions: Sequence[str]) -> Iterator[SourceRequest]:
    for number, source in enumerate(application.sources):
        given = revisions[number] if number < len(revisions) else ""
        wanted = msgspec.structs.replace(source, target_revision=given) if given else source
        yield source_request(server, application, wanted)


async def _destination(server: Server, application: Application) -> ClusterInfo:
    """Return what is known of the destination; templates see no versions while the controller does not answer."""
    cluster = settings.cluster_for(server.settings, application.spec.destination)
    wanted = cluster.server if isinstance(cluster, settings.Cluster) else ""
    try:
        infos = await server.outside.live.clusters()
    except LiveError:
        return ClusterInfo(server=wanted)
    return next((info for info in infos.items if info.server == wanted), ClusterInfo(server=wanted))
