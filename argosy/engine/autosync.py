"""May, and should, the controller sync this application by itself now? Rules 4.65 to 4.71 of Argo CD.

Called after each complete comparison. A refusal carries its reason; nothing to do is None.
"""

from dataclasses import dataclass
from datetime import datetime

from argosy.engine import retry, times
from argosy.engine.comparison import Comparison
from argosy.engine.model.application import Application
from argosy.engine.model.operation import (
    Operation,
    OperationInitiator,
    OperationState,
    ResourceResult,
    SyncOperation,
    SyncResource,
)
from argosy.engine.model.resource import ResourceKey

_SELF_HEAL_FIRST, _SELF_HEAL_FACTOR, _SELF_HEAL_LIMIT = 2.0, 3, 300.0
_SELF_HEAL_GROWS = 10


@dataclass(frozen=True, slots=True)
class Start:
    """Start this operation."""

    operation: Operation


@dataclass(frozen=True, slots=True)
class Later:
    """Self-heal waits: ask again after `after` seconds."""

    after: float


@dataclass(frozen=True, slots=True)
class Refused:
    """No sync until something changes; `because` becomes a SyncError condition."""

    because: str


Decision = Start | Later | Refused | None


def decide(application: Application, found: Comparison, *, now: datetime) -> Decision:
    """Return whether to start an automated sync, to wait, why not, or None if there is nothing to do."""
    policy = application.spec.sync_policy
    automated = policy.automated if policy else None
    if automated is None or automated.enabled is False or application.operation or application.deleting:
        return None
    if found.sync_code != "OutOfSync" or (found.only_prunes and not automated.prune):
        return None
    if automated.prune and found.wipes_out and not automated.allow_empty:
        return Refused("auto-sync will wipe out all resources")
    attempt = _last_attempt(application, found)
    if attempt is None:
        return Start(_operation(application, found))
    if attempt.phase in ("Running", "Terminating"):
        return None
    if attempt.phase != "Succeeded":
        return Refused(f"Failed last sync attempt to {list(found.rendering.revisions)}: {attempt.message}")
    return _heal(application, found, attempt, now=now) if automated.self_heal else None


def _last_attempt(application: Application, found: Comparison) -> OperationState | None:
    """Return the last operation if it was an attempt at these revisions of these sources, else None."""
    state = application.status.operation_state
    if state is None or state.sync_result is None or (state.operation.sync and state.operation.sync.dry_run):
        return None
    result = state.sync_result
    revisions = result.revisions or (result.revision,)
    sources = result.sources or ((result.source,) if result.source else ())
    same = revisions == found.rendering.revisions and sources == application.sources
    return state if same else None


def _operation(application: Application, found: Comparison) -> Operation:
    policy = application.spec.sync_policy
    automated = policy.automated if policy else None
    many = bool(application.spec.sources)
    revisions = found.rendering.revisions
    return Operation(
        sync=SyncOperation(
            revision="" if many else next(iter(revisions), ""),
            revisions=revisions if many else (),
            prune=bool(automated and automated.prune),
            sync_options=policy.sync_options if policy else (),
        ),
        initiated_by=OperationInitiator(automated=True),
        retry=(policy.retry if policy else None) or retry.AUTOMATED,
    )


def _heal(application: Application, found: Comparison, attempt: OperationState, *, now: datetime) -> Decision:
    """Return a partial sync of what differs, at once the first time, then with a growing pause."""
    count = attempt.operation.sync.auto_heal_attempts_count if attempt.operation.sync else 0
    ended = times.read(attempt.finished_at)
    pause = _pause(count)
    left = pause - (now - ended).total_seconds() if ended else 0.0
    if left > 0:
        return Later(left)
    different = _different(found, attempt)
    if not different:
        return None
    ordinary = _operation(application, found)
    assert ordinary.sync is not None
    healed = SyncOperation(
        revision=ordinary.sync.revision,
        revisions=ordinary.sync.revisions,
        prune=ordinary.sync.prune,
        sync_options=ordinary.sync.sync_options,
        resources=different,
        auto_heal_attempts_count=count + 1,
    )
    return Start(Operation(sync=healed, initiated_by=ordinary.initiated_by, retry=ordinary.retry))


def _pause(count: int) -> float:
    """Return the seconds between the end of the heal before and the next one, after `count` of them."""
    if count <= 0:
        return 0.0
    return min(_SELF_HEAL_FIRST * _SELF_HEAL_FACTOR ** min(count - 1, _SELF_HEAL_GROWS), _SELF_HEAL_LIMIT)


def _different(found: Comparison, attempt: OperationState) -> tuple[SyncResource, ...]:
    """Return what a heal would put right: what differs, without what the last sync left alone on purpose."""
    results = attempt.sync_result.resources if attempt.sync_result else ()
    kept = {ResourceKey(each.group, each.kind, each.namespace, each.name) for each in results if _was_kept(each)}
    keys = [each.key for each in found.different if not (each.is_extra and each.key in kept)]
    return tuple(SyncResource(key.kind, key.name, key.group, key.namespace) for key in keys)


def _was_kept(result: ResourceResult) -> bool:
    return result.status == "PruneSkipped"
