"""What `app get`, `app list` and `app history` show of an application; Argo CD's rows and columns."""

import re
from collections import Counter
from collections.abc import Iterator

from argosy.cli.views.times import duration, moment, seconds_between
from argosy.engine.model.application import Application, RevisionHistory
from argosy.engine.model.operation import OperationState
from argosy.engine.model.source import Source

LIST_HEADER = (
    *("NAME", "CLUSTER", "NAMESPACE", "PROJECT", "STATUS", "HEALTH", "SYNCPOLICY", "CONDITIONS"),
    *("REPO", "PATH", "TARGET"),
)
CONDITION_HEADER = ("CONDITION", "MESSAGE", "LAST TRANSITION")
HISTORY_HEADER = ("ID", "DATE", "REVISION")

_COMMIT = re.compile(r"[0-9a-f]{7,40}")
_SHORT = 7


def qualified_name(application: Application) -> str:
    """The name with its namespace in front."""
    metadata = application.metadata
    return f"{metadata.namespace}/{metadata.name}" if metadata.namespace else metadata.name


def list_row(application: Application) -> tuple[str, ...]:
    """The row under `LIST_HEADER`."""
    spec, status = application.spec, application.status
    source = application.sources[0] if application.sources else Source(repo_url="")
    return (
        qualified_name(application),
        cluster(application),
        spec.destination.namespace,
        spec.project,
        status.sync.status if status.sync else "",
        status.health.status,
        _short_policy(application),
        _conditions(application),
        source.repo_url,
        source.path or source.chart,
        source.target_revision,
    )


def summary(application: Application, *, url: str, windows: str = "") -> Iterator[tuple[str, str]]:
    """The facts at the head of `app get`; `windows` is the state of the sync windows, empty if not known."""
    spec = application.spec
    yield "Name:", qualified_name(application)
    yield "Project:", spec.project
    yield "Server:", cluster(application)
    yield "Namespace:", spec.destination.namespace
    yield "URL:", url
    yield "Sources:" if spec.sources else "Source:", ""
    for source in application.sources:
        yield from _source(source)
    if windows:
        yield "SyncWindow:", windows
    yield "Sync Policy:", _policy(application)
    yield "Sync Status:", _sync_status(application)
    health = application.status.health
    yield "Health Status:", f"{health.status} ({health.message})" if health.message else health.status


def condition_rows(application: Application) -> list[tuple[str, str, str]]:
    """The rows under `CONDITION_HEADER`."""
    return [
        (condition.type, condition.message, moment(condition.last_transition_time))
        for condition in application.status.conditions
    ]


def operation(state: OperationState, *, now: str) -> Iterator[tuple[str, str]]:
    """The facts about an operation; `now` is an RFC 3339 time, for one that still runs."""
    if state.sync_result:
        yield "Operation:", "Sync"
        revision = state.sync_result.revision or ", ".join(state.sync_result.revisions)
        yield "Sync Revision:", revision
    yield "Phase:", state.phase
    yield "Start:", moment(state.started_at)
    yield "Finished:", moment(state.finished_at)
    yield "Duration:", duration(seconds_between(state.started_at, state.finished_at or now))
    if state.message:
        yield "Message:", state.message


def history(application: Application) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """The deployments of each repository: its URL and the rows under `HISTORY_HEADER`."""
    rows: dict[str, list[tuple[str, str, str]]] = {}
    for entry in application.status.history:
        for url, revision in _deployed(entry):
            rows.setdefault(url, []).append((str(entry.id), moment(entry.deployed_at), revision))
    yield from rows.items()


def cluster(application: Application) -> str:
    """The destination cluster as the spec names it."""
    return application.spec.destination.server or application.spec.destination.name


def _source(source: Source) -> Iterator[tuple[str, str]]:
    yield "- Repo:", source.repo_url
    yield "  Target:", source.target_revision
    optional = (
        ("  Path:", source.path),
        ("  Chart:", source.chart),
        ("  Ref:", source.ref),
        ("  Helm Values:", ",".join(source.helm.value_files) if source.helm else ""),
        ("  Name Prefix:", source.kustomize.name_prefix if source.kustomize else ""),
    )
    yield from ((label, value) for label, value in optional if value)


def _automated(application: Application) -> bool:
    policy = application.spec.sync_policy
    return bool(policy and policy.automated and policy.automated.enabled is not False)


def _prunes(application: Application) -> bool:
    policy = application.spec.sync_policy
    return bool(policy and policy.automated and policy.automated.prune)


def _short_policy(application: Application) -> str:
    if not _automated(application):
        return "Manual"
    return "Auto-Prune" if _prunes(application) else "Auto"


def _policy(application: Application) -> str:
    if not _automated(application):
        return "Manual"
    return "Automated (Prune)" if _prunes(application) else "Automated"


def _conditions(application: Application) -> str:
    counts = Counter(condition.type for condition in application.status.conditions)
    return ",".join(f"{kind}({count})" if count > 1 else kind for kind, count in counts.items()) or "<none>"


def _sync_status(application: Application) -> str:
    sync = application.status.sync
    if not sync:
        return "Unknown"
    target = application.sources[0].target_revision if application.sources else ""
    preposition = {"Synced": "to", "OutOfSync": "from"}.get(sync.status)
    words = f"{sync.status} {preposition} {target or 'HEAD'}" if preposition else sync.status
    revision = sync.revision or (sync.revisions[0] if sync.revisions else "")
    if len(revision) > _SHORT and not _COMMIT.fullmatch(target):
        words += f" ({revision[:_SHORT]})"
    return words


def _deployed(entry: RevisionHistory) -> list[tuple[str, str]]:
    if entry.sources:
        revisions = entry.revisions if len(entry.revisions) == len(entry.sources) else ("",) * len(entry.sources)
        return [
            (source.repo_url, _revision(source, revision))
            for source, revision in zip(entry.sources, revisions, strict=True)
        ]
    source = entry.source or Source(repo_url="")
    return [(source.repo_url, _revision(source, entry.revision))]


def _revision(source: Source, revision: str) -> str:
    target = source.target_revision or ("" if source.chart else "HEAD")
    return f"{target} ({revision[:_SHORT]})".strip() if len(revision) >= _SHORT else target or revision
