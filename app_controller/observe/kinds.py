"""What a cluster serves, as the last discovery found it, ready to be asked. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from argosy.engine.model.resource import GroupKind
from argosy.gateways.kubernetes.port import ApiResource, Discovery


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds in all versions; `failed` are the groups of which a version could not be read this time."""

    server_version: str = ""
    resources: tuple[ApiResource, ...] = ()
    failed: frozenset[str] = frozenset()
    api_versions: tuple[str, ...] = ()
    """What Helm calls API versions, sorted: `apps/v1` and `apps/v1/Deployment`."""
    _preferred: Mapping[GroupKind, ApiResource] = field(default_factory=dict[GroupKind, ApiResource])

    def find(self, kind: GroupKind, version: str = "") -> ApiResource | None:
        """Return how a kind is served in a version, the preferred one if none is named; None if it is not."""
        preferred = self._preferred.get(kind)
        if not version or preferred is None or preferred.version == version:
            return preferred
        matching = (each for each in self.resources if each.group_kind == kind and each.version == version)
        return next(matching, None)

    def preferred(self) -> Iterator[ApiResource]:
        """Yield each kind once, in the version that is watched."""
        return iter(self._preferred.values())


NOTHING = Kinds()


def take(found: Discovery, before: Kinds) -> Kinds:
    """Return the kinds after a discovery; of a group version that could not be read the old ones stay."""
    failed = frozenset(found.failed)
    kept = tuple(each for each in before.resources if each.api_version in failed)
    resources = found.resources + tuple(replace(each, preferred=False) for each in kept)
    preferred: dict[GroupKind, ApiResource] = {}
    for resource in sorted(resources, key=lambda each: not each.preferred):
        preferred.setdefault(resource.group_kind, resource)
    groups = frozenset(each.partition("/")[0] if "/" in each else "" for each in failed)
    versions = {each.api_version for each in resources} | {f"{each.api_version}/{each.kind}" for each in resources}
    return Kinds(found.server_version, resources, groups, tuple(sorted(versions)), preferred)
