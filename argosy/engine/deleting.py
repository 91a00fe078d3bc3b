"""A deleted application and its live objects -> what to delete now. Called by the controller's `deletion`.

Rules 1.57 to 1.62 of Argo CD: no finalizer, no cascade; highest wave first, the next only when it is gone; definitions,
the Application itself and what says `Delete=false` or `resource-policy: keep` stay.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from argosy.engine import options, tracking
from argosy.engine.model.application import Application
from argosy.engine.model.resource import Manifest, ResourceKey, metadata_of
from argosy.engine.plan import Propagation

FOREGROUND = "resources-finalizer.argocd.argoproj.io"
BACKGROUND = "resources-finalizer.argocd.argoproj.io/background"
BEFORE = "pre-delete-finalizer.argocd.argoproj.io"
AFTER = "post-delete-finalizer.argocd.argoproj.io"
FINALIZERS = frozenset({FOREGROUND, BACKGROUND, "resources-finalizer.argocd.argoproj.io/foreground"})


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete these objects, each as it is now."""

    keys: tuple[ResourceKey, ...]
    propagation: Propagation


@dataclass(frozen=True, slots=True)
class Wait:
    """These objects are being deleted; go on when they are gone."""

    keys: tuple[ResourceKey, ...]


@dataclass(frozen=True, slots=True)
class Blocked:
    """These objects must be confirmed before they are deleted."""

    keys: tuple[ResourceKey, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """Nothing is left to delete: let the Application go."""


Next = Delete | Wait | Blocked | Release


def is_cascade(application: Application) -> bool:
    """Return whether the application's objects go with it."""
    return not FINALIZERS.isdisjoint(application.metadata.finalizers)


def hooks_in_the_way(application: Application, stage: str) -> str:
    """Return why the deletion cannot go on at this stage (`BEFORE` or `AFTER` the objects go), empty if it can.

    Delete hooks are not run yet. Going on without them could lose what they are there to save, so a person decides.
    """
    names = [name for name in application.metadata.finalizers if name.partition("/")[0] == stage]
    if not names:
        return ""
    when = "before anything is deleted" if stage == BEFORE else "before the application goes"
    return f"delete hooks are not run yet: do by hand what they do, then remove finalizer {', '.join(names)}, {when}"


def next_of(application: Application, owned: Mapping[ResourceKey, Manifest]) -> Next:
    """Return what to do next, given every live object that the application owns."""
    policy = application.spec.sync_policy
    chosen = policy.sync_options if policy else ()
    going = {key: manifest for key, manifest in owned.items() if _goes(key, manifest, application, chosen)}
    if not going:
        return Release()
    highest = max(options.wave_of(manifest) for manifest in going.values())
    wave = {key: manifest for key, manifest in going.items() if options.wave_of(manifest) == highest}
    unconfirmed = tuple(key for key, manifest in wave.items() if options.value("Delete", manifest, chosen) == "confirm")
    if unconfirmed:
        return Blocked(unconfirmed)
    left = tuple(key for key, manifest in wave.items() if not metadata_of(manifest).get("deletionTimestamp"))
    if not left:
        return Wait(tuple(wave))
    background = BACKGROUND in application.metadata.finalizers
    return Delete(left, "Background" if background else "Foreground")


def _goes(key: ResourceKey, manifest: Manifest, application: Application, chosen: tuple[str, ...]) -> bool:
    itself = ResourceKey("argoproj.io", "Application", application.metadata.namespace, application.metadata.name)
    stays = options.value("Delete", manifest, chosen) == "false" or options.keeps_its_object(manifest)
    return key.group_kind != tracking.CRD and key != itself and not stays
