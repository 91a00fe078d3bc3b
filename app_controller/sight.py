"""Which objects of a cluster an application's project lets be seen. Called by `trees` and `orphans`."""

from app_controller.admission import Admitted
from argosy.engine import permits
from argosy.engine.model.resource import GroupKind, ResourceKey


class Sight:
    """What may be seen, found out once for each kind in each namespace; it holds for as long as the project does."""

    def __init__(self, admitted: Admitted) -> None:
        self._admitted = admitted
        self._known: dict[tuple[GroupKind, str], bool] = {}

    def may_see(self, key: ResourceKey) -> bool:
        """Return whether the project permits the object; of what is cluster-scoped it may permit some by name."""
        if not key.namespace:
            return self._is_permitted(key)
        place = (key.group_kind, key.namespace)
        if place not in self._known:
            self._known[place] = self._is_permitted(key)
        return self._known[place]

    def _is_permitted(self, key: ResourceKey) -> bool:
        admitted, destination = self._admitted, self._admitted.place.destination
        resource = admitted.cache.resource_for(key.group_kind)
        namespaced = bool(key.namespace) if resource is None else resource.namespaced
        refusal = permits.refusal(
            admitted.project, key, namespaced=namespaced, server=destination.server, name=destination.name
        )
        return refusal is None
