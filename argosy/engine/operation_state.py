"""What a sync has done so far -> `status.operationState` and `status.history`, in Argo CD's shape and words.

Called by the controller's `operate`; values in, JSON out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from argosy.engine import times
from argosy.engine.comparison import Rendering
from argosy.engine.model.application import Application, RevisionHistory
from argosy.engine.model.base import to_json
from argosy.engine.model.operation import (
    Operation,
    OperationPhase,
    OperationState,
    ResourceResult,
    ResultCode,
    SyncPhase,
    SyncResult,
)
from argosy.engine.model.resource import Manifest, ResourceKey, version_of
from argosy.engine.plan import Apply, Hook, Kept, Plan, Prune, Step
from argosy.engine.progress import Outcome
from argosy.engine.tree import info

HISTORY_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Course:
    """An operation under way: what was asked, when it began, what was planned and what came of each step.

    `unchanged` are wanted objects that needed nothing.
    """

    operation: Operation
    started_at: datetime
    retries: int
    rendering: Rendering | None = None
    plan: Plan = field(default_factory=Plan)
    outcomes: Mapping[ResourceKey, Outcome] = field(default_factory=dict)
    unchanged: Mapping[ResourceKey, Manifest] = field(default_factory=dict)


def state(
    application: Application,
    course: Course,
    phase: OperationPhase,
    message: str,
    *,
    finished_at: datetime | None = None,
) -> Any:
    """Return `operationState` as JSON."""
    return to_json(
        OperationState(
            operation=course.operation,
            phase=phase,
            started_at=times.text(course.started_at),
            message=message,
            sync_result=_result(application, course),
            finished_at=times.text(finished_at) if finished_at else "",
            retry_count=course.retries,
        )
    )


def _result(application: Application, course: Course) -> SyncResult | None:
    if course.rendering is None:
        return None
    application = wanted(application, course.operation)
    many = bool(application.spec.sources)
    revisions = course.rendering.revisions
    return SyncResult(
        revision="" if many else next(iter(revisions), ""),
        resources=tuple(_results(course)),
        revisions=revisions if many else (),
        source=None if many else application.spec.source,
        sources=application.spec.sources,
    )


def _results(course: Course) -> Sequence[ResourceResult]:
    found: list[ResourceResult] = []
    for wave in course.plan.waves:
        found += [_of_step(step, wave.phase, course.outcomes.get(step.key)) for step in wave.steps]
    found += [_of_kept(kept) for kept in course.plan.kept]
    found += [_entry(each.key, None, "SyncFailed", each.because) for each in course.plan.refused]
    found += [_entry(key, manifest, "Synced", "unchanged") for key, manifest in course.unchanged.items()]
    found += [_of_hook(hook) for hook in course.plan.hooks]
    return found


def _of_step(step: Step, phase: SyncPhase, outcome: Outcome | None) -> ResourceResult:
    manifest = step.manifest if isinstance(step, Apply) else None
    if outcome is None:
        return _entry(step.key, manifest, None, "", phase)
    done: ResultCode = "Pruned" if isinstance(step, Prune) else "Synced"
    return _entry(step.key, manifest, done if outcome.succeeded else "SyncFailed", outcome.message, phase)


def _of_kept(kept: Kept) -> ResourceResult:
    return _entry(kept.key, None, "PruneSkipped", kept.because)


def _of_hook(hook: Hook) -> ResourceResult:
    key = hook.key
    return ResourceResult(
        group=key.group,
        version="",
        kind=key.kind,
        namespace=key.namespace,
        name=key.name,
        message="hooks are not run yet: this one was left out",
        hook_type=hook.type,
        sync_phase=hook.type,
    )


def _entry(
    key: ResourceKey, manifest: Manifest | None, code: ResultCode | None, message: str, phase: SyncPhase = "Sync"
) -> ResourceResult:
    return ResourceResult(
        group=key.group,
        version=version_of(manifest) if manifest else "",
        kind=key.kind,
        namespace=key.namespace,
        name=key.name,
        status=code or "",
        message=message,
        hook_phase="Running" if code is None else ("Failed" if code == "SyncFailed" else "Succeeded"),
        sync_phase=phase,
        images=info.images_of(manifest) if manifest else (),
    )


def history_entry(application: Application, course: Course, *, entry_id: int, finished_at: datetime) -> Any:
    """Return the entry of `status.history` for a sync that succeeded."""
    application = wanted(application, course.operation)
    many = bool(application.spec.sources)
    revisions = course.rendering.revisions if course.rendering else ()
    return to_json(
        RevisionHistory(
            id=entry_id,
            deployed_at=times.text(finished_at),
            revision="" if many else next(iter(revisions), ""),
            revisions=revisions if many else (),
            source=None if many else application.spec.source,
            sources=application.spec.sources,
            deploy_started_at=times.text(course.started_at),
            initiated_by=course.operation.initiated_by,
        )
    )


def wanted(application: Application, operation: Operation) -> Application:
    """Return the application with the sources that the operation brings along, as a rollback does."""
    sync = operation.sync
    if sync is None or (sync.source is None and not sync.sources):
        return application
    source = None if sync.sources else sync.source
    spec = msgspec.structs.replace(application.spec, source=source, sources=sync.sources)
    return msgspec.structs.replace(application, spec=spec)


def revisions_of(operation: Operation) -> tuple[str, ...]:
    """Return the revisions that the operation names, one per source; none if it leaves them to the application."""
    sync = operation.sync
    return (sync.revisions or ((sync.revision,) if sync.revision else ())) if sync else ()


def belongs_into_history(operation: Operation) -> bool:
    """Return whether a success is a deployment: not a dry run, and not of selected objects only (1.36)."""
    return operation.sync is not None and not operation.sync.dry_run and not operation.sync.resources


def trimmed(application: Application, previous: Sequence[Any], entry: Any) -> list[Any]:
    """Return the history with one more entry, within the application's limit."""
    limit = application.spec.revision_history_limit
    keep = HISTORY_LIMIT if limit is None else max(limit, 0)
    earlier = [each for each in previous if each.get("id") != entry["id"]]
    return [*earlier, entry][-keep:] if keep else []
