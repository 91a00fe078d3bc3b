"""Rendered objects -> what should run: each in its namespace, once, marked as the application's; hooks apart.

Called by the controller after rendering. "Argo CD takes the last of several objects with one key and warns" (3.16).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from argosy.engine import options, tracking
from argosy.engine.model.application import Condition
from argosy.engine.model.resource import GroupKind, Manifest, ResourceKey, key_of
from argosy.engine.normalise import secrets
from argosy.engine.packed import Packed, pack

Namespaced = Callable[[GroupKind], bool | None]
"""Whether the destination serves a kind per namespace; None if it does not know the kind."""


Exclusion = Callable[[GroupKind], str | None]
"""Why the settings leave a kind out; None if they do not."""


def _nothing_is_excluded(_kind: GroupKind) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Targets:
    """What should run, by key; the hooks that go with it; and what the user should know about the rendered set."""

    desired: dict[ResourceKey, Packed]
    hooks: tuple[Manifest, ...] = ()
    conditions: tuple[Condition, ...] = ()


def prepare(
    manifests: Iterable[Manifest],
    instance: str,
    *,
    namespace: str,
    namespaced: Namespaced,
    marks: tracking.Tracking,
    exclusion: Exclusion = _nothing_is_excluded,
) -> Targets:
    """Return the targets of an application with this destination namespace, in rendered order."""
    excluded, given = _sifted(manifests, exclusion)
    scope = _scope(given, namespaced)
    desired: dict[ResourceKey, Packed] = {}
    hooks: list[Manifest] = []
    repeated: dict[ResourceKey, int] = {}
    homeless: list[ResourceKey] = []
    for manifest in given:
        placed = _place(secrets.fold(manifest), namespace, namespaced=scope(key_of(manifest).group_kind))
        key = key_of(placed)
        stamped = tracking.stamp(placed, instance, tracking=marks, namespace=namespace)
        if options.is_hook(manifest):
            hooks.append(stamped)
            continue
        if not key.namespace and scope(key.group_kind):
            homeless.append(key)
        if key in desired:
            repeated[key] = repeated.get(key, 1) + 1
            del desired[key]
        desired[key] = pack(stamped)
    return Targets(desired, tuple(hooks), (*excluded, *_repeated(repeated), *_homeless(homeless)))


def _sifted(manifests: Iterable[Manifest], exclusion: Exclusion) -> tuple[list[Condition], tuple[Manifest, ...]]:
    """Return a warning of each object whose kind is left out (3.21), and the other objects."""
    warnings: list[Condition] = []
    kept: list[Manifest] = []
    for manifest in manifests:
        key = key_of(manifest)
        reason = exclusion(key.group_kind)
        if reason is None:
            kept.append(manifest)
        else:
            message = f"Resource {key.group_kind} {key.name} is left out of the application: {reason}"
            warnings.append(Condition("ExcludedResourceWarning", message))
    return warnings, tuple(kept)


def _scope(manifests: tuple[Manifest, ...], namespaced: Namespaced) -> Namespaced:
    """Return `namespaced`, completed with the kinds whose definitions are among the manifests."""
    own = {
        GroupKind(str(spec.get("group", "")), str((spec.get("names") or {}).get("kind", ""))): (
            spec.get("scope") == "Namespaced"
        )
        for manifest in manifests
        if key_of(manifest).group_kind == tracking.CRD
        for spec in (manifest.get("spec") or {},)
    }

    def scope(kind: GroupKind) -> bool | None:
        known = namespaced(kind)
        return own.get(kind) if known is None else known

    return scope


def _place(manifest: Manifest, namespace: str, *, namespaced: bool | None) -> Manifest:
    """Return the manifest in its namespace; a kind that nobody knows yet is taken for a namespaced one, as most are."""
    metadata: dict[str, Any] = dict(manifest.get("metadata") or {})
    own = str(metadata.get("namespace") or "")
    wanted = "" if namespaced is False else own or namespace
    if wanted == own and ("namespace" in metadata) == bool(wanted):
        return manifest
    metadata.pop("namespace", None)
    return {**manifest, "metadata": {**metadata, "namespace": wanted} if wanted else metadata}


def _repeated(counts: dict[ResourceKey, int]) -> list[Condition]:
    return [
        Condition("RepeatedResourceWarning", f"Resource {key} appeared {count} times among application resources.")
        for key, count in counts.items()
    ]


def _homeless(keys: list[ResourceKey]) -> list[Condition]:
    return [
        Condition(
            "InvalidSpecError",
            f"Namespace for {key.name} {key.group_kind} is missing: set metadata.namespace in its manifest or "
            "spec.destination.namespace in the application.",
        )
        for key in keys
    ]
