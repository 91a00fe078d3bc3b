"""A plan: what a sync will do, in which order, and what it will leave alone and why. Values only."""

from dataclasses import dataclass
from typing import Literal

from argosy.engine.model.operation import SyncPhase
from argosy.engine.model.resource import Manifest, ResourceKey

Propagation = Literal["Foreground", "Background", "Orphan"]


@dataclass(frozen=True, slots=True)
class Apply:
    """Server-side apply of this manifest; `exists` tells a change from a creation."""

    key: ResourceKey
    manifest: Manifest
    exists: bool


@dataclass(frozen=True, slots=True)
class CreateNamespace:
    """Create the destination namespace if it is not there; it is nobody's."""

    key: ResourceKey


@dataclass(frozen=True, slots=True)
class Prune:
    """Delete the object with exactly this uid."""

    key: ResourceKey
    uid: str
    propagation: Propagation


Step = Apply | CreateNamespace | Prune


@dataclass(frozen=True, slots=True)
class Kept:
    """An object that is no longer wanted and stays; `because` is for the user."""

    key: ResourceKey
    because: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A step that the project, or the destination, does not permit; the sync fails without touching anything."""

    key: ResourceKey
    because: str


@dataclass(frozen=True, slots=True)
class Hook:
    """A hook object that belongs to the sync and is not run; `type` is the first phase that it is a hook of."""

    key: ResourceKey
    type: SyncPhase


@dataclass(frozen=True, slots=True)
class Wave:
    """Steps that are taken together, prunes first; the next wave waits until their objects are healthy, or gone."""

    phase: SyncPhase
    number: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The waves in order, and what is left alone."""

    waves: tuple[Wave, ...] = ()
    kept: tuple[Kept, ...] = ()
    refused: tuple[Refused, ...] = ()
    hooks: tuple[Hook, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, in order."""
        return tuple(step for wave in self.waves for step in wave.steps)
