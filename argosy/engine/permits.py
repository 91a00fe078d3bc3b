"""Does a project permit a source, a destination, an object? Rules 6.4 to 6.6.

Sources and destinations are asked about when an application is validated, objects each time before they are applied,
pruned or shown.

"Nothing cluster-scoped is allowed unless it is listed; of namespaced kinds everything is, unless there is a list."
"""

from collections.abc import Iterable

from argosy.engine import globs
from argosy.engine.model.project import ClusterResourceRule, GroupKindRule, Project, ProjectSpec
from argosy.engine.model.resource import ResourceKey
from argosy.engine.settings import Settings, entry_for, urls

_OCI = "oci://"


def refusal(project: Project, key: ResourceKey, *, namespaced: bool, server: str, name: str) -> str | None:
    """Return why the project does not permit the object on the cluster with this address and name, None if it does."""
    named = project.metadata.name
    kind_is_allowed = _namespaced_kind(project.spec, key) if namespaced else _cluster_kind(project.spec, key)
    if not kind_is_allowed:
        return f"resource {key.group}:{key.kind} is not permitted in project {named}"
    if namespaced and not _destination(project.spec, key.namespace, (server, name)):
        return f"namespace {key.namespace} is not permitted in project '{named}'"
    return None


def permits_source(project: Project, url: str) -> bool:
    """Return whether the project permits a repository URL: one entry allows it, and none denies it with `!`."""
    entries = project.spec.source_repos
    denied = any(_same_source(entry.removeprefix("!"), url) for entry in entries if entry.startswith("!"))
    return not denied and any(entry == "*" or _same_source(entry, url) for entry in entries)


def permits_repository(project: Project, url: str, *, snapshot: Settings) -> bool:
    """Return whether the project permits a repository: by its URL, or as one that was registered for it (6.14)."""
    if permits_source(project, url):
        return True
    entry = entry_for(snapshot, url, project=project.metadata.name)
    return entry is not None and bool(entry.repository.project)


def permits_destination(project: Project, namespace: str, *, server: str, name: str) -> bool:
    """Return whether the project permits the namespace on the cluster with this address and name."""
    return _destination(project.spec, namespace, (server, name))


def _same_source(pattern: str, url: str) -> bool:
    return any(globs.matches(urls.normalised(pattern), each, separator="/") for each in _spellings(url))


def _spellings(url: str) -> tuple[str, ...]:
    """Return the forms in which a source is compared; a registry may be written with or without its scheme."""
    text = urls.normalised(url)
    if text.startswith(_OCI):
        return text, text.removeprefix(_OCI).lower()
    return (text,) if "://" in text else (text, f"{_OCI}{text}")


def _cluster_kind(spec: ProjectSpec, key: ResourceKey) -> bool:
    return _any_cluster(spec.cluster_resource_whitelist, key) and not _any_cluster(spec.cluster_resource_blacklist, key)


def _namespaced_kind(spec: ProjectSpec, key: ResourceKey) -> bool:
    listed = spec.namespace_resource_whitelist is None or _any(spec.namespace_resource_whitelist, key)
    return listed and not _any(spec.namespace_resource_blacklist, key)


def _any_cluster(rules: Iterable[ClusterResourceRule], key: ResourceKey) -> bool:
    return any(
        globs.matches(rule.group, key.group)
        and globs.matches(rule.kind, key.kind)
        and (not rule.name or globs.matches(rule.name, key.name))
        for rule in rules
    )


def _any(rules: Iterable[GroupKindRule], key: ResourceKey) -> bool:
    return any(globs.matches(rule.group, key.group) and globs.matches(rule.kind, key.kind) for rule in rules)


def _destination(spec: ProjectSpec, namespace: str, cluster: tuple[str, str]) -> bool:
    """Return whether a destination allows the namespace on the cluster, and none denies it with `!`."""
    allowed = False
    for each in spec.destinations:
        cluster_denied, same_cluster = _entry((each.server, each.name), cluster)
        space_denied, same_space = _entry((each.namespace,), (namespace,))
        if (cluster_denied and same_cluster and same_space) or (space_denied and same_space and same_cluster):
            return False
        allowed = allowed or (same_cluster and same_space and not cluster_denied and not space_denied)
    return allowed


def _entry(patterns: Iterable[str], texts: Iterable[str]) -> tuple[bool, bool]:
    """Return whether the entry denies, and whether one of its patterns matches its text."""
    pairs = [(pattern, text) for pattern, text in zip(patterns, texts, strict=True) if pattern]
    denies = any(pattern.startswith("!") for pattern, _ in pairs)
    return denies, any(globs.matches(pattern.removeprefix("!"), text) for pattern, text in pairs)
