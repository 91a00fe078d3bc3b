"""What one comparison of an application found: the value from which status, decisions and plans are made."""

from collections.abc import Iterable
from dataclasses import dataclass

from argosy.engine import diff, health, options
from argosy.engine.model.application import Application, Condition, SourceType, SyncCode
from argosy.engine.model.resource import Manifest, ResourceKey
from argosy.engine.plan import Judged


@dataclass(frozen=True, slots=True)
class Rendering:
    """What the sources are, now: resolved revisions and types, in order."""

    revisions: tuple[str, ...]
    source_types: tuple[SourceType, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The objects with their verdicts and health, in the order of their keys.

    `conditions` are the ones that this evaluation found.
    """

    rendering: Rendering
    judged: tuple[Judged, ...]
    conditions: tuple[Condition, ...] = ()

    @property
    def sync_code(self) -> SyncCode:
        """OutOfSync if any object that counts is; Unknown if any could not be compared."""
        codes = {sync_code(each) for each in self.judged if counts_for_sync(each)}
        if "Unknown" in codes:
            return "Unknown"
        return "OutOfSync" if "OutOfSync" in codes else "Synced"

    @property
    def only_prunes(self) -> bool:
        """Whether the only differences are objects that are no longer wanted."""
        different = [each for each in self.judged if sync_code(each) == "OutOfSync" and counts_for_sync(each)]
        return bool(different) and all(isinstance(each.verdict, diff.Extra) for each in different)

    @property
    def wipes_out(self) -> bool:
        """Whether nothing is wanted any more and something runs."""
        return bool(self.judged) and all(isinstance(each.verdict, diff.Extra) for each in self.judged)

    def health(self, application: Application) -> health.Health:
        """Return the health of the application from that of its objects."""
        return health.roll_up(_parts(self.judged, application))


def sync_code(judged: Judged) -> SyncCode:
    """Return the sync status of one object."""
    match judged.verdict:
        case diff.Same():
            return "Synced"
        case diff.Changed() | diff.Missing() | diff.Extra():
            return "OutOfSync"
        case diff.Unknown():
            return "Unknown"


def counts_for_sync(judged: Judged) -> bool:
    """Return whether the object can make its application OutOfSync: an extra one may be marked as tolerated."""
    if not isinstance(judged.verdict, diff.Extra) or judged.pair.live is None:
        return True
    return not options.has_compare_option(judged.pair.live, "IgnoreExtraneous")


def health_of(manifest: Manifest | None) -> health.Health | None:
    """Return the health of a live object, Missing if it is not there."""
    return health.Health("Missing") if manifest is None else health.assess(manifest)


def _parts(judged: Iterable[Judged], application: Application) -> Iterable[health.Part]:
    metadata = application.metadata
    itself = ResourceKey("argoproj.io", "Application", metadata.namespace, metadata.name)
    for each in judged:
        manifest = each.pair.live or each.pair.desired or {}
        ignored = options.ignores_health(manifest) or each.pair.key == itself
        live = each.pair.live is not None
        checked = health_of(each.pair.live) if live else None
        yield health.Part(each.pair.key, live=live, health=checked, counts=not ignored)
