"""An OpenAPI v3 document of one group and version -> the schema of a kind in it.

Comes in: the bytes that an API server has at `/openapi/v3/apis/apps/v1`. Goes out: a `Schema` that shares its parts
with those made before on the same `Shelf`. Called by the Kubernetes gateway, off the event loop (a document has
megabytes).
Of its text only what the kind refers to is looked at.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from argosy.engine.diff.schema import go_types
from argosy.engine.diff.schema.nodes import (
    ANYTHING,
    SCHEMALESS,
    UNREAD,
    ByKeys,
    Form,
    Identity,
    ListOf,
    MapOf,
    Merge,
    Scalar,
    Schema,
    Unread,
)
from argosy.engine.diff.schema.nodes import Struct as StructNode

_DEEPEST = 100
_PREFIX = "#/components/schemas/"
_SCALARS = ("string", "integer", "number", "boolean")


class _Node(Struct, rename="camel"):
    """A schema as OpenAPI has it: what counts for merging."""

    ref: str = field(name="$ref", default="")
    type: Any = None
    format: str = ""
    properties: dict[str, "_Node"] | None = None
    items: "_Node | None" = None
    additional_properties: "_Node | bool | None" = None
    all_of: "list[_Node] | None" = None
    default: Any | UnsetType = UNSET
    list_type: str = field(name="x-kubernetes-list-type", default="")
    list_keys: tuple[str, ...] | None = field(name="x-kubernetes-list-map-keys", default=())
    map_type: str = field(name="x-kubernetes-map-type", default="")
    merge_key: str = field(name="x-kubernetes-patch-merge-key", default="")
    patch_strategy: str = field(name="x-kubernetes-patch-strategy", default="")
    preserve: bool = field(name="x-kubernetes-preserve-unknown-fields", default=False)
    embedded: bool = field(name="x-kubernetes-embedded-resource", default=False)


class _Kind(Struct):
    group: str = ""
    version: str = ""
    kind: str = ""


class _Kinds(Struct):
    kinds: list[_Kind] | None = field(name="x-kubernetes-group-version-kind", default=None)


class _Components(Struct):
    schemas: dict[str, Raw] = field(default_factory=dict[str, Raw])


class _Document(Struct):
    components: _Components = field(default_factory=_Components)


class Shelf:
    """The parts of all schemas made so far, each once: kinds share most of theirs, a pod's above all."""

    def __init__(self) -> None:
        self._parts: dict[tuple[object, ...], Schema] = {}

    def __len__(self) -> int:
        return len(self._parts)

    def scalar(self, form: Form) -> Schema:
        """Return the part for a scalar."""
        return self._one(("scalar", form), lambda: Scalar(form))

    def struct(
        self, fields: Mapping[str, Schema], *, filled: Mapping[str, Any], merge: Merge, rest: Schema | None, typed: bool
    ) -> Schema:
        """Return the part for an object with these fields."""
        named = tuple((name, id(below)) for name, below in sorted(fields.items()))
        key = ("struct", named, msgspec.json.encode(filled, order="sorted"), merge, id(rest), typed)
        return self._one(key, lambda: StructNode(fields, filled, merge, rest, typed, _closed(*fields.values(), rest)))

    def map_of(self, values: Schema, merge: Merge) -> Schema:
        """Return the part for a map."""
        return self._one(("map", id(values), merge), lambda: MapOf(values, merge, _closed(values)))

    def list_of(self, elements: Schema, identity: Identity) -> Schema:
        """Return the part for a list."""
        named: object = identity
        if isinstance(identity, ByKeys):
            named = (identity.names, msgspec.json.encode(identity.filled))
        return self._one(("list", id(elements), named), lambda: ListOf(elements, identity, _closed(elements)))

    def _one(self, key: tuple[object, ...], make: Callable[[], Schema]) -> Schema:
        known = self._parts.get(key)
        if known is None:
            known = self._parts[key] = make()
        return known


def read(document: bytes, kind: tuple[str, str, str], shelf: Shelf) -> Schema:
    """Return the schema of a kind, given as group, version and kind; `UNREAD` if the document does not say it."""
    try:
        components = msgspec.json.decode(document, type=_Document).components.schemas
        name = next((each for each in components if _describes(each, components[each], kind)), None)
        return UNREAD if name is None else _Reader(components, shelf).component(name)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return UNREAD


