"""What the controller holds of an application, as the API server shows it: tree, managed objects, single objects.

Values from the live caches and the last comparison, masked. Called by `serve`; nothing is changed, and nothing asked
but for a single object of which the cache holds only a part.
"""

import orjson

from app_controller.compare import Compared
from app_controller.observe.cache import ClusterStatus
from app_controller.queue import ApplicationKey
from app_controller.trees import Trees
from app_controller.work import Work
from argosy.engine import diff, normalise, redact, times
from argosy.engine.judged import Judged
from argosy.engine.model.resource import Manifest, ResourceKey, version_of
from argosy.engine.model.tree import ApplicationTree
from argosy.engine.normalise import Rules
from argosy.engine.pairing import Pair
from argosy.gateways.kubernetes.errors import ClusterError
from argosy.wire.controller import (
    ClusterInfo,
    ClusterInfos,
    LiveManifest,
    ManagedResource,
    ManagedResources,
    Missing,
    TreeChanges,
)


async def tree(key: ApplicationKey, work: Work, trees: Trees) -> ApplicationTree | Missing:
    """Return the live objects of the application and all that they own."""
    versions = await trees.versions(key)
    return _not_compared(key, work) if versions is None else versions.tree


async def tree_changes(key: ApplicationKey, since: str, work: Work, trees: Trees) -> TreeChanges | Missing:
    """Return what changed in the application's tree since a version, the whole tree if that is not known."""
    versions = await trees.versions(key)
    return _not_compared(key, work) if versions is None else versions.since(since)


def managed(key: ApplicationKey, work: Work) -> ManagedResources | Missing:
    """Return both sides of every managed object, as they are compared."""
    compared = work.compared(key)
    if compared is None:
        return _not_compared(key, work)
    return ManagedResources(tuple(_managed(each, compared) for each in compared.comparison.judged))


async def resource(key: ApplicationKey, wanted: ResourceKey, work: Work, trees: Trees) -> LiveManifest | Missing:
    """Return a live object of the application's tree, masked; what is not in the tree does not exist for the caller."""
    versions = await trees.versions(key)
    compared = work.compared(key)
    if compared is None or versions is None:
        return _not_compared(key, work)
    live = compared.admitted.cache.get(wanted)
    if live is None or not versions.holds(wanted):
        return Missing(f"{wanted} is not found as part of application {key.name}")
    try:
        manifest = await compared.admitted.cache.read(wanted)
    except ClusterError as error:
        return Missing(f"{wanted} cannot be read: {error}")
    if manifest is None:
        return Missing(f"{wanted} is not found on the destination any more")
    (shown,) = redact.hide([manifest], annotations=compared.admitted.settings.watching.masked_annotations)
    return LiveManifest(_text(shown))


def clusters(work: Work) -> ClusterInfos:
    """Return what is known of the destination clusters."""
    uses: dict[str, int] = {}
    for each in work.watched.applications.names():
        compared = work.compared(each)
        if compared is not None:
            server = compared.admitted.place.destination.server
            uses[server] = uses.get(server, 0) + 1
    return ClusterInfos(
        tuple(_cluster(server, uses.get(server, 0), work) for server in work.outside.destinations.servers())
    )


def _not_compared(key: ApplicationKey, work: Work) -> Missing:
    if work.watched.raw(key) is None:
        return Missing(f"application {key.name} is not found in namespace {key.namespace}")
    return Missing(f"application {key.name} has not been compared yet; see its conditions")


def _managed(judged: Judged, compared: Compared) -> ManagedResource:
    pair = judged.pair()
    sides = _compared_sides(pair, judged.verdict, compared.basis.rules)
    target, live, seen, predicted = redact.hide(
        [pair.desired, pair.live, *sides], annotations=compared.admitted.settings.watching.masked_annotations
    )
    shown = pair.desired or pair.live or {}
    return ManagedResource(
        kind=pair.key.kind,
        name=pair.key.name,
        group=pair.key.group,
        version=version_of(shown),
        namespace=pair.key.namespace,
        target_state=_text(target),
        live_state=_text(live),
        normalized_live_state=_text(seen),
        predicted_live_state=_text(predicted),
        resource_version=str(((pair.live or {}).get("metadata") or {}).get("resourceVersion") or ""),
        modified=not isinstance(judged.verdict, diff.Same),
    )


def _compared_sides(pair: Pair, verdict: diff.Verdict, rules: Rules) -> tuple[Manifest | None, Manifest | None]:
    """Return what is compared: the live object, and what it would be after an apply; equal if nothing differs."""
    desired, live = pair.desired, pair.live
    if desired is None or live is None:
        return live, desired
    other = verdict.predicted if isinstance(verdict, diff.Changed) else desired
    try:
        wanted, seen = diff.comparable(other, live, rules)
    except (normalise.Unanswered, normalise.Unanswerable):
        # Nobody had to ask what to ignore, since nothing differs; or it is not known, and the verdict says so.
        wanted, seen = other, live
    return seen, wanted if isinstance(verdict, diff.Changed) else seen


def _text(manifest: Manifest | None) -> str:
    return orjson.dumps(manifest).decode()


def _connection(status: ClusterStatus) -> str:
    if status.error:
        return "Failed"
    return "Successful" if status.attempted_at else "Unknown"


def _cluster(server: str, applications: int, work: Work) -> ClusterInfo:
    status = work.outside.destinations.status(server)
    return ClusterInfo(
        server=server,
        name=status.name,
        server_version=status.server_version,
        connection_status=_connection(status),
        connection_message=status.error,
        attempted_at=times.text(status.attempted_at) if status.attempted_at else "",
        resources_count=status.resources,
        apis_count=status.kinds,
        last_cache_sync_time=times.text(status.synced_at) if status.synced_at else "",
        applications_count=applications,
        api_versions=status.api_versions,
    )
