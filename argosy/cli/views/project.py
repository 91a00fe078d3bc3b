"""What `proj list` and `proj get` show of a project; Argo CD's columns and rows; pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Project = Mapping[str, Any]

LIST_HEADER = (
    *("NAME", "DESCRIPTION", "DESTINATIONS", "SOURCES"),
    *("CLUSTER-RESOURCE-WHITELIST", "NAMESPACE-RESOURCE-BLACKLIST", "SIGNATURE-KEYS", "ORPHANED-RESOURCES"),
)
_NONE = "<none>"


def list_row(project: Project) -> tuple[str, ...]:
    """The row under `LIST_HEADER`."""
    spec: Project = project.get("spec") or {}
    return (
        project["metadata"]["name"],
        str(spec.get("description") or ""),
        _counted(_destinations(spec), "destinations"),
        _counted(spec.get("sourceRepos") or [], "repos"),
        _counted(_kinds(spec, "clusterResourceWhitelist"), "resources"),
        _counted(_kinds(spec, "namespaceResourceBlacklist"), "resources"),
        _counted(_keys(spec), "key(s)"),
        _orphaned(spec),
    )


def summary(project: Project) -> Iterator[tuple[str, str]]:
    """The facts of `proj get`; a fact with several values takes several lines."""
    spec: Project = project.get("spec") or {}
    yield "Name:", project["metadata"]["name"]
    yield "Description:", str(spec.get("description") or "")
    yield from _several("Destinations:", _destinations(spec))
    yield from _several("Repositories:", spec.get("sourceRepos") or [])
    yield from _several("Allowed Cluster Resources:", _kinds(spec, "clusterResourceWhitelist"))
    optional = {
        "Source Namespaces:": spec.get("sourceNamespaces") or [],
        "Denied Cluster Resources:": _kinds(spec, "clusterResourceBlacklist"),
        "Allowed Namespaced Resources:": _kinds(spec, "namespaceResourceWhitelist"),
    }
    for label, values in optional.items():
        if values:
            yield from _several(label, values)
    yield from _several("Denied Namespaced Resources:", _kinds(spec, "namespaceResourceBlacklist"))
    yield from _several("Signature keys:", _keys(spec))
    yield "Orphaned Resources:", _orphaned(spec)


def _several(label: str, values: Sequence[str]) -> Iterator[tuple[str, str]]:
    first, *rest = values or [_NONE]
    yield label, first
    yield from (("", value) for value in rest)


def _counted(values: Sequence[str], what: str) -> str:
    match len(values):
        case 0:
            return _NONE
        case 1:
            return values[0]
        case count:
            return f"{count} {what}"


def _destinations(spec: Project) -> list[str]:
    return [
        f"{each.get('server') or each.get('name') or ''},{each.get('namespace') or ''}"
        for each in spec.get("destinations") or []
    ]


def _kinds(spec: Project, field: str) -> list[str]:
    return [f"{each.get('group') or ''}/{each.get('kind') or ''}" for each in spec.get(field) or []]


def _keys(spec: Project) -> list[str]:
    return [str(each.get("keyID") or "") for each in spec.get("signatureKeys") or []]


def _orphaned(spec: Project) -> str:
    monitored = spec.get("orphanedResources")
    if monitored is None:
        return "disabled"
    warns = "true" if monitored.get("warn") else "false"
    ignored = len(monitored.get("ignore") or [])
    return f"enabled (warn={warns}{f', ignored {ignored}' if ignored else ''})"
