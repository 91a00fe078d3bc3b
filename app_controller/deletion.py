"""Delete what a deleted application owns, highest wave first, and then let the Application go. Called by `reconcile`.

Nothing is rendered for it: what is deleted is what the inventory has, and what carries the application's own mark. If
the live data is not fresh nothing is deleted and the reason is shown. Rules 1.57 to 1.63 of Argo CD.
"""

import asyncio
from collections.abc import Iterable, Mapping

from app_controller import admission
from app_controller.admission import Invalid, Place, Unconnectable
from app_controller.observe.cache import ClusterCache, Live
from app_controller.queue import ApplicationKey, Level
from app_controller.work import Work
from argosy.engine import deleting, permits, status
from argosy.engine.errors import Retry
from argosy.engine.model.application import Application, Condition, instance_name
from argosy.engine.model.resource import ResourceKey
from argosy.engine.plan import Propagation
from argosy.gateways.kubernetes.errors import ClusterError, Conflict, LeaseLost, NotFound
from argosy.gateways.kubernetes.port import Precondition
from argosy.gateways.store.changes import ApplicationRef, ForgetApplication

_LOOK_AGAIN = 2.0


async def carry_on(key: ApplicationKey, application: Application, work: Work) -> None:
    """Do the next part of a deletion; what is not over is looked at again."""
    cascade = deleting.is_cascade(application)
    hooks = deleting.hooks_in_the_way(application, deleting.BEFORE if cascade else deleting.AFTER)
    if hooks:
        await _show(key, application, hooks, work)
    elif cascade:
        await _cascade(key, application, work)


async def _cascade(key: ApplicationKey, application: Application, work: Work) -> None:
    """Delete the next of what the application owns, or let it go if nothing is left."""
    try:
        place = await admission.locate(application, work.watched, work.outside)
        owned = await _owned(place, work)
    except Unconnectable as error:
        await _wait(key, application, f"nothing is deleted: {error.reason}", work)
        return
    except Invalid:
        await _release(key, application, work)
        return
    except Retry as error:
        await _wait(key, application, f"nothing is deleted: {error.reason}", work)
        return
    permitted = {name: live for name, live in owned.items() if _is_permitted(live, application, place, work)}
    match deleting.next_of(application, {name: live.manifest() for name, live in permitted.items()}):
        case deleting.Release():
            await _release(key, application, work)
        case deleting.Delete(keys, propagation):
            going = [permitted[each] for each in keys]
            await _wait(key, application, await _delete(going, propagation, place.cache), work)
        case deleting.Wait():
            await _wait(key, application, "", work)
        case deleting.Blocked(keys):
            names = ", ".join(str(name) for name in keys)
            await _wait(key, application, f"{names} must be confirmed (Delete=confirm); delete by hand for now", work)


async def _owned(place: Place, work: Work) -> Mapping[ResourceKey, Live]:
    """Return the live objects that are the application's. Raises `Retry` while that is not certain.

    What carries its mark, and what has lost the mark but still is the very object that was applied. An entry alone is
    not enough: the API server may have refused the apply, or another application may have taken the object over.
    """
    entries = await work.outside.store.inventory.owned_by(place.ref)
    applied = {entry.key: entry.uid for entry in entries if entry.cluster == place.destination.server}
    marked = [live for live in place.own() if not live.owners]
    stale = place.stale_kinds((*applied, *(live.key for live in marked)))
    if stale or not place.cache.complete:
        kinds = "; ".join(f"{kind}: {why}" for kind, why in stale.items()) or "it is being read"
        raise Retry(f"the live state of the destination is not fresh ({kinds})", after=_LOOK_AGAIN)
    recorded = (place.cache.get(key) for key in applied)
    unmarked = (live for live in recorded if live is not None and live.tracked is None)
    return {live.key: live for live in (*marked, *(live for live in unmarked if live.uid == applied[live.key]))}


def _is_permitted(live: Live, application: Application, place: Place, work: Work) -> bool:
    """Return whether the project permits the object; what it does not permit stays (1.61)."""
    project = work.watched.project(application.spec.project or "default")
    if project is None:
        return True
    namespaced, destination = bool(live.key.namespace), place.destination
    refusal = permits.refusal(
        project, live.key, namespaced=namespaced, server=destination.server, name=destination.name
    )
    return refusal is None


async def _delete(going: Iterable[Live], propagation: Propagation, cache: ClusterCache) -> str:
    """Ask for the deletion of each object as it is now; return what was refused, in words."""
    results = await asyncio.gather(*(_delete_one(live, propagation, cache) for live in going))
    return "; ".join(result for result in results if result)


async def _delete_one(live: Live, propagation: Propagation, cache: ClusterCache) -> str:
    key = live.key
    resource = cache.resource_for(key.group_kind)
    if resource is None:
        return ""
    seen = Precondition(live.uid, live.resource_version)
    try:
        await cache.cluster.delete(
            resource, key.name, namespace=key.namespace, propagation=propagation, precondition=seen
        )
    except (NotFound, Conflict):
        # What changed since it was seen is looked at again.
        return ""
    except LeaseLost:
        raise
    except ClusterError as error:
        return f"{key} could not be deleted: {error}"
    return ""


async def _wait(key: ApplicationKey, application: Application, trouble: str, work: Work) -> None:
    """Show what is in the way, if anything is, and look again soon."""
    await _show(key, application, trouble, work)
    work.queue.add(key, Level.RECENT, after=_LOOK_AGAIN)


async def _show(key: ApplicationKey, application: Application, trouble: str, work: Work) -> None:
    conditions = (Condition("DeletionError", trouble),) if trouble else ()
    fields = status.with_conditions(application, conditions, ("DeletionError",), now=work.outside.clock.now())
    await work.reporter.write(key, fields)


async def _release(key: ApplicationKey, application: Application, work: Work) -> None:
    """Forget what it owned, and let the API server remove the Application."""
    outside = work.outside
    ref = ApplicationRef(outside.namespace, instance_name(application, control_namespace=outside.namespace))
    await outside.store.commit(ForgetApplication(ref), epoch=outside.epoch)
    await work.reporter.remove_finalizers(key, deleting.FINALIZERS)
    work.forget(key)
