"""Read applications: from the index what they are, from the controller what runs, from the repo server what should."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

import msgspec
import orjson

from api_server.destinations import destination_of, opened
from api_server.errors import InvalidArgument, meaning_of
from api_server.index import Index, Wanted
from api_server.permission import allows, find_application, on_application
from api_server.records import Place, Record
from api_server.rendering import at, render
from api_server.selectors import Requirement
from api_server.server import Caller, Server
from argosy.engine import redact, tracking
from argosy.engine.access import Permission
from argosy.engine.model import application as applications
from argosy.engine.model.application import Application
from argosy.engine.model.resource import Manifest, ResourceKey
from argosy.gateways.manifests.errors import ManifestsError
from argosy.wire.controller import ManagedResources
from argosy.wire.repo_server import RenderedSource


@dataclass(frozen=True, slots=True)
class Filter:
    """Which applications to list; what is empty does not filter."""

    name: str = ""
    projects: tuple[str, ...] = ()
    namespace: str = ""
    repository: str = ""
    selector: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """An application by name; `namespace` is empty for the control namespace, `project` if the caller named none."""

    name: str
    namespace: str = ""
    project: str = ""

    def place(self, server: Server) -> Place:
        """Return where it is."""
        return Place(self.namespace or server.namespace, self.name)


def wanted_of(wish: Filter) -> Wanted:
    """Return what the index is asked for."""
    return Wanted(
        projects=wish.projects or None,
        namespace=wish.namespace,
        name=wish.name,
        repository=wish.repository,
        selector=wish.selector,
    )


def list_all(server: Server, caller: Caller, wish: Filter) -> bytes:
    """Return an `ApplicationList`; its resource version is where to follow on from."""
    watch = server.watches.applications
    return _listed(watch.index, watch.position, _readable(watch.index, caller, wanted_of(wish)))


def _readable(index: Index, caller: Caller, wanted: Wanted) -> Wanted:
    """Return the question limited to the projects that the caller may read."""
    projects = index.projects() if wanted.projects is None else wanted.projects
    return replace(
        wanted,
        projects=tuple(each for each in projects if allows(caller, Permission("applications", "get", f"{each}/*"))),
    )


def may_read(server: Server, caller: Caller, record: Record) -> bool:
    """Return whether the caller may read an application."""
    return allows(caller, on_application(server, record, "get"))


def _listed(index: Index, position: int, wanted: Wanted) -> bytes:
    bodies = index.bodies(wanted)
    return b'{"metadata":{"resourceVersion":"%d"},"items":[%b]}' % (position, b",".join(bodies))


def get(server: Server, caller: Caller, named: Named) -> Record:
    """Return an application."""
    return find_application(server, caller, named.place(server), project=named.project, action="get")


def view(record: Record) -> Application:
    """Return the typed view of a record. Raises `InvalidArgument` naming a field that does not have its type."""
    try:
        return applications.read(record.manifest())
    except msgspec.ValidationError as error:
        raise InvalidArgument(f"application {record.place.name!r} cannot be read: {error}") from error


async def tree(server: Server, caller: Caller, named: Named) -> bytes:
    """Return the resource tree, empty until the controller has one."""
    record = get(server, caller, named)
    return await server.outside.live.tree(record.place.namespace, record.place.name)


async def tree_changes(server: Server, caller: Caller, named: Named, since: str) -> bytes:
    """Return what changed in the resource tree since a version, the whole tree since the empty one."""
    record = get(server, caller, named)
    return await server.outside.live.tree_changes(record.place.namespace, record.place.name, since)


async def managed_resources(server: Server, caller: Caller, named: Named, only: Mapping[str, str]) -> bytes:
    """Return the managed resources; `only` limits them by `group`, `version`, `kind`, `namespace` and `name`."""
    record = get(server, caller, named)
    body = await server.outside.live.managed_resources(record.place.namespace, record.place.name)
    given = {field: value for field, value in only.items() if value}
    if not given:
        return body
    found = msgspec.json.decode(body, type=ManagedResources)
    kept = tuple(each for each in found.items if all(getattr(each, field) == value for field, value in given.items()))
    return msgspec.json.encode(ManagedResources(kept))


async def explanation(server: Server, caller: Caller, named: Named) -> bytes:
    """Return why an application is as it is."""
    record = get(server, caller, named)
    return await server.outside.live.explanation(record.place.namespace, record.place.name)


async def resource(server: Server, caller: Caller, named: Named, key: ResourceKey) -> bytes:
    """Return a live object of the application's tree, masked."""
    record = get(server, caller, named)
    if not key.kind or not key.name:
        raise InvalidArgument("kind and resourceName are required")
    return await server.outside.live.resource(record.place.namespace, record.place.name, key)


@dataclass(frozen=True, slots=True)
class Moment:
    """At which target revisions sources are rendered: of those at `positions` (from 1), or of the first ones.

    `fresh` renders whatever was rendered before.
    """

    revisions: Sequence[str] = ()
    positions: Sequence[int] = ()
    fresh: bool = False


async def manifests(server: Server, caller: Caller, named: Named, moment: Moment) -> bytes:
    """Return what the sources render to at a moment, Secret values masked, and what their charts say to the user."""
    application = view(get(server, caller, named))
    try:
        answer = await render(server, at(application, moment.revisions, moment.positions), fresh=moment.fresh)
    except ManifestsError as error:
        raise meaning_of(error) from error
    shown = [_shown(server, application, each) for source in answer.sources for each in _of(source)]
    first = answer.sources[0] if answer.sources else None
    return orjson.dumps(
        {
            "manifests": shown,
            "namespace": application.spec.destination.namespace,
            "server": application.spec.destination.server,
            "revision": first.revision if first else "",
            "sourceType": first.source_type if first else "",
            "commands": [command for source in answer.sources for command in source.commands],
            "notes": [source.notes for source in answer.sources if source.notes.strip()],
        }
    )


def _of(source: RenderedSource) -> list[Manifest]:
    return [each.manifest for each in source.manifests]


def _shown(server: Server, application: Application, manifest: Manifest) -> str:
    stamped = tracking.stamp(
        manifest,
        applications.instance_name(application, control_namespace=server.namespace),
        tracking=server.settings.tracking,
        namespace=application.spec.destination.namespace,
    )
    (hidden,) = redact.hide([stamped], annotations=server.settings.watching.masked_annotations)
    return orjson.dumps(hidden).decode()


async def events(server: Server, caller: Caller, named: Named, of: ResourceKey, *, uid: str) -> bytes:
    """Return the Kubernetes events of the application, or of an object in its destination cluster."""
    record = get(server, caller, named)
    if not of.name:
        selector = f"involvedObject.name={record.place.name},involvedObject.uid={record.uid}"
        return await server.outside.cluster.raw_get(
            _events_path(record.place.namespace), query={"fieldSelector": selector}
        )
    selector = f"involvedObject.name={of.name}" + (f",involvedObject.uid={uid}" if uid else "")
    async with opened(server, destination_of(server, view(record))) as cluster:
        return await cluster.raw_get(_events_path(of.namespace), query={"fieldSelector": selector})


def _events_path(namespace: str) -> str:
    return f"/api/v1/namespaces/{quote(namespace, safe='')}/events" if namespace else "/api/v1/events"
