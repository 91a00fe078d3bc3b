"""Look at one application and bring its status up to date; start a sync if it is due. Called by `loop`'s workers.

It reads as its stages: admit, compare, decide, report, act. What goes wrong becomes a condition in one place.
"""

from collections.abc import Iterable

import msgspec

from app_controller import admission, adopt, compare, deletion
from app_controller.admission import Invalid, NotYet
from app_controller.compare import Compared, Remembered
from app_controller.operations import Operations
from app_controller.queue import ApplicationKey, Level
from app_controller.report import REFRESH
from app_controller.work import Work
from argosy.engine import autosync, status, times
from argosy.engine.errors import Retry, Stuck
from argosy.engine.model.application import Application, Condition
from argosy.engine.model.base import to_json
from argosy.gateways.kubernetes.errors import ClusterError
from argosy.gateways.store.errors import StoreError

_PATIENCE = 180.0


async def reconcile(key: ApplicationKey, level: Level, work: Work, operations: Operations) -> None:
    """Look at the application at this level: carry on with its deletion, start what was asked for, compare."""
    application = _read(key, work)
    if application is None:
        work.forget(key)
        work.reporter.forget(key)
        work.outside.revisions.forget(key)
    elif application.deleting:
        # A sync under way stops first, so that nothing is put back; its end leads here again.
        if not operations.is_running(key):
            await deletion.carry_on(key, application, work)
    else:
        if application.operation is not None:
            await operations.start(key, (work.watched.raw(key) or {})["operation"])
        try:
            await _compare(key, application, _asked_for(application, level), work, operations)
        except (ClusterError, StoreError):
            raise
        except Exception as error:
            # What was shown before must not look as if it still held.
            message = f"internal error: {type(error).__name__}; please report it with the controller's log"
            await _report_failure(key, application, (Condition("ComparisonError", message),), work)
            raise


async def _compare(
    key: ApplicationKey, application: Application, level: Level, work: Work, operations: Operations
) -> None:
    """Compare, write what changed, and start what is due; what goes wrong becomes a condition."""
    if level is Level.HARD:
        work.forget(key)
    memory = work.memory(key)
    try:
        if level is Level.OBJECTS and memory.compared is not None and memory.whole:
            compared = await _look_again(memory.compared, work, memory)
        else:
            compared = await _look(application, max(level, Level.RECENT), work, memory)
    except Invalid as error:
        await _report_failure(key, application, error.conditions, work)
    except Stuck as error:
        await _report_failure(key, application, (Condition("ComparisonError", error.reason),), work)
        # What failed may have been something that no event tells of: a chart's host, a plugin's source.
        work.queue.add(key, Level.LATEST, after=work.watched.settings.timers.reconciliation or _PATIENCE)
    except NotYet as error:
        work.queue.add(key, level, after=error.after)
        return
    except Retry as error:
        await _report_trouble(key, application, error, work)
        work.queue.add(key, level, after=error.after)
    else:
        await _report(key, application, compared, work, operations)
    if REFRESH in application.metadata.annotations:
        await work.reporter.end_refresh(key, application.metadata.annotations)


async def _look(application: Application, level: Level, work: Work, memory: Remembered) -> Compared:
    """Compare everything, and claim what turns out to be ours."""
    # What is not admitted now must not be compared by the next event, with what was admitted earlier.
    memory.whole = False
    admitted = await admission.admit(application, work.watched, work.outside)
    compared = await compare.compare(admitted, level, work.outside, memory)
    await adopt.adopt(compare.managed(admitted.place), admitted.place, work, memory)
    return compared


async def _look_again(last: Compared, work: Work, memory: Remembered) -> Compared:
    """Compare what was touched, and claim what of it turns out to be ours."""
    place, touched = last.admitted.place, frozenset(memory.touched)
    compared = await compare.again(last, memory)
    found = (live for live in map(place.cache.get, touched) if live is not None and place.manages(live))
    await adopt.adopt(found, place, work, memory)
    return compared


def _read(key: ApplicationKey, work: Work) -> Application | None:
    """Return the application; one that cannot be read is left alone (the API server checks it against the schema)."""
    try:
        return work.watched.application(key)
    except msgspec.ValidationError:
        return None


def _asked_for(application: Application, level: Level) -> Level:
    """Return the level that the refresh annotation asks for, if it is higher."""
    wanted = application.metadata.annotations.get(REFRESH)
    if wanted is None:
        return level
    return max(level, Level.HARD if wanted == "hard" else Level.FRESH)


async def _report(
    key: ApplicationKey, application: Application, compared: Compared, work: Work, operations: Operations
) -> None:
    """Write the comparison, and act on the decision that follows from it.

    While it was made the application may have become another one, whose own look is waiting.
    """
    found = _read(key, work)
    if found is None or found.metadata.uid != application.metadata.uid:
        return
    now = work.outside.clock.now()
    fields = status.of_comparison(application, compared.comparison, now=now)
    undecided = operations.is_running(key) or not _asks_the_same(application, found)
    decision = None if undecided else autosync.decide(application, compared.comparison, now=now)
    refused = (Condition("SyncError", decision.because),) if isinstance(decision, autosync.Refused) else ()
    orphaned = work.orphans.conditions(key, compared, work.watched)
    fields |= status.with_conditions(
        application,
        (*compared.comparison.conditions, *refused, *orphaned),
        (*status.COMPARISON_CONDITIONS, "SyncError", "OrphanedResourceWarning"),
        now=now,
    )
    fields["controllerNamespace"] = work.outside.namespace
    await work.reporter.write(key, fields)
    match decision:
        case autosync.Start(operation):
            await operations.start(key, to_json(operation))
        case autosync.Later(after):
            work.queue.add(key, Level.RECENT, after=after)
        case autosync.Refused() | None:
            pass


def _asks_the_same(application: Application, now: Application) -> bool:
    """Return whether what a decision was made from still holds: no other spec, no sync since."""
    return (application.spec, application.status.operation_state) == (now.spec, now.status.operation_state)


async def _report_failure(
    key: ApplicationKey, application: Application, conditions: Iterable[Condition], work: Work
) -> None:
    now = work.outside.clock.now()
    await work.reporter.write(key, status.of_failure(application, conditions, now=now))


async def _report_trouble(key: ApplicationKey, application: Application, error: Retry, work: Work) -> None:
    """Say what is awaited; sync and health stay as they are for a while, so that they do not flap (1.47)."""
    now = work.outside.clock.now()
    conditions = (Condition("ComparisonError", error.reason),)
    known = [each for each in application.status.conditions if each.type == "ComparisonError"]
    since = times.read(known[0].last_transition_time) if known and known[0].message == error.reason else None
    keep = since is None or (now - since).total_seconds() < _PATIENCE
    await work.reporter.write(key, status.of_failure(application, conditions, now=now, keep=keep))
