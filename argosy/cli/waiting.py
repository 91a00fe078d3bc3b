"""What `app wait` and `app sync` wait for, decided from an application as it is now; pure.

Comes in: a view of an application and what to wait for. Goes out: a verdict. Called by `argosy.cli.watching`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from argosy.cli.views.resources import ResourcePattern, ResourceState, states
from argosy.engine.model.application import Application
from argosy.engine.model.operation import OperationState


@dataclass(frozen=True)
class Conditions:
    """What to wait for; several health states mean any of them."""

    sync: bool = False
    health: bool = False
    operation: bool = False
    suspended: bool = False
    degraded: bool = False
    deletion: bool = False
    hydrated: bool = False

    @property
    def wanted_health(self) -> frozenset[str]:
        """The health states that will do; empty if health does not matter."""
        wanted = {"Healthy": self.health, "Suspended": self.suspended, "Degraded": self.degraded}
        return frozenset(name for name, asked in wanted.items() if asked)


EVERYTHING = Conditions(sync=True, health=True, operation=True)
"""What `app wait` waits for unless told otherwise."""


@dataclass(frozen=True)
class Met:
    """Everything waited for is there."""


@dataclass(frozen=True)
class Stale:
    """An operation has ended, and the state seen is older than its end: look again after a refresh."""


@dataclass(frozen=True)
class Waiting:
    """Something is missing; `reasons` say what, for a person."""

    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Degraded:
    """A resource became Degraded while Healthy is waited for: waiting longer is pointless."""

    state: ResourceState
    before: str


Verdict = Met | Stale | Waiting | Degraded


def judge(
    application: Application,
    conditions: Conditions,
    *,
    patterns: Sequence[ResourcePattern] = (),
    before: Sequence[ResourceState] = (),
    refreshed: bool = False,
) -> Verdict:
    """Say whether the wait is over.

    `before` are the resources at the last look; `refreshed` says that the application was just compared anew.
    """
    broken = _degraded(application, conditions, patterns=patterns, before=before)
    if broken:
        return broken
    reasons = tuple(_missing(application, conditions, patterns))
    if reasons:
        return Waiting(reasons)
    if conditions.operation and not refreshed and _ended_after_last_look(application):
        return Stale()
    return Met()


def in_progress(application: Application) -> bool:
    """Say whether an operation was asked for or runs; one that waits for its retry does."""
    state = application.status.operation_state
    return application.operation is not None or (state is not None and state.phase in ("Running", "Terminating"))


def waits_for(state: ResourceState, conditions: Conditions) -> str:
    """Say in words what a resource is waiting for; empty if nothing."""
    if state.hook and state.status in ("Running", ""):
        return f"{state.hook} hook to finish"
    if state.status == "OutOfSync" and (conditions.sync or conditions.operation):
        return "to be applied"
    wanted = conditions.wanted_health or frozenset({"Healthy"})
    if state.health and not state.hook and state.health not in wanted and not conditions.deletion:
        return f"to become {' or '.join(sorted(wanted))}"
    return ""


def _missing(application: Application, conditions: Conditions, patterns: Sequence[ResourcePattern]) -> Iterator[str]:
    if conditions.deletion:
        yield "the application to be deleted"
    if conditions.operation and in_progress(application):
        yield "the operation to end"
    if conditions.hydrated and not _hydrated(application):
        yield "the hydration to end"
    if patterns:
        for state in states(application, patterns):
            yield from _missing_state(state.status, state.health, conditions, of=str(state.key))
        return
    sync = application.status.sync
    yield from _missing_state(
        sync.status if sync else "", application.status.health.status, conditions, of="the application"
    )


def _missing_state(status: str, health: str, conditions: Conditions, *, of: str) -> Iterator[str]:
    if conditions.sync and status != "Synced":
        yield f"{of} to be Synced"
    wanted = conditions.wanted_health
    if wanted and health not in wanted:
        yield f"{of} to be {' or '.join(sorted(wanted))}"


def _degraded(
    application: Application,
    conditions: Conditions,
    *,
    patterns: Sequence[ResourcePattern],
    before: Sequence[ResourceState],
) -> Degraded | None:
    if not conditions.health or conditions.degraded:
        return None
    known = {state.key: state.health for state in before}
    for state in states(application, patterns):
        earlier = known.get(state.key)
        if state.health == "Degraded" and earlier not in (None, "", "Unknown", "Degraded"):
            return Degraded(state=state, before=earlier)
    return None


def _hydrated(application: Application) -> bool:
    hydrator = application.status.source_hydrator
    current = hydrator.current_operation if hydrator else None
    return current is None or current.phase == "Hydrated"


def _ended_after_last_look(application: Application) -> bool:
    state = application.status.operation_state
    if state is None or not state.finished_at or _is_dry_run(state):
        return False
    return application.status.reconciled_at < state.finished_at


def _is_dry_run(state: OperationState) -> bool:
    return bool(state.operation.sync and state.operation.sync.dry_run)
