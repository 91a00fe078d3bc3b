"""Which kinds of a cluster are watched, and where: from the settings and the cluster's entry. Pure.

Rules 3.32, 3.33 and 3.35 of Argo CD.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from argosy.engine.globs import matches
from argosy.engine.model.resource import GroupKind
from argosy.engine.settings import Cluster, ResourceFilter, Settings, Watching
from argosy.engine.tracking import Tracking
from argosy.gateways.kubernetes.port import ApiResource
from argosy.gateways.kubernetes.reflector import EVERYTHING, Selection

_NEVER_GROUPS = frozenset({"events.k8s.io", "metrics.k8s.io"})
_NEVER_KINDS = frozenset({GroupKind("", "Event"), GroupKind("coordination.k8s.io", "Lease")})
_NEEDED = frozenset({"list", "watch"})


@dataclass(frozen=True, slots=True)
class Scope:
    """What of one cluster is watched, and how ownership is read there."""

    server: str
    watching: Watching = field(default_factory=Watching)
    namespaces: tuple[str, ...] = ()
    cluster_resources: bool = False
    marks: Tracking = field(default_factory=Tracking)

    def refusal(self, resource: ApiResource) -> str | None:
        """Return why a kind is not watched, None if it is."""
        kind = resource.group_kind
        excluded = self.exclusion(kind)
        if excluded is not None:
            return excluded
        if not resource.verbs >= _NEEDED:
            return f"{kind} cannot be listed and watched"
        if self.namespaces and not resource.namespaced and not self.cluster_resources:
            return f"{kind} is cluster-scoped, and cluster {self.server} is limited to namespaces"
        return None

    def exclusion(self, kind: GroupKind) -> str | None:
        """Return why the settings, or Argo CD's own rules, leave a kind out, None if they do not."""
        if kind in _NEVER_KINDS or kind.group in _NEVER_GROUPS:
            return f"{kind} is never watched"
        if self._matches(self.watching.exclusions, kind):
            return f"{kind} is excluded by resource.exclusions in argocd-cm"
        inclusions = [each for each in self.watching.inclusions if self._is_here(each)]
        if inclusions and not self._matches(inclusions, kind):
            return f"{kind} is not in resource.inclusions in argocd-cm"
        return None

    def selections(self, resource: ApiResource) -> tuple[Selection, ...]:
        """Return what is listed and watched of a kind: everything, or each of the cluster's namespaces."""
        if not self.namespaces or not resource.namespaced:
            return (EVERYTHING,)
        return tuple(Selection(namespace=namespace) for namespace in self.namespaces)

    def _matches(self, filters: Iterable[ResourceFilter], kind: GroupKind) -> bool:
        return any(
            self._is_here(each) and _any(each.groups, kind.group) and _any(each.kinds, kind.kind) for each in filters
        )

    def _is_here(self, each: ResourceFilter) -> bool:
        return _any(each.clusters, self.server)


def scope_of(cluster: Cluster, settings: Settings) -> Scope:
    """Return the scope of a cluster under the settings."""
    return Scope(
        cluster.server, settings.watching, cluster.namespaces, cluster.cluster_resources, marks=settings.tracking
    )


def _any(globs: tuple[str, ...], text: str) -> bool:
    return not globs or any(matches(glob, text) for glob in globs)
