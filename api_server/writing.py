"""Write to the control cluster: noted in the audit before and after, and read back by whoever wrote.

Called by the commands; nothing else of this process writes.
"""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog

from api_server.errors import Aborted, PermissionDenied
from api_server.records import Record, record_of
from api_server.server import Caller, Server
from api_server.watching import APPLICATIONS
from argosy.gateways.kubernetes.errors import Conflict
from argosy.gateways.store.changes import AppendAudit, AuditOutcome
from argosy.gateways.store.errors import StoreError

Operations = Sequence[Mapping[str, Any]]
"""A JSON patch (RFC 6902)."""

_MOST_TRIES = 5

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Deed:
    """What is about to be done to what, for the audit; no credential goes into `parameters`."""

    verb: str
    target: str
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])


@asynccontextmanager
async def audited(server: Server, caller: Caller, deed: Deed) -> AsyncGenerator[None]:
    """Note the intent, do what the caller does inside, and note its outcome.

    If the intent cannot be noted nothing is done. If the outcome cannot, what was done stays done, and the log says so.
    """
    await server.outside.store.note(_row(server, caller, deed, "intended"))
    outcome: AuditOutcome = "failed"
    try:
        yield
        outcome = "succeeded"
    except PermissionDenied:
        outcome = "denied"
        raise
    finally:
        await _note_outcome(server, _row(server, caller, deed, outcome))
        _log.info("write", verb=deed.verb, target=deed.target, user=caller.name, outcome=outcome)


def _row(server: Server, caller: Caller, deed: Deed, outcome: AuditOutcome) -> AppendAudit:
    return AppendAudit(
        at=server.outside.clock.now(),
        actor=caller.name,
        verb=deed.verb,
        target=deed.target,
        outcome=outcome,
        request_id=caller.request_id,
        parameters=deed.parameters,
    )


async def _note_outcome(server: Server, row: AppendAudit) -> None:
    try:
        await server.outside.store.note(row)
    except StoreError as error:
        _log.error("audit_outcome_lost", target=row.target, outcome=row.outcome, reason=type(error).__name__)


async def change_application(
    server: Server, record: Record, decide: Callable[[Mapping[str, Any]], Operations]
) -> Record:
    """Patch an application as it is now: `decide` sees it and returns the patch, an empty one for no change.

    Asked again when somebody else changed it meanwhile. Raises `Aborted` if that goes on.
    """
    cluster, place = server.outside.cluster, record.place
    for _ in range(_MOST_TRIES):
        current = await cluster.get(APPLICATIONS, place.name, namespace=place.namespace)
        operations = decide(current)
        if not operations:
            return take_application(server, current)
        try:
            changed = await cluster.patch(
                APPLICATIONS,
                place.name,
                [*_unchanged_since(current), *operations],
                namespace=place.namespace,
                patch_type="json",
            )
        except Conflict:
            continue
        return take_application(server, changed)
    raise Aborted(f"application {place.name!r} is being changed by somebody else; try again")


def _unchanged_since(current: Mapping[str, Any]) -> Operations:
    """Return the start of a patch that goes through only if the object is still this one."""
    metadata = current["metadata"]
    return (
        {"op": "test", "path": "/metadata/uid", "value": metadata["uid"]},
        # The API server answers 409 to a patch that says which version it was made for, if that is not the last one.
        {"op": "replace", "path": "/metadata/resourceVersion", "value": metadata["resourceVersion"]},
    )


def take_application(server: Server, manifest: Mapping[str, Any]) -> Record:
    """Put what the control cluster answered into the index, so that who wrote it reads it; return its record."""
    record = record_of(manifest, kind="Application")
    server.watches.applications.index.keep(record)
    return record
