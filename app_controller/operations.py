"""The operations under way: at most one per application, each a task; those of an earlier process are taken up.

Called by `reconcile` (an automated sync) and `loop` (a request in the `operation` slot, a change to pass on).
"""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import msgspec
import structlog

from app_controller.operate import Run
from app_controller.queue import ApplicationKey, Level
from app_controller.work import Work
from argosy.engine.model.application import instance_name
from argosy.engine.model.operation import Operation
from argosy.gateways.kubernetes.errors import ClusterError, LeaseLost
from argosy.gateways.store.changes import ApplicationRef, OpenOperation
from argosy.gateways.store.errors import AlreadyRunning, StaleEpoch, StoreError
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
            started_at=outside.clock.now().replace(microsecond=0),
        )
        try:
            await outside.store.commit(opened, epoch=outside.epoch)
        except AlreadyRunning:
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
            over = False
            while not over:
                over = await self._carried_out(run)
                await asyncio.sleep(0 if over else _TAKE_UP_AGAIN_AFTER)
        finally:
            self._runs.pop(run.key, None)
            self._work.queue.add(run.key, Level.LATEST)

    async def _carried_out(self, run: Run) -> bool:
        """Return whether the operation is over; a bug ends it in Error with the bug's text (4.6)."""
        try:
            await run.carry_out()
        except (StaleEpoch, LeaseLost):
            raise
        except (StoreError, ClusterError) as error:
            _log.warning("operation interrupted", application=str(run.key), reason=str(error))
            return False
        except Exception as error:  # noqa: BLE001  a bug must end one operation and not the controller
            _log.exception("operation failed by a bug", application=str(run.key))
            await run.give_up(f"internal error: {error!r}; please report it with the controller's log")
        return True
