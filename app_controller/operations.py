"""The operations under way: at most one per application, each a task; those of an earlier process are taken up.

Called by `reconcile` (an automated sync) and `loop` (a request in the `operation` slot, a change to pass on).
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import structlog

from app_controller.operate import Run
from app_controller.queue import ApplicationKey, Level
from app_controller.work import Work
from argosy.engine import times
from argosy.engine.model.application import Application, instance_name
from argosy.engine.model.operation import Operation
from argosy.gateways.kubernetes.errors import ClusterError, LeaseLost
from argosy.gateways.store.changes import ApplicationRef, OpenOperation
from argosy.gateways.store.errors import AlreadyEnded, AlreadyRunning, StaleEpoch, StoreError, Unavailable, Unusable
from argosy.gateways.store.records import OperationRecord

_TAKE_UP_AGAIN_AFTER = 5.0

_log = structlog.get_logger(__name__)


class Operations:
    """Starts operations and keeps them going."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._runs: dict[ApplicationKey, Run] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def is_running(self, key: ApplicationKey) -> bool:
        """Return whether the application has an operation under way."""
        return key in self._runs

    def notify(self, key: ApplicationKey) -> None:
        """Tell the application's operation that something changed."""
        run = self._runs.get(key)
        if run is not None:
            run.changed.set()

    async def take_up(self) -> None:
        """Go on with what an earlier controller left open."""
        for record in await self._work.outside.store.operations.all_running():
            if record.application.control_namespace == self._work.outside.namespace:
                self._launch(self._key(record.application), record)

    async def start(self, key: ApplicationKey, request: Mapping[str, Any]) -> None:
        """Open an operation and run it, unless one is under way; `request` is the JSON of the `operation` slot."""
        application = self._work.watched.application(key)
        if application is None or key in self._runs:
            return
        operation = msgspec.convert(request, Operation, strict=False)
        outside = self._work.outside
        opened = OpenOperation(
            id=uuid4().hex,
            application=ApplicationRef(
                outside.namespace, instance_name(application, control_namespace=outside.namespace)
            ),
            application_uid=application.metadata.uid,
            requested_by=operation.initiated_by.username or ("automated" if operation.initiated_by.automated else ""),
            automated=operation.initiated_by.automated,
            request=request,
            started_at=_distinct(outside.clock.now(), application),
        )
        try:
            await outside.store.commit(opened, epoch=outside.epoch)
        except AlreadyRunning as error:
            self._launch(key, await outside.store.operations.get(error.operation_id))
            return
        self._launch(key, await outside.store.operations.get(opened.id))

    def _key(self, ref: ApplicationRef) -> ApplicationKey:
        namespace, underscore, name = ref.instance.partition("_")
        return ApplicationKey(namespace, name) if underscore else ApplicationKey(ref.control_namespace, ref.instance)

    def _launch(self, key: ApplicationKey, record: OperationRecord) -> None:
        if key in self._runs:
            return
        run = Run(key, record, self._work)
        self._runs[key] = run
        task = asyncio.create_task(self._run(run), name=f"operation {record.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, run: Run) -> None:
        """Carry an operation out; what interrupts it (a database or API server that is away) is waited out."""
        try:
            over = await self._carried_out(run)
            while not over:
                await asyncio.sleep(_TAKE_UP_AGAIN_AFTER)
                over = await self._carried_out(run)
        except (StaleEpoch, LeaseLost) as error:
            _log.warning("operation left to the next controller", application=str(run.key), reason=str(error))
        finally:
            self._runs.pop(run.key, None)
            self._work.queue.add(run.key, Level.LATEST)

    async def _carried_out(self, run: Run) -> bool:
        """Return whether the operation is over; a bug ends it in Error with the bug's text (4.6)."""
        try:
            await run.carry_out()
        except (StaleEpoch, LeaseLost):
            raise
        except (Unavailable, Unusable, ClusterError) as error:
            _log.warning("operation interrupted", application=str(run.key), reason=str(error))
            return False
        except StoreError as error:
            return await self._given_up(run, f"what was recorded of the operation cannot be used: {error}; sync again")
        except Exception as error:  # noqa: BLE001  a bug must end one operation and not the controller
            _log.exception("operation failed by a bug", application=str(run.key))
            message = f"internal error: {type(error).__name__}; please report it with the controller's log"
            return await self._given_up(run, message)
        return True

    async def _given_up(self, run: Run, message: str) -> bool:
        """End an operation that cannot go on; return whether that is done."""
        try:
            await run.give_up(message)
        except (StaleEpoch, LeaseLost):
            raise
        except AlreadyEnded:
            return True
        except Exception:  # noqa: BLE001  the operation stays open, and is tried again
            _log.exception("operation could not be ended", application=str(run.key))
            return False
        return True


def _distinct(now: datetime, application: Application) -> datetime:
    """Return the time in whole seconds, and never that of the operation before, by which an operation is known."""
    started_at = now.replace(microsecond=0)
    state = application.status.operation_state
    before = times.read(state.started_at) if state is not None else None
    return started_at if before is None or started_at > before else before + timedelta(seconds=1)
