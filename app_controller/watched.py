"""What the control namespace holds: Applications, projects and settings, kept by reflectors and read by every stage.

Filled by `loop`; reading never waits. A write of our own is put in at once, so that the next look sees it.
"""

import asyncio
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
import orjson

from app_controller.own_writes import OwnWrites
from app_controller.queue import ApplicationKey
from argosy.engine import settings as settings_engine
from argosy.engine.model import application as application_model
from argosy.engine.model import project as project_model
from argosy.engine.model.application import Application
from argosy.engine.model.project import Project
from argosy.engine.model.resource import Manifest
from argosy.engine.settings import Problem, Settings
from argosy.gateways.kubernetes.errors import ClusterError

Listener = Callable[[ApplicationKey, Manifest | None, Manifest | None], None]
"""Told of an object's name, what it was (None: new) and what it is (None: gone)."""


class _Metadata(msgspec.Struct, rename="camel"):
    name: str
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""


class _Head(msgspec.Struct):
    metadata: _Metadata


_decode_head = msgspec.json.Decoder(_Head).decode


def _nobody(key: ApplicationKey, before: Manifest | None, after: Manifest | None) -> None:
    del key, before, after


def _identity(manifest: Manifest) -> ApplicationKey:
    metadata = manifest.get("metadata") or {}
    return ApplicationKey(str(metadata.get("namespace") or ""), str(metadata.get("name") or ""))


def _version(manifest: Manifest | None) -> int:
    """Return the resource version as a number, 0 if there is none: versions of one object only grow."""
    return _number(str(((manifest or {}).get("metadata") or {}).get("resourceVersion") or ""))


def _number(version: str) -> int:
    return int(version) if version.isdecimal() else 0


class Mirror:
    """A reflector's sink for small kinds: decoded objects by namespace and name, and one listener to their changes."""

    def __init__(self) -> None:
        self._objects: dict[ApplicationKey, Manifest] = {}
        self._changed: Listener = _nobody
        self.synced = asyncio.Event()
        self.trouble = ""

    def listen(self, listener: Listener) -> None:
        """Tell the listener of every change from now on."""
        self._changed = listener

    def get(self, key: ApplicationKey) -> Manifest | None:
        """Return an object, None if there is none."""
        return self._objects.get(key)

    def __len__(self) -> int:
        return len(self._objects)

    def all(self) -> Iterable[Manifest]:
        """Return all objects."""
        return list(self._objects.values())

    def names(self) -> Iterable[ApplicationKey]:
        """Return the names of all objects."""
        return list(self._objects)

    def replace(self, manifests: Sequence[bytes], resource_version: str) -> None:
        """Take a complete list."""
        del resource_version
        listed = {_identity(manifest): manifest for manifest in map(orjson.loads, manifests)}
        for key in self._objects.keys() - listed.keys():
            self._drop(key)
        for manifest in listed.values():
            self.put(manifest)
        self.synced.set()

    def change(self, manifest: bytes) -> None:
        """Take an object that was added or modified; what is held already, as our own writes are, is not decoded."""
        seen = _decode_head(manifest).metadata
        held = self._objects.get(ApplicationKey(seen.namespace, seen.name))
        if held is None or held["metadata"].get("uid") != seen.uid or _number(seen.resource_version) > _version(held):
            self.put(orjson.loads(manifest))

    def delete(self, manifest: bytes) -> None:
        """Forget an object."""
        self._drop(_identity(orjson.loads(manifest)))

    def fresh(self) -> None:
        """Know that list and watch are in force."""
        self.trouble = ""

    def stale(self, error: ClusterError) -> None:
        """Know that what is held may be old."""
        self.trouble = str(error)

    def put(self, manifest: Manifest) -> None:
        """Take an object, unless a newer state of it is held."""
        key = _identity(manifest)
        before = self._objects.get(key)
        if before is not None and _same_object(before, manifest) and _version(manifest) <= _version(before):
            return
        self._objects[key] = manifest
        self._changed(key, before, manifest)

    def tell(self, key: ApplicationKey) -> None:
        """Tell the listener of an object once more, as it is."""
        held = self._objects.get(key)
        if held is not None:
            self._changed(key, held, held)

    def _drop(self, key: ApplicationKey) -> None:
        before = self._objects.pop(key, None)
        if before is not None:
            self._changed(key, before, None)


def _same_object(left: Manifest, right: Manifest) -> bool:
    return (left.get("metadata") or {}).get("uid") == (right.get("metadata") or {}).get("uid")


