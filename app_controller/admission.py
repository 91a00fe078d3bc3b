"""The first stage: an Application and what its spec refers to -> something that may be compared, or why it may not.

Called by `reconcile`, `operate` and `deletion`.
"""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from app_controller.observe.cache import ClusterCache, Live
from app_controller.outside import Outside
from app_controller.watched import Watched
from argosy.engine import settings, validation
from argosy.engine.errors import Retry, Stuck
from argosy.engine.model.application import Application, Condition, instance_name
from argosy.engine.model.project import Project
from argosy.engine.model.resource import GroupKind, ResourceKey
from argosy.gateways.kubernetes.errors import InvalidConnection
from argosy.gateways.manifests import requests
from argosy.gateways.store.changes import ApplicationRef

_CLUSTER_PAUSE = 5.0
_FIRST_READ_WITHIN, _LOOK_AGAIN = 2.0, 1.0


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

    def manages(self, live: Live) -> bool:
        """Return whether a live object is one of the application's, and no hook or what a controller made from one."""
        return live.own and live.instance == self.instance and not live.owners and not live.hook

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
