"""One object of an application, judged: what is kept of it between looks, without its manifests.

Made by `judge` from a pair and the verdict on it; folded up by `tally`; read by status, decisions and views.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from argosy.engine import diff, options
from argosy.engine.health.verdict import Health
from argosy.engine.model.application import HealthStatus, ResourceStatus, SyncCode
from argosy.engine.model.base import to_json
from argosy.engine.model.resource import Manifest, ResourceKey, version_of
from argosy.engine.packed import Packed
from argosy.engine.pairing import Pair
from argosy.engine.tree import info

_CHILD = ("argoproj.io", "Application")


class Seen(Protocol):
    """A live object as somebody holds it, decoded when it is asked for."""

    def manifest(self) -> Manifest:
        """Return the object."""
        ...


@dataclass(frozen=True)
class Judged:
    """An object with the verdict on it and its health; `desired` and `live` are its two sides, None for none.

    `health` is None for a kind that has no check, and for an object that is not there. `extraneous`: it may be extra;
    `ignores_health`: its health does not count. `claimant` is another application, whose mark it carries;
    what the project does not permit is shown as Unknown (3.20).
    """

    key: ResourceKey
    verdict: diff.Verdict
    health: Health | None = None
    desired: Packed | None = None
    live: Seen | None = None
    claimant: str = ""
    permitted: bool = True
    version: str = ""
    wave: int = 0
    extraneous: bool = False
    ignores_health: bool = False
    images: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()

    @property
    def sync_code(self) -> SyncCode:
        """The sync status of the object."""
        match self.verdict:
            case diff.Same():
                return "Synced"
            case diff.Changed() | diff.Missing() | diff.Extra():
                return "OutOfSync"
            case diff.Unknown():
                return "Unknown"

    @property
    def is_extra(self) -> bool:
        """Whether it runs and is no longer wanted."""
        return isinstance(self.verdict, diff.Extra)

    @property
    def counts_for_sync(self) -> bool:
        """Whether it can make its application OutOfSync: an extra one may be marked as tolerated (3.17)."""
        return not (self.is_extra and self.extraneous)

    @property
    def counts_for_health(self) -> bool:
        """Whether its health counts for that of its application; a child that is not there yet does not (5.22)."""
        if self.live is None or self.health is None or self.ignores_health:
            return False
        return not (self.is_application and self.health.status in ("Missing", "Unknown"))

    @property
    def is_application(self) -> bool:
        """Whether it is an Application itself."""
        return (self.key.group, self.key.kind) == _CHILD

    @cached_property
    def shown(self) -> Any:
        """Its entry in `status.resources`, as JSON."""
        health = Health("Missing") if self.live is None else self.health
        return to_json(
            ResourceStatus(
                kind=self.key.kind,
                name=self.key.name,
                group=self.key.group,
                version=self.version,
                namespace=self.key.namespace,
                status=self.sync_code if self.permitted else "Unknown",
                health=None if health is None else HealthStatus(health.status, health.message),
                requires_pruning=self.is_extra,
                sync_wave=self.wave,
            )
        )

    def pair(self) -> Pair:
        """Return both sides, decoded."""
        return Pair(
            self.key,
            None if self.desired is None else self.desired.manifest(),
            None if self.live is None else self.live.manifest(),
        )


def judge(
    pair: Pair,
    verdict: diff.Verdict,
    health: Health | None,
    *,
    desired: Packed | None,
    live: Seen | None,
    claimant: str = "",
    permitted: bool = True,
) -> Judged:
    """Return what is kept of a pair; `desired` and `live` are its two sides at rest."""
    manifest = pair.desired or pair.live or {}
    networking = None if pair.live is None else info.networking_of(pair.live, pair.key.group_kind)
    return Judged(
        key=pair.key,
        verdict=verdict,
        health=health,
        desired=desired,
        live=live,
        claimant=claimant,
        permitted=permitted,
        version=version_of(manifest),
        wave=options.wave_of(manifest),
        extraneous=pair.live is not None and options.has_compare_option(pair.live, "IgnoreExtraneous"),
        ignores_health=options.ignores_health(pair.live or manifest),
        images=() if pair.live is None else info.images_of(pair.live),
        urls=() if networking is None else networking.external_urls,
    )
