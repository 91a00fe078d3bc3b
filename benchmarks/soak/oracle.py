"""What the API server says of an object now: nothing of the controller's own comparison is used.

It is OutOfSync if a dry run of the apply that a sync would do gives another object than the one that is there,
or is refused: what could not be applied is not what runs.
"""

from argosy.engine.judged import Judged
from argosy.engine.model.application import SyncCode
from argosy.engine.model.resource import Manifest, metadata_of
from argosy.gateways.kubernetes.errors import Invalid, NotFound
from argosy.gateways.kubernetes.port import ApiResource, Cluster

_BOOKKEEPING = ("managedFields", "resourceVersion", "generation")


async def code(cluster: Cluster, resource: ApiResource, judged: Judged) -> SyncCode:
    """Return the sync status of an object that should run."""
    assert judged.desired is not None
    wanted = judged.desired.manifest()
    while True:
        try:
            live = await cluster.get(resource, judged.key.name, namespace=judged.key.namespace)
        except NotFound:
            return "OutOfSync"
        try:
            predicted = await cluster.apply(resource, wanted, dry_run=True)
        except Invalid:
            return "OutOfSync"
        if metadata_of(predicted).get("resourceVersion") == metadata_of(live).get("resourceVersion"):
            return "Synced" if _content(predicted) == _content(live) else "OutOfSync"


def _content(manifest: Manifest) -> Manifest:
    metadata = {key: value for key, value in metadata_of(manifest).items() if key not in _BOOKKEEPING}
    return {**{key: value for key, value in manifest.items() if key != "status"}, "metadata": metadata}
