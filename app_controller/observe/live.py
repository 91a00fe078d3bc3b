"""A live object as the cache holds it: compressed bytes, and the few fields that every question is answered from.

`Reader` makes them from what lists and watches bring: one for each kind of each cluster, called by its reflectors.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import msgspec
import orjson
from msgspec import Raw, Struct

from app_controller.observe.detail import Detail, kept_of
from app_controller.observe.packing import PLAIN, Packer
from argosy.engine import options, tracking
from argosy.engine.model.resource import GroupKind, Manifest, ResourceKey
from argosy.engine.tracking import Owner, Tracking
from argosy.gateways.kubernetes.port import ApiResource, Shape

_POD = GroupKind("", "Pod")
_EXAMPLES = 64


class _OwnerReference(Struct):
    uid: str = ""


class _Metadata(Struct, rename="camel"):
    name: str
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    labels: Mapping[str, str] | None = None
    annotations: Mapping[str, str] | None = None
    owner_references: tuple[_OwnerReference, ...] | None = None


class _Identity(Struct, rename="camel"):
    name: str
    namespace: str = ""
    resource_version: str = ""


class _Identified(Struct):
    metadata: _Identity


class _PodSpec(Struct, rename="camel"):
    node_name: str = ""


_decode_fields = msgspec.json.Decoder(dict[str, Raw]).decode
_decode_metadata = msgspec.json.Decoder(_Metadata).decode
_decode_identified = msgspec.json.Decoder(_Identified).decode
_decode_pod = msgspec.json.Decoder(_PodSpec).decode
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, eq=False)
class Live:
    """One object of one cluster at one version."""

    key: ResourceKey
    api_version: str
    uid: str
    resource_version: str
    owners: tuple[str, ...]
    """The uids of its owners."""
    tracked: Owner | None
    """Whose it says it is."""
    hook: bool
    """Whether its annotations make it a hook, and so not part of what should run."""
    node: str
    """On which node it runs, if it is a pod; empty for none."""
    detail: Detail
    """How much of it is held."""
    _packed: bytes = field(repr=False)
    _packer: Packer = field(repr=False)

    @property
    def own(self) -> bool:
        """Whether it carries an application's mark that is meant for it, and not one copied from another object."""
        return self.tracked is not None and self.tracked.own

    @property
    def instance(self) -> str:
        """The application instance whose mark it carries, empty for none."""
        return self.tracked.instance if self.tracked else ""

    def manifest(self) -> Manifest:
        """Decode what is held of the object (see `detail`); costs some 10 µs a kilobyte, nothing is kept."""
        return orjson.loads(self.encoded())

    def encoded(self) -> bytes:
        """Return what is held of the object as JSON bytes."""
        return self._packer.unpack(self._packed)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An object whose metadata is not what Kubernetes writes: nothing is known of it but that it is there."""

    key: ResourceKey
    resource_version: str
    reason: str


class Shelf(Protocol):
    """What a reader asks of those who hold the objects."""

    @property
    def marks(self) -> Tracking:
        """How ownership is read."""
        ...

    def get(self, key: ResourceKey) -> Live | None:
        """Return the object that is held under this key."""
        ...

    def is_wanted(self, key: ResourceKey) -> bool:
        """Return whether an application wants an object under this key."""
        ...


class Reader:
    """Reads the objects of one kind; what they have in common is learnt from the first ones."""

    def __init__(self, resource: ApiResource, shelf: Shelf) -> None:
        self.resource = resource
        # The same few words are in every key: held once.
        self._group, self._name = sys.intern(resource.group), sys.intern(resource.kind)
        self._api_version = sys.intern(resource.api_version)
        self._shelf = shelf
        self._kept: Detail = kept_of(resource.group_kind)
        self._packers: dict[Detail, Packer] = {}
        self._examples: dict[Detail, list[bytes]] = {}

    def read(self, manifest: bytes, shape: Shape = "whole") -> Live | Unreadable:
        """Read an object from JSON bytes that have this shape; what is held already is returned if it is the same.

        Raises `msgspec.DecodeError` if that is no object with a name.
        """
        try:
            fields = _decode_fields(manifest)
            metadata = _decode_metadata(fields["metadata"])
        except (msgspec.DecodeError, KeyError) as error:
            known = _decode_identified(manifest).metadata
            return Unreadable(self._key(known.namespace, known.name), known.resource_version, str(error))
        key = self._key(metadata.namespace, metadata.name)
        tracked = _tracked(key, metadata, self._shelf.marks)
        detail = self._detail(shape, key, tracked)
        held = self._shelf.get(key)
        if held is not None and _is_same(held, metadata, tracked, detail):
            return held
        plain = _cut(manifest, fields, detail)
        packer = self._packer(detail, plain)
        return Live(
            key=key,
            api_version=self._api_version,
            uid=metadata.uid,
            resource_version=metadata.resource_version,
            owners=tuple(sys.intern(owner.uid) for owner in metadata.owner_references or ()),
            tracked=tracked,
            hook=bool(metadata.annotations) and options.is_hook({"metadata": {"annotations": metadata.annotations}}),
            node=_node_of(fields) if self.resource.group_kind == _POD else "",
            detail=detail,
            _packed=packer.pack(plain),
            _packer=packer,
        )

    def _key(self, namespace: str, name: str) -> ResourceKey:
        return ResourceKey(self._group, self._name, sys.intern(namespace), name)

    def _detail(self, shape: Shape, key: ResourceKey, tracked: Owner | None) -> Detail:
        if shape == "metadata":
            return "bare"
        if tracked is not None or self._shelf.is_wanted(key):
            return "whole"
        return self._kept

    def _packer(self, detail: Detail, plain: bytes) -> Packer:
        """Return what packs this object; a dictionary pays only where there are many."""
        packer = self._packers.get(detail)
        if packer is not None:
            return packer
        examples = self._examples.setdefault(detail, [])
        examples.append(plain)
        if len(examples) < _EXAMPLES:
            return PLAIN
        self._packers[detail] = Packer(examples)
        self._examples.pop(detail, None)
        return self._packers[detail]


def marked_anew(live: Live, marks: Tracking) -> Live:
    """Return the object with its ownership read in another way."""
    metadata = _decode_metadata(_decode_fields(live.encoded())["metadata"])
    return replace(live, tracked=_tracked(live.key, metadata, marks))


def _node_of(fields: Mapping[str, Raw]) -> str:
    try:
        return sys.intern(_decode_pod(fields["spec"]).node_name)
    except (msgspec.DecodeError, KeyError):
        return ""


def _is_same(held: Live, metadata: _Metadata, tracked: Owner | None, detail: Detail) -> bool:
    same = (held.uid, held.resource_version, held.tracked) == (metadata.uid, metadata.resource_version, tracked)
    return same and held.detail in ("whole", detail)


def _cut(manifest: bytes, fields: Mapping[str, Raw], detail: Detail) -> bytes:
    """Return as much of an object as is held of it."""
    if detail == "whole":
        return manifest
    metadata = _decode_fields(fields["metadata"])
    metadata.pop("managedFields", None)
    kept = fields if detail == "lean" else {field: fields[field] for field in ("apiVersion", "kind") if field in fields}
    return _encode({**kept, "metadata": metadata})


def _tracked(key: ResourceKey, metadata: _Metadata, marks: Tracking) -> Owner | None:
    annotations, labels = metadata.annotations or {}, metadata.labels or {}
    if tracking.TRACKING_ID not in annotations and marks.label_key not in labels:
        return None
    api_version = f"{key.group}/v1" if key.group else "v1"
    shape = {"name": key.name, "namespace": key.namespace, "annotations": annotations, "labels": labels}
    owner = tracking.owner_of({"apiVersion": api_version, "kind": key.kind, "metadata": shape}, marks)
    return None if owner is None else Owner(sys.intern(owner.instance), owner.own)