@dataclass(slots=True)
class Watched:
    """The mirrors, and what is read from them."""

    namespace: str
    applications: Mirror = field(default_factory=Mirror)
    projects: Mirror = field(default_factory=Mirror)
    config_maps: Mirror = field(default_factory=Mirror)
    secrets: Mirror = field(default_factory=Mirror)
    settings: Settings = field(default_factory=Settings)
    problems: tuple[Problem, ...] = ()
    _own: OwnWrites = field(default_factory=OwnWrites)
    _projects: dict[str, tuple[Manifest, Project | None]] = field(
        default_factory=dict[str, tuple[Manifest, Project | None]]
    )
    _views: dict[ApplicationKey, tuple[Manifest, Application]] = field(
        default_factory=dict[ApplicationKey, tuple[Manifest, Application]]
    )

    def raw(self, key: ApplicationKey) -> Manifest | None:
        """Return an Application as JSON."""
        return self.applications.get(key)

    def application(self, key: ApplicationKey) -> Application | None:
        """Return a view of an Application, without the list of its resources, which nobody reads here.

        Raises `msgspec.ValidationError` naming the field that is malformed.
        """
        manifest = self.applications.get(key)
        if manifest is None:
            self._views.pop(key, None)
            self._own.forget(key)
            return None
        known = self._views.get(key)
        if known is None or known[0] is not manifest:
            known = (manifest, application_model.read(_without_resources(manifest)))
            self._views[key] = known
        return known[1]

    def lane(self, key: ApplicationKey) -> tuple[str, str]:
        """Return what an application shares with those that must not hold up others: its project and destination."""
        spec = (self.raw(key) or {}).get("spec") or {}
        destination = spec.get("destination") or {}
        return str(spec.get("project") or "default"), str(destination.get("server") or destination.get("name") or "")

    def server(self, key: ApplicationKey) -> str | None:
        """Return the address of an application's destination; None if it has none, or one that is not known."""
        try:
            application = self.application(key)
        except msgspec.ValidationError:
            return None
        if application is None:
            return None
        found = settings_engine.cluster_for(self.settings, application.spec.destination)
        return found.server if isinstance(found, settings_engine.Cluster) else None

    def project(self, name: str) -> Project | None:
        """Return a project of the control namespace, None if it is not there or malformed."""
        manifest = self.projects.get(ApplicationKey(self.namespace, name))
        if manifest is None:
            return None
        known = self._projects.get(name)
        if known is None or known[0] is not manifest:
            known = self._projects[name] = (manifest, _readable(manifest))
        return known[1]

    def read_settings(self) -> None:
        """Read the settings objects anew; what is malformed keeps its last good value."""
        self.settings, self.problems = settings_engine.read(
            (*self.config_maps.all(), *self.secrets.all()), self.settings
        )

    def note_written(self, manifest: Manifest) -> None:
        """Take the API server's answer to a write of ours; one that comes after the object's end is no news."""
        key = _identity(manifest)
        held = self.applications.get(key)
        if held is not None and _same_object(held, manifest):
            self._own.note(key, _version(manifest))
            self.applications.put(manifest)

    @contextmanager
    def writing(self, key: ApplicationKey) -> Generator[None]:
        """Have the listener told at the end, and not before, if somebody else writes an Application while we do."""
        self._own.begin(key)
        try:
            yield
        finally:
            if self._own.end(key):
                self.applications.tell(key)

    def is_written_by_us(self, manifest: Manifest) -> bool:
        """Return whether this state of an Application is what we last wrote, or may be what we are `writing`."""
        return self._own.may_be_ours(_identity(manifest), _version(manifest))


def _without_resources(manifest: Manifest) -> Manifest:
    status = manifest.get("status")
    if not isinstance(status, Mapping):
        return manifest
    return {**manifest, "status": {name: value for name, value in status.items() if name != "resources"}}


def _readable(manifest: Manifest) -> Project | None:
    try:
        return project_model.read(manifest)
    except msgspec.ValidationError:
        return None


def wakes(before: Manifest | None, after: Manifest) -> bool:
    """Return whether a change of an Application is about more than its status."""
    return before is None or _request(before) != _request(after)


def _request(manifest: Manifest) -> tuple[Any, ...]:
    metadata = manifest.get("metadata") or {}
    phase = ((manifest.get("status") or {}).get("operationState") or {}).get("phase")
    parts = ("annotations", "labels", "finalizers", "deletionTimestamp", "uid")
    asked = tuple(metadata.get(part) for part in parts)
    return (*asked, manifest.get("spec"), manifest.get("operation"), phase == "Terminating")
