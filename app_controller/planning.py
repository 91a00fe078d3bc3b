"""An operation's request and a comparison -> the plan, asking inventory and project. Called by `attempt`."""

from collections.abc import Iterable, Mapping

import msgspec

from app_controller.admission import Admitted
from app_controller.compare import Compared
from app_controller.outside import Outside
from argosy.engine import diff, operation_state, options, plan
from argosy.engine.model.application import Application
from argosy.engine.model.operation import Operation, SyncOperation
from argosy.engine.model.resource import GroupKind, ResourceKey
from argosy.engine.plan import Difference, PruneRequest, Request
from argosy.gateways.store.records import InventoryEntry

_NAMESPACE = GroupKind("", "Namespace")


def sync_options(application: Application, sync: SyncOperation) -> tuple[str, ...]:
    """Return the options of a sync: its own replace the application's entirely (4.75)."""
    policy = application.spec.sync_policy
    return sync.sync_options or (policy.sync_options if policy else ())


def at_revision(application: Application, operation: Operation) -> Application:
    """Return the application as the operation wants it: from other sources, at another revision named by hand."""
    application = operation_state.wanted(application, operation)
    sources = application.sources
    revisions = operation_state.revisions_of(operation)
    if operation.initiated_by.automated or not revisions or len(revisions) != len(sources):
        return application
    moved = tuple(
        msgspec.structs.replace(source, target_revision=revision)
        for source, revision in zip(sources, revisions, strict=True)
    )
    many = bool(application.spec.sources)
    spec = msgspec.structs.replace(application.spec, source=None if many else moved[0], sources=moved if many else ())
    return msgspec.structs.replace(application, spec=spec)


async def make(compared: Compared, operation: Operation, outside: Outside) -> plan.Plan:
    """Return the plan of the operation. What needs nothing is not in it."""
    admitted = compared.admitted
    sync = operation.sync or SyncOperation()
    chosen = sync_options(admitted.application, sync)
    owned = await outside.store.inventory.owned_by(admitted.place.ref)
    request = Request(
        _prune(compared, operation, chosen, owned),
        selection=sync.resources,
        only_out_of_sync=True,
        namespace=_namespace_to_create(admitted, chosen),
        hooks=compared.targets.hooks,
    )
    different = (each for each in compared.comparison.judged if not isinstance(each.verdict, diff.Same))
    differences = (Difference(each.pair(), each.verdict) for each in different)
    return plan.make(differences, request, refuses=compared.basis.refusal)


def _prune(
    compared: Compared, operation: Operation, chosen: tuple[str, ...], owned: Iterable[InventoryEntry]
) -> PruneRequest:
    admitted = compared.admitted
    policy = admitted.application.spec.sync_policy
    automated = policy.automated if policy else None
    live = [each.key for each in compared.comparison.judged if each.live is not None]
    return PruneRequest(
        asked=bool(operation.sync and operation.sync.prune),
        by_person=not operation.initiated_by.automated,
        allow_empty=bool(automated and automated.allow_empty),
        empty=not compared.targets.desired,
        origins=_origins(owned, admitted.place.destination.server),
        stale=admitted.place.stale_kinds(live),
        options=chosen,
    )


def _origins(owned: Iterable[InventoryEntry], server: str) -> Mapping[ResourceKey, plan.Origin]:
    return {entry.key: entry.origin for entry in owned if entry.cluster == server}


def _namespace_to_create(admitted: Admitted, chosen: tuple[str, ...]) -> str:
    wanted = options.value("CreateNamespace", None, chosen) == "true" and admitted.namespace
    if not wanted or admitted.cache.get(ResourceKey(*_NAMESPACE, "", admitted.namespace)) is not None:
        return ""
    return admitted.namespace
