"""What the controller's stages act on, as one value; made by `wiring`."""

from dataclasses import dataclass

from app_controller.answers import Answers
from app_controller.observe.clusters import Clusters
from app_controller.revisions import Revisions
from argosy.gateways.clock import Clock
from argosy.gateways.kubernetes.port import ApiResource, Cluster
from argosy.gateways.manifests.port import Manifests
from argosy.gateways.store.port import Store

_VERBS = frozenset({"get", "list", "watch", "create", "update", "patch", "delete"})

APPLICATIONS = ApiResource("argoproj.io", "v1alpha1", "Application", "applications", namespaced=True, verbs=_VERBS)
PROJECTS = ApiResource("argoproj.io", "v1alpha1", "AppProject", "appprojects", namespaced=True, verbs=_VERBS)
CONFIG_MAPS = ApiResource("", "v1", "ConfigMap", "configmaps", namespaced=True, verbs=_VERBS)
SECRETS = ApiResource("", "v1", "Secret", "secrets", namespaced=True, verbs=_VERBS)
EVENTS = ApiResource("", "v1", "Event", "events", namespaced=True, verbs=_VERBS)


@dataclass(frozen=True)
class Outside:
    """The control cluster (every write checked against the lease), the destinations, the memory, the renderer, time.

    `epoch` is the lease's, and fences what is written into the memory; `namespace` is the control namespace.
    """

    control: Cluster
    destinations: Clusters
    store: Store
    manifests: Manifests
    revisions: Revisions
    answers: Answers
    clock: Clock
    namespace: str
    epoch: int
