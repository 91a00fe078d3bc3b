"""A tool's objects -> checked manifests: lists taken apart, what is no Kubernetes object left out or refused.

Comes in: what Helm, Kustomize or the YAML reader made of a source, each with where it was written. Goes out: one
checked manifest per object, in the same order. Called by `repo_server.render`. Objects that occur twice are left to
`targets`.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from argosy.engine.errors import Stuck
from argosy.engine.model.resource import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An object as a tool gave it; `origin` says where it was written ("app/web.yaml, document 2, line 14")."""

    manifest: Manifest
    origin: str


def manifests_of(objects: Iterable[Written]) -> list[Written]:
    """Return the manifests that a tool's objects hold. Raises `Stuck` naming the first that is not one."""
    return [_checked(item) for item in _taken_apart(objects)]


def manifests_among(objects: Iterable[Written]) -> list[Written]:
    """Return the manifests among the documents of a directory, where other YAML may lie too.

    "Documents without apiVersion, kind and metadata are ignored" (Argo CD). One that has `metadata` and only one of the
    other two was meant to be a manifest: leaving it out would delete what it used to say, so it raises `Stuck`.
    """
    return manifests_of(item for item in objects if _meant_to_be_manifest(item.manifest))


def fingerprint(manifest: Manifest) -> str:
    """Return the SHA-256, in hex, of the manifest as JSON with sorted keys: equal exactly if the manifests are."""
    return hashlib.sha256(msgspec.json.encode(manifest, order="sorted")).hexdigest()


def _taken_apart(objects: Iterable[Written]) -> Iterator[Written]:
    for item in objects:
        members = item.manifest.get("items")
        if isinstance(members, list):
            yield from _members(item, members)
        elif not _is_null_list(item.manifest):
            yield item


def _members(item: Written, members: list[Any]) -> Iterator[Written]:
    for position, member in enumerate(members):
        origin = f"{item.origin}, items[{position}]".removeprefix(", ")
        if not isinstance(member, Mapping) or isinstance(member.get("items"), list):
            raise Stuck(f"{origin}: an item of a list must be an object, and not a list itself")
        yield Written(manifest=member, origin=origin)


def _is_null_list(manifest: Manifest) -> bool:
    """Say whether it is a list of nothing as Go programs print it: `kind: SomethingList` and `items: null`."""
    return (
        str(manifest.get("kind", "")).endswith("List")
        and "items" in manifest
        and manifest["items"] is None
        and "spec" not in manifest
        and "status" not in manifest
    )


def _meant_to_be_manifest(manifest: Manifest) -> bool:
    named = bool(manifest.get("apiVersion")) + bool(manifest.get("kind"))
    if named == 2:
        return "metadata" in manifest or "items" in manifest
    return named == 1 and isinstance(manifest.get("metadata"), Mapping)


def _checked(item: Written) -> Written:
    for name in ("apiVersion", "kind"):
        value = item.manifest.get(name)
        if not isinstance(value, str) or not value:
            raise Stuck(f"{_where(item)}: {name} must be set, to a string")
    metadata = item.manifest.get("metadata")
    if not isinstance(metadata, Mapping):
        raise Stuck(f"{_where(item)}: metadata must be set, to an object with a name")
    for name in ("name", "namespace", "generateName"):
        if not isinstance(metadata.get(name) or "", str):
            raise Stuck(f"{_where(item)}: metadata.{name} must be a string; put it in quotes")
    if not metadata.get("name") and not metadata.get("generateName"):
        raise Stuck(f"{_where(item)}: metadata.name must be set")
    for name in ("labels", "annotations"):
        _check_texts(item, name, metadata.get(name))
    return item


def _check_texts(item: Written, name: str, texts: object) -> None:
    if texts is None:
        return
    if not isinstance(texts, Mapping):
        raise Stuck(f"{_where(item)}: metadata.{name} must be an object")
    for key, value in texts.items():
        if value is not None and not isinstance(value, str):
            raise Stuck(f"{_where(item)}: metadata.{name}[{key!r}] must be a string; put it in quotes")


def _where(item: Written) -> str:
    kind = item.manifest.get("kind")
    what = kind if isinstance(kind, str) and kind else "object"
    return f"{item.origin}: {what}" if item.origin else f"{what}"
