"""Start a sync or a rollback of an application, and end one (4.73 to 4.77, 7.15).

Comes in: what the caller asks for. Goes out: the `operation` of the application, which the controller takes up.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from api_server.errors import FailedPrecondition, InvalidArgument, NotFound, meaning_of
from api_server.permission import find_application, on_application, require
from api_server.queries.applications import Named, view
from api_server.records import Record
from api_server.rendering import repository_of
from api_server.server import Caller, Server
from api_server.writing import Deed, Operations, audited, change_application
from argosy.engine.model.application import Application, RevisionHistory
from argosy.engine.model.base import Model
from argosy.engine.model.operation import (
    ApplyStrategy,
    Info,
    Operation,
    OperationInitiator,
    RetryStrategy,
    SyncOperation,
    SyncResource,
    SyncStrategy,
)
from argosy.engine.model.source import Source
from argosy.gateways.manifests.errors import ManifestsError, Refused
from argosy.wire.repo_server import ResolveRequest


class SyncOptions(Model, frozen=True):
    """Sync options that replace the application's own."""

    items: tuple[str, ...] = ()


class SyncRequest(Model, frozen=True):
    """The body of a sync request; `source_positions` are counted from 1 and go with `revisions`."""

    name: str = ""
    app_namespace: str = ""
    project: str = ""
    revision: str = ""
    revisions: tuple[str, ...] = ()
    source_positions: tuple[int, ...] = ()
    dry_run: bool = False
    prune: bool = False
    strategy: SyncStrategy | None = None
    resources: tuple[SyncResource, ...] | None = None
    manifests: tuple[str, ...] | None = None
    infos: tuple[Info, ...] | None = None
    retry_strategy: RetryStrategy | None = None
    sync_options: SyncOptions | None = None


class RollbackRequest(Model, frozen=True):
    """The body of a rollback request; `id` is that of an entry of `status.history`."""

    id: int
    name: str = ""
    app_namespace: str = ""
    project: str = ""
    dry_run: bool = False
    prune: bool = False


async def sync(server: Server, caller: Caller, named: Named, request: SyncRequest) -> Record:
    """Ask for a sync. Raises `FailedPrecondition` if one cannot start now, `InvalidArgument` for a bad revision."""
    record = find_application(server, caller, named.place(server), project=named.project, action="sync")
    if request.manifests:
        require(caller, on_application(server, record, "override"))
    application = view(record)
    _check_may_sync(application, request)
    revision, revisions = await _revisions(server, application, request)
    policy = application.spec.sync_policy
    asked = SyncOperation(
        revision=revision,
        revisions=revisions,
        prune=request.prune,
        dry_run=request.dry_run,
        sync_strategy=request.strategy,
        resources=request.resources or (),
        manifests=request.manifests or (),
        sync_options=request.sync_options.items if request.sync_options else (policy.sync_options if policy else ()),
    )
    operation = Operation(
        sync=asked,
        initiated_by=OperationInitiator(username=caller.name),
        info=request.infos or (),
        retry=request.retry_strategy or (policy.retry if policy and policy.retry else RetryStrategy()),
    )
    return await _start(server, caller, record, operation, verb="sync")


async def rollback(server: Server, caller: Caller, named: Named, request: RollbackRequest) -> Record:
    """Ask for a sync to what an entry of the history deployed. Raises `NotFound` for an unknown id."""
    record = find_application(server, caller, named.place(server), project=named.project, action="sync")
    application = view(record)
    if _is_automated(application):
        raise FailedPrecondition("rollback cannot be initiated when auto-sync is enabled")
    entry = _entry(application, request.id)
    policy = application.spec.sync_policy
    operation = Operation(
        sync=SyncOperation(
            revision=entry.revision,
            revisions=entry.revisions,
            prune=request.prune,
            dry_run=request.dry_run,
            sync_strategy=SyncStrategy(apply=ApplyStrategy()),
            source=entry.source,
            sources=entry.sources,
            sync_options=policy.sync_options if policy else (),
        ),
        initiated_by=OperationInitiator(username=caller.name),
    )
    return await _start(server, caller, record, operation, verb="rollback")


