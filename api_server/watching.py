"""Follow the control cluster: applications and projects into their index, the settings objects into one snapshot.

Runs as long as the server. Called by `wiring`; read by queries and commands.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog

from api_server.feed import Feed
from api_server.index import Index
from api_server.records import Place, record_of, version_of
from argosy.engine import settings
from argosy.engine.settings import Problem, Settings
from argosy.gateways.kubernetes.errors import ClusterError
from argosy.gateways.kubernetes.port import ApiResource, Cluster
from argosy.gateways.kubernetes.reflector import Reflector, Selection

_VERBS = frozenset(("create", "delete", "get", "list", "patch", "update", "watch"))

APPLICATIONS = ApiResource("argoproj.io", "v1alpha1", "Application", "applications", namespaced=True, verbs=_VERBS)
PROJECTS = ApiResource("argoproj.io", "v1alpha1", "AppProject", "appprojects", namespaced=True, verbs=_VERBS)
SECRETS = ApiResource("", "v1", "Secret", "secrets", namespaced=True, verbs=_VERBS)
CONFIG_MAPS = ApiResource("", "v1", "ConfigMap", "configmaps", namespaced=True, verbs=_VERBS)

_log = structlog.get_logger(__name__)


class IndexSink:
    """Keeps one index equal to the control cluster."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._listed = asyncio.Event()
        self.feed = Feed()
        self.index = Index(kind, self.feed.tell)
        self.position = 0
        """The resource version up to which everything was seen: a reader of a list can follow on from here."""
        self.trouble = ""
        """Why what is held may be out of date, empty if it is not."""

    def replace(self, manifests: Sequence[bytes], resource_version: str) -> None:
        """See `reflector.Sink`."""
        version = version_of(resource_version)
        for wrong in self.index.replace(manifests, version):
            _log.warning("object_left_out", kind=self._kind, reason=wrong)
        if not self._listed.is_set():
            self.feed.begin(version)
            self._listed.set()
        self.position = max(self.position, version)

    def change(self, manifest: bytes) -> None:
        """See `reflector.Sink`."""
        try:
            record = record_of(manifest, kind=self._kind)
        except ValueError as error:
            _log.warning("object_left_out", kind=self._kind, reason=str(error))
            return
        self.index.keep(record)
        self.position = max(self.position, record.version)

    def delete(self, manifest: bytes) -> None:
        """See `reflector.Sink`."""
        try:
            record = record_of(manifest, kind=self._kind)
        except ValueError:
            return
        self.index.drop(record)
        self.position = max(self.position, record.version)

    def fresh(self) -> None:
        """See `reflector.Sink`."""
        self.trouble = ""

    def stale(self, error: ClusterError) -> None:
        """See `reflector.Sink`."""
        if not self.trouble:
            _log.warning("watch_lost", kind=self._kind, reason=str(error))
        self.trouble = str(error)

    async def listed(self) -> None:
        """Return when the first list was taken."""
        await self._listed.wait()

    @property
    def ready(self) -> bool:
        """Whether the first list was taken."""
        return self._listed.is_set()


class _ObjectsSink:
    """Keeps the objects of one kind that are settings, and says when they change."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self.objects: dict[Place, Mapping[str, Any]] = {}
        self.listed = False

    def replace(self, manifests: Sequence[bytes], resource_version: str) -> None:
        del resource_version
        found = [orjson.loads(manifest) for manifest in manifests]
        self.objects = {_place(each): each for each in found if settings.is_settings(each)}
        self.listed = True
        self._changed()

    def change(self, manifest: bytes) -> None:
        found = orjson.loads(manifest)
        held = self.objects.get(_place(found))
        if held is not None and _version(held) > _version(found):
            return
        # An object that lost its label is no settings object any more.
        self.objects.pop(_place(found), None)
        if settings.is_settings(found):
            self.objects[_place(found)] = found
        self._changed()

    def delete(self, manifest: bytes) -> None:
        if self.objects.pop(_place(orjson.loads(manifest)), None) is not None:
            self._changed()

    def fresh(self) -> None:
        pass

    def stale(self, error: ClusterError) -> None:
        _log.warning("settings_watch_lost", reason=str(error))


def _place(manifest: Mapping[str, Any]) -> Place:
    metadata = manifest.get("metadata") or {}
    return Place(str(metadata.get("namespace", "")), str(metadata.get("name", "")))


def _version(manifest: Mapping[str, Any]) -> int:
    return version_of(str((manifest.get("metadata") or {}).get("resourceVersion", "")))


class SettingsWatch:
    """The settings of the moment, and what is wrong in them."""

    def __init__(self) -> None:
        self.current = Settings()
        self.problems: tuple[Problem, ...] = ()
        self._listed = asyncio.Event()
        self.secrets = _ObjectsSink(self._read)
        self.config_maps = _ObjectsSink(self._read)

    async def listed(self) -> None:
        """Return when the settings were read for the first time."""
        await self._listed.wait()

    @property
    def ready(self) -> bool:
        """Whether the settings were read once."""
        return self._listed.is_set()

    def take(self, manifest: Mapping[str, Any]) -> None:
        """Take a Secret that we have just written, so that who wrote it reads it."""
        self.secrets.change(orjson.dumps(manifest))

    def drop(self, manifest: Mapping[str, Any]) -> None:
        """Forget a Secret that we have just deleted."""
        self.secrets.delete(orjson.dumps(manifest))

    def _read(self) -> None:
        if not (self.secrets.listed and self.config_maps.listed):
            return
        objects = [*self.secrets.objects.values(), *self.config_maps.objects.values()]
        before = self.problems
        self.current, self.problems = settings.read(objects, self.current if self._listed.is_set() else None)
        for problem in set(self.problems) - set(before):
            _log.warning("settings_problem", object=problem.object, key=problem.key, reason=problem.message)
        self._listed.set()


@dataclass(frozen=True, slots=True)
class Watches:
    """Everything that is followed."""

    applications: IndexSink = field(default_factory=lambda: IndexSink("Application"))
    projects: IndexSink = field(default_factory=lambda: IndexSink("AppProject"))
    settings: SettingsWatch = field(default_factory=SettingsWatch)

    async def run(self, cluster: Cluster, namespace: str) -> None:
        """Follow the control namespace until cancelled."""
        here = Selection(namespace=namespace)
        followed = (
            (APPLICATIONS, self.applications),
            (PROJECTS, self.projects),
            (SECRETS, self.settings.secrets),
            (CONFIG_MAPS, self.settings.config_maps),
        )
        async with asyncio.TaskGroup() as tasks:
            for resource, sink in followed:
                tasks.create_task(Reflector(cluster, resource, sink, selection=here).run())

    async def listed(self) -> None:
        """Return when everything was listed once."""
        await self.applications.listed()
        await self.projects.listed()
        await self.settings.listed()

    @property
    def ready(self) -> bool:
        """Whether everything was listed once."""
        return self.applications.ready and self.projects.ready and self.settings.ready

    def close(self) -> None:
        """Free the memory."""
        self.applications.index.close()
        self.projects.index.close()
