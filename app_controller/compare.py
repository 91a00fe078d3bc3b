"""The stages from an Application to a comparison: admit, render, pair, judge. Called by `reconcile` and `operate`.

What was rendered and judged last is remembered per application, so that an event costs what has changed.
"""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain

import msgspec

from app_controller.judge import Judge
from app_controller.observe.cache import ClusterCache, Live
from app_controller.outside import Outside
from app_controller.queue import Level
from app_controller.watched import Watched
from argosy.engine import options, settings, status, targets, validation
from argosy.engine.comparison import Comparison, Rendering
from argosy.engine.errors import Retry, Stuck
from argosy.engine.model.application import Application, Condition, SourceType, instance_name
from argosy.engine.model.project import Project
from argosy.engine.model.resource import GroupKind, Manifest, ResourceKey
from argosy.engine.normalise import Rules
from argosy.engine.pairing import Pair
from argosy.engine.plan import Judged
from argosy.engine.targets import Targets
from argosy.gateways.kubernetes.errors import InvalidConnection
from argosy.gateways.manifests import requests
from argosy.gateways.manifests.errors import Refused, Unavailable
from argosy.gateways.store.changes import ApplicationRef
from argosy.wire.repo_server import RenderAnswer, RenderedSource, RenderRequest, ResolveRequest

_REPOSITORY_PAUSE, _CLUSTER_PAUSE = 10.0, 5.0
_FIRST_READ_WITHIN, _LOOK_AGAIN = 2.0, 1.0
_BELIEVED_SHARE = 0.9


class Invalid(Stuck):
    """The application's spec, project or destination cannot be used; becomes InvalidSpecError conditions."""

    def __init__(self, conditions: tuple[Condition, ...]) -> None:
        super().__init__("; ".join(condition.message for condition in conditions))
        self.conditions = conditions


class Unconnectable(Invalid):
    """The destination is known, and its connection settings cannot be used."""


class NotYet(Retry):
    """Nothing is wrong; what is needed is still being read."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an application's objects are: under which instance name, on which cluster."""

    instance: str
    ref: ApplicationRef
    destination: settings.Cluster
    cache: ClusterCache

    def own(self) -> Iterable[Live]:
        """Return the live objects that carry the application's mark and are no copies of marked ones."""
        return (live for live in self.cache.tracked_by(self.instance) if live.own)

    def stale_kinds(self, keys: Iterable[ResourceKey]) -> Mapping[GroupKind, str]:
        """Return why the live data of each of these kinds is not fresh; those that are fresh are left out."""
        found = {kind: self.cache.stale(kind) for kind in {key.group_kind for key in keys}}
        return {kind: reason for kind, reason in found.items() if reason is not None}


@dataclass(frozen=True, slots=True)
class Admitted:
    """An application that may be compared, with all that its spec refers to."""

    application: Application
    project: Project
    settings: settings.Settings
    place: Place

    @property
    def tenant(self) -> requests.Tenant:
        """On whose behalf the sources are rendered."""
        return requests.Tenant(self.application, self.project, self.settings)

    @property
    def namespace(self) -> str:
        """The destination namespace."""
        return self.application.spec.destination.namespace

    @property
    def cache(self) -> ClusterCache:
        """What runs on the destination."""
        return self.place.cache