async def terminate(server: Server, caller: Caller, named: Named) -> None:
    """Ask the controller to end the running operation. Raises `InvalidArgument` if none is running."""
    record = find_application(server, caller, named.place(server), project=named.project, action="sync")

    def decide(current: Mapping[str, Any]) -> Operations:
        phase = ((current.get("status") or {}).get("operationState") or {}).get("phase")
        if phase == "Terminating":
            return ()
        if phase != "Running":
            raise InvalidArgument("Unable to terminate operation. No operation is in progress")
        return ({"op": "replace", "path": "/status/operationState/phase", "value": "Terminating"},)

    async with audited(server, caller, Deed("terminate", f"applications/{record.place}")):
        await change_application(server, record, decide)


async def _start(server: Server, caller: Caller, record: Record, operation: Operation, *, verb: str) -> Record:
    asked = msgspec.to_builtins(operation)

    def decide(current: Mapping[str, Any]) -> Operations:
        if current["metadata"].get("deletionTimestamp"):
            raise FailedPrecondition("application is deleting")
        if current.get("operation"):
            raise FailedPrecondition("another operation is already in progress")
        ended = [{"op": "remove", "path": "/status/operationState"}] if _has_state(current) else []
        return ({"op": "add", "path": "/operation", "value": asked}, *ended)

    shown = {key: value for key, value in asked["sync"].items() if key != "manifests"}
    async with audited(server, caller, Deed(verb, f"applications/{record.place}", shown)):
        return await change_application(server, record, decide)


def _has_state(current: Mapping[str, Any]) -> bool:
    """Return whether the last operation's state is there: readers must not take it for that of the new one."""
    return bool((current.get("status") or {}).get("operationState"))


def _check_may_sync(application: Application, request: SyncRequest) -> None:
    if application.deleting:
        raise FailedPrecondition("application is deleting")
    if request.dry_run or not _is_automated(application):
        return
    if request.manifests:
        raise FailedPrecondition("cannot use local sync when Automatic Sync Policy is enabled unless for dry run")
    target = application.sources[0].target_revision if application.sources else ""
    if request.revision and request.revision != (target or "HEAD"):
        raise FailedPrecondition(f"Cannot sync to {request.revision}: auto-sync currently set to {target or 'HEAD'}")


def _is_automated(application: Application) -> bool:
    automated = application.spec.sync_policy.automated if application.spec.sync_policy else None
    return automated is not None and automated.enabled is not False


async def _revisions(server: Server, application: Application, request: SyncRequest) -> tuple[str, tuple[str, ...]]:
    """Return the commits or versions to sync to: one for a single source, one for each of several (4.76)."""
    if request.manifests:
        return "", ()
    if not application.spec.sources:
        source = application.sources[0]
        return await _resolve(server, application, _at(source, request.revision)), ()
    if len(request.revisions) != len(request.source_positions):
        raise InvalidArgument("revisions and sourcePositions: give one position for each revision")
    given = dict(zip(request.source_positions, request.revisions, strict=True))
    if not all(1 <= position <= len(application.sources) for position in given):
        raise InvalidArgument(f"sourcePositions: they count from 1 to {len(application.sources)}")
    wanted = [_at(source, given.get(number, "")) for number, source in enumerate(application.sources, start=1)]
    return "", tuple([await _resolve(server, application, source) for source in wanted])


def _at(source: Source, revision: str) -> Source:
    return msgspec.structs.replace(source, target_revision=revision) if revision else source


async def _resolve(server: Server, application: Application, source: Source) -> str:
    repository = repository_of(server, application, source)
    try:
        return await server.outside.manifests.resolve(ResolveRequest(source, repository, fresh=True))
    except Refused as error:
        raise FailedPrecondition(
            f"revision {source.target_revision or 'HEAD'!r} cannot be resolved: {error}"
        ) from error
    except ManifestsError as error:
        raise meaning_of(error) from error


def _entry(application: Application, wanted: int) -> RevisionHistory:
    history: Sequence[RevisionHistory] = application.status.history
    for entry in history:
        if entry.id == wanted:
            return entry
    raise NotFound(f"application {application.metadata.name} does not have deployment with id {wanted}")