def _describes(name: str, component: Raw, kind: tuple[str, str, str]) -> bool:
    if name.rpartition(".")[2] != kind[2]:
        return False
    kinds = msgspec.json.decode(component, type=_Kinds).kinds or ()
    return any((each.group, each.version, each.kind) == kind for each in kinds)


class _Reader:
    """Follows the references of one document; a component is read once, and one that refers to itself is `ANYTHING`."""

    def __init__(self, components: Mapping[str, Raw], shelf: Shelf) -> None:
        self._components = components
        self._shelf = shelf
        self._known: dict[str, Schema | None] = {}
        self._depth = 0

    def component(self, name: str) -> Schema:
        """Return the schema of a component; the ones that it refers to are read along the way."""
        if name in go_types.FORMS:
            return self._shelf.scalar(go_types.FORMS[name])
        if name in self._known:
            # None: it is being read, so it refers to itself.
            return self._known[name] or ANYTHING
        if name not in self._components:
            return ANYTHING
        self._known[name] = None
        node = msgspec.json.decode(self._components[name], type=_Node)
        schema = self._known[name] = self._schema(node, name)
        return schema

    def _schema(self, node: _Node, component: str) -> Schema:
        self._depth += 1
        try:
            return ANYTHING if self._depth > _DEEPEST else self._by_type(node, component)
        finally:
            self._depth -= 1

    def _by_type(self, node: _Node, component: str) -> Schema:
        reference = node.ref or (node.all_of[0].ref if node.all_of and len(node.all_of) == 1 else "")
        if reference:
            return self._referred(node, self.component(reference.removeprefix(_PREFIX)))
        if node.properties:
            return self._struct(node, component)
        if node.type == "array":
            return self._list(node, component)
        if node.type == "object" or node.preserve or node.embedded:
            return self._map(node, component)
        if node.type in _SCALARS:
            is_bytes = node.format == "byte" and go_types.is_made_from_go(component)
            return self._shelf.scalar("bytes" if is_bytes else "plain")
        return ANYTHING

    def _referred(self, node: _Node, schema: Schema) -> Schema:
        """Return what is referred to, as the place that refers to it has it merged."""
        if node.map_type != "atomic":
            return schema
        match schema:
            case StructNode(fields=fields, filled=filled, rest=rest, typed=typed):
                return self._shelf.struct(fields, filled=filled, merge="atomic", rest=rest, typed=typed)
            case MapOf(values=values):
                return self._shelf.map_of(values, "atomic")
            case _:
                return schema

    def _struct(self, node: _Node, component: str) -> Schema:
        properties = node.properties or {}
        filled = {name: each.default for name, each in properties.items() if each.default is not UNSET}
        rest = SCHEMALESS if node.preserve or node.embedded else None
        if isinstance(node.additional_properties, _Node):
            rest = self._schema(node.additional_properties, component)
        typed = go_types.is_made_from_go(component)
        fields = {name: self._schema(each, component) for name, each in properties.items()}
        known = go_types.FILLED.get(component, {}) if typed else {}
        return self._shelf.struct(fields, filled={**filled, **known}, merge=_merge(node), rest=rest, typed=typed)

    def _map(self, node: _Node, component: str) -> Schema:
        values = node.additional_properties
        below = self._schema(values, component) if isinstance(values, _Node) else SCHEMALESS
        return self._shelf.map_of(below, _merge(node))

    def _list(self, node: _Node, component: str) -> Schema:
        elements = ANYTHING if node.items is None else self._schema(node.items, component)
        return self._shelf.list_of(elements, _identity(node, elements))


def _closed(*parts: Schema | None) -> bool:
    return all(
        part is None or (isinstance(part, Scalar | StructNode | MapOf | ListOf) and part.closed) for part in parts
    )


def _merge(node: _Node) -> Merge:
    return "atomic" if node.map_type == "atomic" else "granular"


def _identity(node: _Node, elements: Schema | Unread) -> Identity:
    """Return how an apply tells elements apart; a list that does not say it is replaced as a whole."""
    if node.list_type == "set" or (not node.list_type and node.patch_strategy == "merge" and not node.merge_key):
        return "set"
    keys = node.list_keys or ((node.merge_key,) if node.merge_key and not node.list_type else ())
    if node.list_type in ("map", "") and keys:
        filled = elements.filled if isinstance(elements, StructNode) else {}
        return ByKeys(tuple(keys), tuple(filled.get(name) for name in keys))
    return "atomic"
