"""One sync, from its request to its single end, attempt by attempt; called by `operations`, again after a crash.

The end is written in three steps, each of which may be repeated: the attempt's end and the history into the SQL memory,
the Application's status, the operation's end. So there is one outcome, whatever happens in between.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from app_controller import admission, compare
from app_controller import attempt as attempts
from app_controller.attempt import TERMINATED, Attempt
from app_controller.planning import at_revision
from app_controller.queue import ApplicationKey, Level
from app_controller.work import Work
from argosy.engine import operation_state, retry, status, times, unsupported
from argosy.engine.comparison import Rendering
from argosy.engine.errors import EngineError, Stuck
from argosy.engine.model.application import Application
from argosy.engine.model.operation import Operation
from argosy.engine.operation_state import Course
from argosy.gateways.store.changes import AppendHistory, Change, CloseOperation, EndAttempt, Outcome
from argosy.gateways.store.records import AttemptRecord, OperationRecord

_SHOW_RUNNING_AFTER = 0.1


@dataclass(frozen=True, slots=True)
class Ended:
    """How an attempt ended; `written` if the SQL memory knows already."""

    phase: Outcome
    message: str
    course: Course
    at: datetime
    written: bool = False


@dataclass(slots=True)
class Run:
    """An operation under way; `changed` is to be set whenever something about the application changes."""

    key: ApplicationKey
    record: OperationRecord
    work: Work
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def operation(self) -> Operation:
        """What was asked for."""
        return msgspec.convert(self.record.request, Operation, strict=False)

    async def carry_out(self) -> None:
        """Take the operation to its end, and write that down."""
        known = await self._known()
        number = known.number if known else 0
        ended = await self._attempt(number, known)
        while (pause := self._retry_after(ended, number)) is not None:
            await self._wait_for_retry(ended, number, pause)
            if self._terminated():
                ended = Ended("Failed", TERMINATED, ended.course, self.work.outside.clock.now(), written=True)
                break
            number += 1
            ended = await self._attempt(number, None)
        await self._finish(ended, number)

    async def give_up(self, message: str) -> None:
        """End the operation in Error."""
        known = await self._known()
        number = known.number if known else 0
        await self._finish(self._ended("Error", message, self._course(number)), number)

    async def _known(self) -> AttemptRecord | None:
        """Return the last attempt that was begun."""
        attempts = await self.work.outside.store.operations.attempts(self.record.id)
        return attempts[-1] if attempts else None

    def _course(self, number: int) -> Course:
        """Return the course before anything was planned; an automated sync knows its revision from the start."""
        operation = self.operation
        revisions = operation_state.revisions_of(operation) if operation.initiated_by.automated else ()
        rendering = Rendering(revisions, ()) if revisions else None
        return Course(operation, self.record.started_at, number, rendering)

    async def _attempt(self, number: int, known: AttemptRecord | None) -> Ended:
        """Make or take up an attempt and run it."""
        course = self._course(number)
        application = self._application()
        if application is None:
            return self._ended("Error", "the application was deleted", course)
        if known is not None:
            course = await attempts.read_back(known, course, self.work.outside)
            if known.ending is not None:
                return Ended(known.ending.outcome, known.ending.message, course, known.ending.at, written=True)
        try:
            attempt = await self._begun(application, course, known)
        except EngineError as error:
            if self._terminated():
                return self._ended("Failed", TERMINATED, course)
            return self._ended("Error", str(error), course)
        later = asyncio.create_task(self._show_later(attempt))
        try:
            finished = await attempt.run(
                self.changed,
                terminated=self._terminated,
                show=lambda message: self._show(attempt.course, message),
            )
        finally:
            later.cancel()
            await asyncio.gather(later, return_exceptions=True)
        return self._ended(finished.phase, finished.message, attempt.course)

    async def _begun(self, application: Application, course: Course, known: AttemptRecord | None) -> Attempt:
        outside, operation = self.work.outside, self.operation
        wanted = at_revision(application, operation)
        admitted = await self._admitted(wanted)
        reason = unsupported.reason(admitted.project, operation)
        if reason is not None:
            raise Stuck(reason)
        if known is not None:
            return Attempt(self.record.id, admitted, outside, course)
        memory = self.work.memory(self.key) if wanted is application else compare.Remembered()
        level = Level.LATEST if operation.initiated_by.automated else Level.FRESH
        compared = await compare.compare(admitted, level, outside, memory)
        return await attempts.begin(self.record.id, course, compared, outside)

    async def _admitted(self, wanted: Application) -> admission.Admitted:
        """Admit the application; a destination that is being read for the first time is waited for."""
        while True:
            try:
                return await admission.admit(wanted, self.work.watched, self.work.outside)
            except admission.NotYet as error:
                if self._terminated():
                    raise
                await attempts.either(self.changed, error.after)

    def _application(self) -> Application | None:
        """Return the application that was to be synced; None if it is gone, even if another has its name."""
        found = self.work.watched.application(self.key)
        return found if found is not None and found.metadata.uid == self.record.application_uid else None

    def _terminated(self) -> bool:
        """Return whether to stop: somebody said so, or the application is being deleted."""
        application = self._application()
        if application is None or application.deleting:
            return True
        state = application.status.operation_state
        return state is not None and state.phase == "Terminating" and self._is_ours(state)

    def _is_ours(self, state: operation_state.OperationState) -> bool:
        return state.started_at == times.text(self.record.started_at)

    def _ended(self, phase: Outcome, message: str, course: Course) -> Ended:
        return Ended(phase, message, course, self.work.outside.clock.now())

    def _retry_after(self, ended: Ended, number: int) -> float | None:
        """Return how long to wait before another attempt, None if this was the last."""
        sync = self.operation.sync
        over = ended.phase == "Succeeded" or ended.message == TERMINATED or (sync is not None and sync.dry_run)
        return None if over or self._application() is None else retry.delay(self.operation.retry, number)

    async def _wait_for_retry(self, ended: Ended, number: int, pause: float) -> None:
        """End the attempt, say when the next one comes, and wait for that moment or for a termination."""
        known = await self._known()
        if not ended.written and known is not None and known.number == number:
            await self._commit(EndAttempt(self.record.id, number, ended.phase, ended.message, ended.at))
        due = ended.at + timedelta(seconds=pause)
        message = f"{ended.message}. Retrying attempt #{number + 1} at {due.strftime('%-I:%M%p')}."
        await self._show(ended.course, message, finished_at=ended.at)
        while (left := (due - self.work.outside.clock.now()).total_seconds()) > 0 and not self._terminated():
            self.changed.clear()
            await attempts.either(self.changed, min(left, 1.0))

    async def _show_later(self, attempt: Attempt) -> None:
        await asyncio.sleep(_SHOW_RUNNING_AFTER)
        await self._show(attempt.course, "")

    async def _show(self, course: Course, message: str, *, finished_at: datetime | None = None) -> None:
        application = self._application()
        if application is None or self._terminated():
            return
        state = operation_state.state(application, course, "Running", message, finished_at=finished_at)
        await self.work.reporter.write(self.key, {"operationState": state})

    async def _finish(self, ended: Ended, number: int) -> None:
        retried = number and ended.phase != "Succeeded" and ended.message != TERMINATED
        message = ended.message + (f" (retried {number} times)." if retried else "")
        application = self._application()
        if not ended.written:
            await self._commit(*await self._end(application, ended, number))
        if application is not None and not self._is_shown(application):
            await self._show_end(application, ended, message)
        await self._commit(CloseOperation(self.record.id, ended.phase, message, ended.at))

    async def _end(self, application: Application | None, ended: Ended, number: int) -> list[Change]:
        changes: list[Change] = []
        known = await self._known()
        record = known if known is not None and known.number == number and known.ending is None else None
        if record is not None:
            changes.append(EndAttempt(self.record.id, number, ended.phase, ended.message, ended.at))
        deployed = ended.phase == "Succeeded" and operation_state.belongs_into_history(self.operation)
        if application is not None and deployed and record is not None:
            changes.append(await self._history(application, ended, record))
        return changes

    async def _history(self, application: Application, ended: Ended, record: AttemptRecord) -> AppendHistory:
        ref, uid = self.record.application, self.record.application_uid
        stored = await self.work.outside.store.history.last_id(ref, application_uid=uid)
        shown = max((each.id for each in application.status.history), default=-1)
        number = max(stored, shown) + 1
        entry = operation_state.history_entry(application, ended.course, entry_id=number, finished_at=ended.at)
        return AppendHistory(ref, uid, number, entry, ended.at, self.record.id, record.manifest_set)

    def _is_shown(self, application: Application) -> bool:
        state = application.status.operation_state
        return state is not None and self._is_ours(state) and state.phase in ("Succeeded", "Failed", "Error")

    async def _show_end(self, application: Application, ended: Ended, message: str) -> None:
        state = operation_state.state(application, ended.course, ended.phase, message, finished_at=ended.at)
        fields = {**await self._compared_now(application), "operationState": state}
        ref, uid = self.record.application, self.record.application_uid
        newest = await self.work.outside.store.history.latest(ref, application_uid=uid, limit=1)
        if newest and newest[0].operation_id == self.record.id:
            shown = (self.work.watched.raw(self.key) or {}).get("status", {}).get("history") or []
            fields["history"] = operation_state.trimmed(application, shown, newest[0].entry)
        await self.work.reporter.write(self.key, fields, ends=self.record.request)

    async def _compared_now(self, application: Application) -> status.Fields:
        """Return what the sync has made of the application, to be written with its end and not once more after it.

        Nothing if that cannot be told; the look that follows each operation says why.
        """
        try:
            admitted = await admission.admit(application, self.work.watched, self.work.outside)
            self.work.memory(self.key).receipts = None
            compared = await compare.compare(admitted, Level.RECENT, self.work.outside, self.work.memory(self.key))
        except EngineError:
            return {}
        return status.of_comparison(application, compared.comparison, now=self.work.outside.clock.now())

    async def _commit(self, *changes: Change) -> None:
        if changes:
            await self.work.outside.store.commit(*changes, epoch=self.work.outside.epoch)
