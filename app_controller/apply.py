"""One step -> one call to the destination (two for an object that must be migrated first). Called by `operate`.

Nothing is decided here: the plan says what to do, and the API server's word is the outcome.
"""

import asyncio
from dataclasses import dataclass

from app_controller.compare import Admitted
from app_controller.observe.cache import ClusterCache
from argosy.engine import diff, managed, tracking
from argosy.engine.model.resource import Manifest, ResourceKey, metadata_of, version_of
from argosy.engine.plan import Apply, CreateNamespace, Prune, Step, record
from argosy.engine.progress import Outcome
from argosy.gateways.kubernetes.errors import (
    AlreadyExists,
    ClusterError,
    Conflict,
    LeaseLost,
    NotFound,
    TooManyRequests,
)
from argosy.gateways.kubernetes.port import ApiResource, Precondition

_TRIES = 5
_KIND_APPEARS_WITHIN = 10.0
_LOOK_EVERY = 0.1
_MIGRATE_ALSO = "argocd.argoproj.io/client-side-apply-migration-manager"
_TOO_LONG = "metadata.annotations: Too long"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a step; `uid`, `manifest` and `receipt` are of the object that was applied."""

    outcome: Outcome
    uid: str = ""
    manifest: Manifest | None = None
    receipt: str = ""


_PRUNED = Taken(Outcome(succeeded=True, message="pruned"))


async def take(step: Step, admitted: Admitted, *, dry_run: bool) -> Taken:
    """Carry out a step. Every refusal of the API server is an outcome; only a lost lease or a bug raises.

    A dry run asks the API server what it would do and changes nothing.
    """
    cache = admitted.cache
    try:
        if dry_run:
            return await _rehearse(step, cache)
        match step:
            case Apply():
                also = admitted.application.metadata.annotations.get(_MIGRATE_ALSO, "")
                return await _apply(step, cache, also)
            case CreateNamespace():
                return await _create_namespace(step, cache)
            case Prune():
                return await _prune(step, admitted)
    except LeaseLost:
        raise
    except ClusterError as error:
        return Taken(Outcome(succeeded=False, message=_with_hint(str(error))))


async def _rehearse(step: Step, cache: ClusterCache) -> Taken:
    resource = cache.resource_for(step.key.group_kind)
    if isinstance(step, Apply) and step.exists and resource is not None:
        await cache.cluster.apply(resource, step.manifest, dry_run=True)
    return Taken(Outcome(succeeded=True, message=f"{record.action_of(step)} (dry run)"))


async def _apply(step: Apply, cache: ClusterCache, migrate_also: str) -> Taken:
    resource = await _resource(step.key, step.manifest, cache)
    if resource is None:
        return Taken(Outcome(succeeded=False, message=_unknown_kind(step.manifest)))
    await _migrate(step.key, resource, cache, migrate_also)
    for attempt in range(_TRIES):
        try:
            applied = await cache.cluster.apply(resource, step.manifest)
        except TooManyRequests as error:
            await asyncio.sleep(error.after)
            continue
        except NotFound:
            # A kind that was defined a moment ago may be discovered before it is served.
            if cache.stale(step.key.group_kind) is None or attempt == _TRIES - 1:
                raise
            await asyncio.sleep(1)
            continue
        cache.note_written(applied)
        uid, receipt = str(metadata_of(applied).get("uid") or ""), diff.receipt(step.manifest, applied)
        outcome = Outcome(succeeded=True, message=f"{_named(step.key)} serverside-applied")
        return Taken(outcome, uid, step.manifest, receipt)
    return Taken(Outcome(succeeded=False, message="the API server kept answering 429 Too Many Requests; sync again"))


async def _migrate(key: ResourceKey, resource: ApiResource, cache: ClusterCache, also: str) -> None:
    """Make what was applied client-side ours, reading again if the object moves meanwhile (4.46)."""
    live = cache.get(key)
    manifest = live.manifest() if live is not None else None
    for _ in range(_TRIES):
        patch = managed.migration(manifest, also=also) if manifest is not None else None
        if patch is None:
            return
        try:
            await cache.cluster.patch(resource, key.name, patch, namespace=key.namespace, patch_type="json")
        except Conflict:
            manifest = await cache.cluster.get(resource, key.name, namespace=key.namespace)
        except NotFound:
            return
        else:
            return


async def _create_namespace(step: CreateNamespace, cache: ClusterCache) -> Taken:
    resource = cache.resource_for(step.key.group_kind)
    if resource is None:
        return Taken(Outcome(succeeded=False, message="the destination does not serve namespaces"))
    manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": step.key.name}}
    try:
        cache.note_written(await cache.cluster.create(resource, manifest))
    except AlreadyExists:
        return Taken(Outcome(succeeded=True, message=f"{_named(step.key)} unchanged"))
    return Taken(Outcome(succeeded=True, message=f"{_named(step.key)} created"))


async def _prune(step: Prune, admitted: Admitted) -> Taken:
    """Delete the object as it is now, if it still is the one that was planned for and still says that it is ours."""
    cache = admitted.cache
    resource = cache.resource_for(step.key.group_kind)
    found = cache.get(step.key)
    live = found.manifest() if found is not None else None
    for _ in range(_TRIES):
        if resource is None or live is None or metadata_of(live).get("deletionTimestamp"):
            return _PRUNED
        refusal = _not_ours(step, live, admitted)
        if refusal:
            return Taken(Outcome(succeeded=False, message=refusal))
        try:
            await cache.cluster.delete(
                resource,
                step.key.name,
                namespace=step.key.namespace,
                propagation=step.propagation,
                precondition=Precondition(step.uid, str(metadata_of(live)["resourceVersion"])),
            )
        except NotFound:
            return _PRUNED
        except Conflict:
            live = await _read(step.key, resource, cache)
        else:
            return _PRUNED
    return Taken(Outcome(succeeded=False, message="the object kept changing while it was to be deleted; sync again"))


def _not_ours(step: Prune, live: Manifest, admitted: Admitted) -> str:
    """Return why the object must stay after all, empty if it may go."""
    if metadata_of(live).get("uid") != step.uid:
        return "the object was replaced meanwhile and is not deleted"
    owner = tracking.owner_of(live, admitted.settings.tracking)
    if owner is None or not owner.own or owner.instance != admitted.place.instance:
        whose = f"belongs to application {owner.instance}" if owner is not None and owner.own else "is nobody's"
        return f"the object {whose} by now and is not deleted"
    return ""


async def _read(key: ResourceKey, resource: ApiResource, cache: ClusterCache) -> Manifest | None:
    try:
        return await cache.cluster.get(resource, key.name, namespace=key.namespace)
    except NotFound:
        return None


async def _resource(key: ResourceKey, manifest: Manifest, cache: ClusterCache) -> ApiResource | None:
    """Return how the kind is served, waiting for one whose definition may have been applied a moment ago."""
    waited = 0.0
    while True:
        resource = cache.resource_for(key.group_kind, version=version_of(manifest))
        if resource is not None or waited >= _KIND_APPEARS_WITHIN:
            return resource
        await asyncio.sleep(_LOOK_EVERY)
        waited += _LOOK_EVERY


def _named(key: ResourceKey) -> str:
    """Return the object as kubectl names it: `deployment.apps/web`."""
    kind = f"{key.kind.lower()}.{key.group}" if key.group else key.kind.lower()
    return f"{kind}/{key.name}"


def _unknown_kind(manifest: Manifest) -> str:
    kind = manifest.get("kind")
    return (
        f"The Kubernetes API could not find {manifest.get('apiVersion')}/{kind}. Make sure the {kind!r} CRD is "
        "installed on the destination cluster, or add it to the same sync."
    )


def _with_hint(message: str) -> str:
    if _TOO_LONG in message:
        return f"{message}. An object this large needs server-side apply: remove the last-applied annotation."
    return message
