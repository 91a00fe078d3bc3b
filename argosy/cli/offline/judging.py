"""What a sync would change, from files: manifests, live objects, and the cluster's OpenAPI documents if they are given.

Comes in: names of files. Goes out: the resources that differ, as the server's comparison gives them. Called by `diff`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from argosy.cli import reading
from argosy.cli.errors import CommandError
from argosy.cli.managed import ManagedResource
from argosy.engine import diff, redact
from argosy.engine.diff.schema import UNREAD, Schema, openapi
from argosy.engine.errors import Stuck
from argosy.engine.model.resource import Manifest, ResourceKey, group_of, key_of, metadata_of, version_of
from argosy.engine.normalise import Rules
from argosy.engine.pairing import Pair
from argosy.engine.rendered import Written, manifests_of
from argosy.wire import yaml_text

_RULES = Rules()


@dataclass(frozen=True, slots=True)
class Files:
    """The names of the files; `-` is standard input, for one of them."""

    desired: str
    live: str
    schemas: Sequence[str] = ()

    @classmethod
    def named(cls, desired: str | None, live: str | None, schemas: Sequence[str]) -> "Files":
        """Return the files that options name. Raises `CommandError` if one is missing."""
        if desired is None or live is None:
            missing = "--desired" if desired is None else "--live"
            raise CommandError(f"{missing} is missing: say which file to compare")
        if [desired, live, *schemas].count("-") > 1:
            raise CommandError("only one of the files can be standard input")
        return cls(desired, live, schemas)


def differences(files: Files) -> list[ManagedResource]:
    """Return the resources that differ, in the order of their keys. Raises `CommandError` for a file of none."""
    desired, live = _manifests(files.desired), _manifests(files.live)
    placed = {key_of(each): each for each in (_placed(manifest, live) for manifest in desired.values())}
    schemas = _Schemas([reading.read_text(name).encode() for name in files.schemas])
    keys = sorted(placed.keys() | live.keys())
    pairs = (Pair(key, placed.get(key), live.get(key)) for key in keys)
    return [found for pair in pairs if (found := _judged(pair, schemas)) is not None]


def _manifests(name: str) -> Mapping[ResourceKey, Manifest]:
    try:
        documents = yaml_text.load_all(reading.read_text(name))
        written = [Written(manifest=each, origin=f"{name}, document {at}") for at, each in enumerate(documents, 1)]
        return {key_of(each.manifest): each.manifest for each in manifests_of(_objects(written))}
    except (yaml_text.YamlError, Stuck) as error:
        raise CommandError(f"{name}: {error}") from error


def _objects(written: Sequence[Written]) -> Iterator[Written]:
    for each in written:
        if not isinstance(each.manifest, Mapping):
            raise Stuck(f"{each.origin}: a manifest must be an object")
        yield each


def _placed(manifest: Manifest, live: Mapping[ResourceKey, Manifest]) -> Manifest:
    """Return a manifest that names no namespace with that of the one live object that it can be."""
    key = key_of(manifest)
    if key.namespace or key in live:
        return manifest
    found = [each for each in live if each._replace(namespace="") == key]
    if len(found) != 1:
        return manifest
    return {**manifest, "metadata": {**metadata_of(manifest), "namespace": found[0].namespace}}


class _Schemas:
    """The schemas of the kinds in the OpenAPI documents."""

    def __init__(self, documents: Sequence[bytes]) -> None:
        self._documents = documents
        self._shelf = openapi.Shelf()
        self._known: dict[tuple[str, str, str], Schema] = {}

    def of(self, manifest: Manifest) -> Schema:
        kind = (group_of(str(manifest["apiVersion"])), version_of(manifest), str(manifest["kind"]))
        if kind not in self._known:
            found = (openapi.read(document, kind, self._shelf) for document in self._documents)
            self._known[kind] = next((schema for schema in found if schema is not UNREAD), UNREAD)
        return self._known[kind]


def _judged(pair: Pair, schemas: _Schemas) -> ManagedResource | None:
    """Return the resource with both sides as they were compared, None if nothing differs."""
    schema = schemas.of(pair.desired or pair.live or {})
    verdict = diff.reckon(pair, _RULES, schema=schema)
    seen, predicted = pair.live, pair.desired
    if isinstance(verdict, diff.Same):
        return None
    if isinstance(verdict, diff.Changed) and pair.live is not None:
        predicted, seen = diff.comparable(verdict.predicted, pair.live, _RULES)
    target, live, seen, predicted = redact.hide([pair.desired, pair.live, seen, predicted])
    return ManagedResource(pair.key, target, live, normalized_live=seen, predicted_live=predicted, hook=False)