@dataclass(frozen=True, slots=True)
class Rendered:
    """What the sources rendered to, and the request, which holds everything that this depended on.

    `sets` are the manifests of each source by their fingerprints, which need not be sent again.
    """

    request: RenderRequest
    rendering: Rendering
    manifests: tuple[Manifest, ...]
    conditions: tuple[Condition, ...] = ()
    sets: Mapping[str, tuple[Manifest, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compared:
    """A complete comparison, and what it was made from."""

    admitted: Admitted
    rendered: Rendered
    targets: Targets
    comparison: Comparison


@dataclass(slots=True)
class Remembered:
    """What is kept of an application between comparisons; can be lost at any time."""

    rendered: Rendered | None = None
    targets: Targets | None = None
    made_from: tuple[tuple[Manifest, ...], tuple[object, ...]] | None = None
    judge: Judge = field(default_factory=Judge)
    compared: Compared | None = None
    known: set[ResourceKey] = field(default_factory=set[ResourceKey])
    """Objects that the inventory is known to have."""


async def admit(application: Application, watched: Watched, outside: Outside) -> Admitted:
    """Resolve what the spec refers to. Raises `Invalid`, `Retry` while the destination cannot be reached."""
    project = watched.project(application.spec.project or "default")
    problems = validation.problems(application, project=project, snapshot=watched.settings)
    if problems or project is None:
        raise Invalid(tuple(Condition("InvalidSpecError", str(problem)) for problem in problems))
    return Admitted(application, project, watched.settings, await locate(application, watched, outside))


async def locate(application: Application, watched: Watched, outside: Outside) -> Place:
    """Find the application's destination, whatever else is wrong with it. Raises `Invalid`, `Retry`."""
    destination = settings.cluster_for(watched.settings, application.spec.destination)
    if isinstance(destination, settings.Refusal):
        raise Invalid((Condition("InvalidSpecError", destination.message),))
    instance = instance_name(application, control_namespace=outside.namespace)
    cache = await _cache(destination, outside)
    return Place(instance, ApplicationRef(outside.namespace, instance), destination, cache)


async def _cache(destination: settings.Cluster, outside: Outside) -> ClusterCache:
    """Return what runs on a cluster, once it was read. Raises `Invalid`, `NotYet`, `Retry` if it cannot be read."""
    named = f"cluster {destination.name} ({destination.server})"
    try:
        cache = outside.destinations.at(destination.server)
    except InvalidConnection as error:
        raise Unconnectable((Condition("InvalidSpecError", f"{named}: {error}"),)) from error
    if not cache.complete and not cache.error:
        with suppress(TimeoutError):
            await asyncio.wait_for(cache.until_complete(), _FIRST_READ_WITHIN)
    if cache.error:
        raise Retry(f"{named} cannot be read: {cache.error}", after=_CLUSTER_PAUSE)
    if not cache.complete:
        raise NotYet(f"{named} is being read", after=_LOOK_AGAIN)
    return cache


async def compare(admitted: Admitted, level: Level, outside: Outside, memory: Remembered) -> Compared:
    """Compare what should run with what runs. Raises `Retry`, `Stuck`."""
    rendered = await render(admitted, level, outside, memory)
    prepared = prepare(admitted, rendered, memory)
    pairs = pair(admitted, prepared, memory.judge)
    verdicts = await memory.judge.verdicts(pairs, rules_of(admitted), admitted.cache)
    judged = tuple(Judged(each, verdicts[each.key]) for each in pairs)
    conditions = (*rendered.conditions, *prepared.conditions, *_shared(admitted, pairs))
    memory.compared = Compared(admitted, rendered, prepared, Comparison(rendered.rendering, judged, conditions))
    return memory.compared


def rules_of(admitted: Admitted) -> Rules:
    """Return which differences do not count for the application."""
    return Rules(admitted.application.spec.ignore_differences, admitted.settings.compare.ignore_status)


async def render(admitted: Admitted, level: Level, outside: Outside, memory: Remembered) -> Rendered:
    """Return what the sources render to: remembered while nothing that it depends on changes."""
    last = memory.rendered
    reuse = last if last is not None and level < Level.LATEST and _same_sources(admitted, last) else None
    try:
        revisions = reuse.rendering.revisions if reuse else await _resolve(admitted, level, outside)
        request = _request(admitted, revisions, last)
        if last is not None and last.request == request:
            return last
        known = tuple(last.sets) if last is not None else ()
        asked = msgspec.structs.replace(request, fresh=level >= Level.HARD, known=known)
        answered, answer = await requests.render(outside.manifests, asked, admitted.tenant)
    except Unavailable as error:
        raise Retry(str(error), after=_REPOSITORY_PAUSE) from error
    except Refused as error:
        if error.code == "unavailable":
            raise Retry(str(error), after=_REPOSITORY_PAUSE) from error
        raise Stuck(str(error)) from error
    memory.rendered = _rendered(msgspec.structs.replace(answered, fresh=False, known=()), answer, last)
    return memory.rendered


def _rendered(request: RenderRequest, answer: RenderAnswer, last: Rendered | None) -> Rendered:
    types: tuple[SourceType, ...] = tuple(source.source_type for source in answer.sources)
    kept = last.sets if last is not None else {}
    given = [kept[source.fingerprint] if source.unchanged else _manifests(source) for source in answer.sources]
    sets = {source.fingerprint: each for source, each in zip(answer.sources, given, strict=True) if source.fingerprint}
    manifests = tuple(chain.from_iterable(given))
    if last is not None and manifests == last.manifests:
        manifests = last.manifests  # the same object: nothing that was made from it is made again
    found = tuple(source.revision for source in answer.sources)
    warnings = [(source.source_type, each) for source in answer.sources for each in source.warnings]
    return Rendered(request, Rendering(found, types), manifests, status.source_conditions(warnings), sets)


def _manifests(source: RenderedSource) -> tuple[Manifest, ...]:
    return tuple(each.manifest for each in source.manifests)


def _same_sources(admitted: Admitted, last: Rendered) -> bool:
    return tuple(each.source for each in last.request.sources) == admitted.application.sources


async def _resolve(admitted: Admitted, level: Level, outside: Outside) -> tuple[str, ...]:
    fresh = level >= Level.FRESH
    # A little less than the interval: what the last round of polling listed must not answer the next one.
    believe = admitted.settings.timers.reconciliation * _BELIEVED_SHARE or None
    asked = [
        ResolveRequest(source, requests.repository_of(admitted.tenant, source), fresh=fresh, believe=believe)
        for source in admitted.application.sources
    ]
    return tuple(await asyncio.gather(*(outside.manifests.resolve(each) for each in asked)))


def _request(admitted: Admitted, revisions: tuple[str, ...], last: Rendered | None) -> RenderRequest:
    return requests.render_request(
        admitted.tenant,
        admitted.place.instance,
        destination=requests.Destination(admitted.cache.server_version, admitted.cache.api_versions),
        revisions=revisions,
        needed=last.request.repositories if last is not None else (),
    )


def prepare(admitted: Admitted, rendered: Rendered, memory: Remembered) -> Targets:
    """Return the targets, remembered while what they are made from is the same."""
    place, marks = admitted.place, admitted.settings.tracking
    conditions = (place.cache.api_versions, admitted.namespace, place.instance, marks)
    last = memory.made_from
    if memory.targets is None or last is None or last[0] is not rendered.manifests or last[1] != conditions:
        memory.targets = targets.prepare(
            rendered.manifests,
            place.instance,
            namespace=admitted.namespace,
            namespaced=lambda kind: _namespaced(place.cache, kind),
            marks=marks,
        )
        memory.made_from = (rendered.manifests, conditions)
    return memory.targets


def _namespaced(cache: ClusterCache, kind: GroupKind) -> bool | None:
    resource = cache.resource_for(kind)
    return None if resource is None else resource.namespaced


def pair(admitted: Admitted, prepared: Targets, judge: Judge) -> list[Pair]:
    """Pair what is desired with what belongs to the application, or runs under the same key."""
    owned = {live.key: live for live in managed(admitted.place, judge)}
    keys = sorted(prepared.desired.keys() | owned.keys())
    running = {key: owned.get(key) or admitted.cache.get(key) for key in keys}
    return [
        Pair(key, prepared.desired.get(key), None if live is None else judge.decoded(live))
        for key, live in running.items()
    ]


def managed(place: Place, judge: Judge) -> Iterable[Live]:
    """Return the application's live objects, without hooks and what a controller made from a marked one."""
    return (live for live in place.own() if not live.owners and not options.is_hook(judge.decoded(live)))


def _shared(admitted: Admitted, pairs: Iterable[Pair]) -> Iterable[Condition]:
    """Warn of objects that another application says are its own."""
    instance = admitted.place.instance
    for each in pairs:
        live = admitted.cache.get(each.key) if each.desired is not None else None
        if live is not None and live.instance not in ("", instance):
            message = f"{each.key.kind}/{each.key.name} is part of applications {instance} and {live.instance}"
            yield Condition("SharedResourceWarning", message)
