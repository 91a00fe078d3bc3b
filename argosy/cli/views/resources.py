"""The resources of an application with what the last operation did to them. Called by the views and by the waiting."""

from collections.abc import Sequence
from dataclasses import dataclass

from argosy.engine.model.application import Application, ResourceStatus
from argosy.engine.model.operation import ResourceResult
from argosy.engine.model.resource import ResourceKey

HEADER = ("GROUP", "KIND", "NAMESPACE", "NAME", "STATUS", "HEALTH", "HOOK", "MESSAGE")


@dataclass(frozen=True)
class ResourceState:
    """One resource as `app get` lists it; the fields are the columns."""

    key: ResourceKey
    status: str
    health: str
    hook: str = ""
    message: str = ""

    def cells(self) -> tuple[str, ...]:
        """The row under `HEADER`."""
        return (*self.key, self.status, self.health, self.hook, self.message)


@dataclass(frozen=True)
class ResourcePattern:
    """Which resources are meant: every field may be `*`; an empty namespace is any."""

    group: str
    kind: str
    namespace: str
    name: str
    exclude: bool = False

    def matches(self, key: ResourceKey) -> bool:
        """Say whether the pattern is about this resource."""
        pairs = ((self.group, key.group), (self.kind, key.kind), (self.name, key.name))
        fits = all(wanted in ("*", found) for wanted, found in pairs)
        return fits and self.namespace in ("", "*", key.namespace)


def parse_pattern(text: str) -> ResourcePattern:
    """Read `GROUP:KIND:NAME` or `GROUP:KIND:NAMESPACE/NAME`, with `!` in front to leave out; raises `ValueError`."""
    fields = text.removeprefix("!").split(":")
    if len(fields) != 3 or fields[2].count("/") > 1:
        raise ValueError(f"resource {text!r} is not of the form GROUP:KIND:NAME or GROUP:KIND:NAMESPACE/NAME")
    namespace, _, name = fields[2].rpartition("/")
    return ResourcePattern(fields[0], fields[1], namespace, name, exclude=text.startswith("!"))


def included(key: ResourceKey, patterns: Sequence[ResourcePattern]) -> bool:
    """Say whether patterns choose a resource: one of them includes it, or all exclude and none excludes it."""
    if any(pattern.matches(key) for pattern in patterns if pattern.exclude):
        return False
    including = [pattern for pattern in patterns if not pattern.exclude]
    return not including or any(pattern.matches(key) for pattern in including)


def states(application: Application, patterns: Sequence[ResourcePattern] = ()) -> list[ResourceState]:
    """List the resources: those of the last operation in its order, then the others in theirs."""
    seen = {_key(resource): resource for resource in application.status.resources}
    operation = application.status.operation_state
    results = operation.sync_result.resources if operation and operation.sync_result else ()
    listed = [_of_result(result, seen) for result in results]
    done = {state.key for state in listed}
    listed += [_of_status(key, resource) for key, resource in sorted(seen.items()) if key not in done]
    return [state for state in listed if included(state.key, patterns)]


def _key(resource: ResourceStatus | ResourceResult) -> ResourceKey:
    return ResourceKey(resource.group, resource.kind, resource.namespace, resource.name)


def _of_result(result: ResourceResult, seen: dict[ResourceKey, ResourceStatus]) -> ResourceState:
    key = _key(result)
    current = None if result.hook_type else seen.get(key)
    if current:
        return ResourceState(key, current.status, _health(current), result.hook_type, result.message)
    # A hook has no state but its own, and what was pruned has none any more.
    status = result.hook_phase if result.hook_type else result.status
    return ResourceState(key, status, "", result.hook_type, result.message)


def _of_status(key: ResourceKey, resource: ResourceStatus) -> ResourceState:
    return ResourceState(key, resource.status, _health(resource))


def _health(resource: ResourceStatus) -> str:
    return resource.health.status if resource.health else ""
