"""Is this Application whole, and does its project permit it?

Comes in: the application, its project (None if there is none), and the settings. Goes out: every problem with the field
that has it. The API refuses an application that has problems, the controller shows them as `InvalidSpecError`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from argosy.engine import durations, permits, settings
from argosy.engine.model.application import Application, ApplicationSpec, Destination
from argosy.engine.model.project import Project
from argosy.engine.model.source import Source, SourceHydrator
from argosy.engine.settings import urls

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_NAMESPACE = re.compile(_LABEL)
_LONGEST_NAME = 253
_LONGEST_NAMESPACE = 63
_TOOLS = ("helm", "kustomize", "directory", "plugin")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field of the application, and what to do; `field` is its path, `spec.source.repoURL`."""

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


def problems(application: Application, *, project: Project | None, snapshot: settings.Settings) -> tuple[Problem, ...]:
    """Return everything that is wrong with the application, empty if it may be synced."""
    return tuple(_all(application, project, snapshot))


def _all(application: Application, project: Project | None, snapshot: settings.Settings) -> Iterator[Problem]:
    spec = application.spec
    yield from _name(application.metadata.name, "metadata.name")
    yield from _sources(spec)
    yield from _policy(spec)
    cluster = settings.cluster_for(snapshot, spec.destination)
    yield from _destination(spec.destination, cluster)
    named = spec.project or "default"
    if project is None:
        yield Problem(
            "spec.project", f"Application referencing project {named} which does not exist; create it, or name another"
        )
        return
    yield from _permitted_sources(spec, project, snapshot)
    if isinstance(cluster, settings.Cluster):
        yield from _permitted_destination(spec.destination, cluster, project)


def _name(name: str, field: str) -> Iterator[Problem]:
    if not _SUBDOMAIN.fullmatch(name) or len(name) > _LONGEST_NAME:
        yield Problem(
            field,
            f"{name[:_LONGEST_NAME]!r} is no DNS subdomain: lower case letters, digits, '-' and '.', "
            f"at most {_LONGEST_NAME} characters, starting and ending with a letter or digit",
        )


def _named_sources(spec: ApplicationSpec) -> tuple[tuple[str, Source], ...]:
    """Return the sources that count, each with the path of its field."""
    if spec.sources:
        return tuple((f"spec.sources[{number}]", source) for number, source in enumerate(spec.sources))
    return (("spec.source", spec.source),) if spec.source is not None else ()


def _sources(spec: ApplicationSpec) -> Iterator[Problem]:
    if spec.source_hydrator is not None:
        yield from _hydrator(spec.source_hydrator)
        return
    sources = _named_sources(spec)
    if not sources:
        yield Problem(
            "spec.source", "spec.source.repoURL and one of spec.source.path and spec.source.chart are required"
        )
    for field, source in sources:
        yield from _url(source.repo_url, f"{field}.repoURL")
        yield from _place(source, field, among_several=bool(spec.sources))
        yield from _tools(source, field)


def _url(url: str, field: str) -> Iterator[Problem]:
    complaint = urls.complaint(url) if url else "is required"
    if complaint:
        yield Problem(field, complaint)


def _place(source: Source, field: str, *, among_several: bool) -> Iterator[Problem]:
    if not (source.path or source.chart or (among_several and source.ref)):
        choices = "path, chart and ref" if among_several else "path and chart"
        yield Problem(f"{field}.path", f"one of {choices} is required")
    if source.chart and not source.target_revision:
        yield Problem(f"{field}.targetRevision", "is required for a Helm chart: its version or a range such as '1.*'")
    if source.path.startswith("/") or ".." in source.path.split("/") or "\0" in source.path:
        yield Problem(f"{field}.path", f"{source.path!r} is not a path inside the repository; it may hold no '..'")


def _tools(source: Source, field: str) -> Iterator[Problem]:
    given = [tool for tool in _TOOLS if getattr(source, tool) is not None]
    if len(given) > 1:
        yield Problem(field, f"multiple application sources defined: {', '.join(given)}; give one of them")


def _hydrator(hydrator: SourceHydrator) -> Iterator[Problem]:
    required = {
        "spec.sourceHydrator.drySource.repoURL": hydrator.dry_source.repo_url,
        "spec.sourceHydrator.syncSource.targetBranch": hydrator.sync_source.target_branch,
    }
    if hydrator.hydrate_to is not None:
        required["spec.sourceHydrator.hydrateTo.targetBranch"] = hydrator.hydrate_to.target_branch
    for field, value in required.items():
        if not value:
            yield Problem(field, "is required")


def _policy(spec: ApplicationSpec) -> Iterator[Problem]:
    retry = spec.sync_policy.retry if spec.sync_policy else None
    if retry is None or retry.backoff is None:
        return
    given = {"duration": retry.backoff.duration, "maxDuration": retry.backoff.max_duration}
    for field, text in given.items():
        try:
            durations.seconds(text or "0")
        except ValueError as error:
            yield Problem(f"spec.syncPolicy.retry.backoff.{field}", str(error))


def _destination(destination: Destination, cluster: settings.Cluster | settings.Refusal) -> Iterator[Problem]:
    match cluster:
        case settings.Refusal(message):
            field = (
                "spec.destination.name" if destination.name and not destination.server else "spec.destination.server"
            )
            yield Problem(field, message)
        case settings.Cluster():
            pass
    namespace = destination.namespace
    if namespace and (not _NAMESPACE.fullmatch(namespace) or len(namespace) > _LONGEST_NAMESPACE):
        yield Problem(
            "spec.destination.namespace", f"{namespace!r} is no namespace name: lower case letters, digits and '-'"
        )


def _permitted_sources(spec: ApplicationSpec, project: Project, snapshot: settings.Settings) -> Iterator[Problem]:
    name = project.metadata.name
    for field, source in _named_sources(spec):
        if source.repo_url and not permits.permits_repository(project, source.repo_url, snapshot=snapshot):
            yield Problem(
                f"{field}.repoURL",
                f"application repo {urls.normalised(source.repo_url)} is not permitted in project '{name}'",
            )


def _permitted_destination(destination: Destination, cluster: settings.Cluster, project: Project) -> Iterator[Problem]:
    name = project.metadata.name
    if project.spec.permit_only_project_scoped_clusters and cluster.project != name:
        yield Problem(
            "spec.destination",
            f"project '{name}' permits its own clusters only, and {cluster.server} is not one of them",
        )
    elif cluster.project != name and not permits.permits_destination(
        project, destination.namespace, server=cluster.server, name=cluster.name
    ):
        yield Problem(
            "spec.destination",
            f"application destination server '{cluster.server}' and namespace '{destination.namespace}' do not match "
            f"any of the allowed destinations in project '{name}'",
        )
