"""What was found -> the application's status, in Argo CD's shape, and the smallest patch that brings it about.

The one place where outcomes become words. Called by the controller; `report` writes the patch.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from argosy.engine import times
from argosy.engine.comparison import Comparison
from argosy.engine.model.application import (
    Application,
    ComparedTo,
    Condition,
    ConditionType,
    HealthStatus,
    SourceType,
    Summary,
    SyncStatus,
)
from argosy.engine.model.base import to_json

COMPARISON_CONDITIONS: frozenset[ConditionType] = frozenset(
    {
        "InvalidSpecError",
        "ComparisonError",
        "ChartLintWarning",
        "SourceWarning",
        "SharedResourceWarning",
        "RepeatedResourceWarning",
        "ExcludedResourceWarning",
        "UnknownError",
    }
)
"""The types that a comparison evaluates, and so replaces."""

_MOST_LINT_WARNINGS = 10

Fields = dict[str, Any]
"""Top-level fields of `status`, as JSON."""


def of_comparison(application: Application, found: Comparison, *, now: datetime) -> Fields:
    """Return the status fields that a complete comparison determines."""
    overall = found.health
    many = bool(application.spec.sources)
    types, revisions = found.rendering.source_types, found.rendering.revisions
    return {
        "sync": to_json(
            SyncStatus(
                found.sync_code,
                _compared_to(application),
                revision="" if many else next(iter(revisions), ""),
                revisions=revisions if many else (),
            )
        ),
        "health": _health(application, HealthStatus(overall.status, overall.message), now),
        "resources": list(found.shown),
        "summary": to_json(_summary(found)),
        "sourceType": None if many else next(iter(types), None),
        "sourceTypes": list(types) if many else None,
        "conditions": _conditions(application, found.conditions, COMPARISON_CONDITIONS, now),
        "reconciledAt": times.text(now),
    }


def of_failure(
    application: Application, conditions: Iterable[Condition], *, now: datetime, keep: bool = False
) -> Fields:
    """Return the status fields when nothing could be compared: Unknown, and why.

    With `keep`, sync and health stay as they are (a repository that does not answer for a moment is no news).
    """
    merged = _conditions(application, conditions, COMPARISON_CONDITIONS, now)
    if keep:
        return {"conditions": merged}
    previous = application.status.sync
    return {
        "sync": to_json(
            SyncStatus(
                "Unknown",
                _compared_to(application),
                revision=previous.revision if previous else "",
                revisions=previous.revisions if previous else (),
            )
        ),
        "health": _health(application, HealthStatus("Unknown"), now),
        "conditions": merged,
        "reconciledAt": times.text(now),
    }


def source_conditions(warnings: Iterable[tuple[SourceType, str]]) -> tuple[Condition, ...]:
    """Return the conditions for what was warned of when sources were rendered, each with its source's type.

    Of charts it is the linter that warns: its first few, and how many more there are.
    """
    found = dict.fromkeys(warnings)
    told = [Condition("SourceWarning", warning) for kind, warning in found if kind != "Helm"]
    return (*told, *_lint_conditions([warning for kind, warning in found if kind == "Helm"]))


def _lint_conditions(warnings: Sequence[str]) -> tuple[Condition, ...]:
    told = [Condition("ChartLintWarning", warning) for warning in warnings]
    if len(told) <= _MOST_LINT_WARNINGS:
        return tuple(told)
    left_out = len(told) - _MOST_LINT_WARNINGS
    more = Condition("ChartLintWarning", f"and {left_out} more; `argosy chart lint` tells them all")
    return (*told[:_MOST_LINT_WARNINGS], more)


def with_conditions(
    application: Application, conditions: Iterable[Condition], evaluated: Iterable[ConditionType], *, now: datetime
) -> Fields:
    """Return the conditions after an evaluation of these types alone."""
    return {"conditions": _conditions(application, conditions, frozenset(evaluated), now)}


def of_too_large(previous: Mapping[str, Any], fields: Fields, *, now: datetime) -> Fields:
    """Return what is written when the API server refuses these fields as too large (1.41): why, and how a sync ended.

    The old status stays otherwise; the objects of a sync are left out of its result.
    """
    why = "the status is larger than the API server takes: split the application into smaller ones"
    known = [each for each in previous.get("conditions") or () if each.get("type") != "UnknownError"]
    same = [each for each in previous.get("conditions") or () if each not in known and each.get("message") == why]
    conditions = [*known, *(same or [to_json(Condition("UnknownError", why, times.text(now)))])]
    written: Fields = {"conditions": conditions}
    state = fields.get("operationState")
    if state is not None:
        result = {**(state.get("syncResult") or {}), "resources": []} if state.get("syncResult") else None
        written["operationState"] = {key: value for key, value in state.items() if key != "syncResult"}
        written["operationState"] |= {"syncResult": result} if result else {}
    return written


def patch(previous: Mapping[str, Any], wanted: Fields) -> Fields:
    """Return the JSON merge patch for `status`, empty if nothing material changes.

    A field that is wanted as None or empty is removed if it is there. `reconciledAt` alone is not material.
    """
    changes: Fields = {}
    for field, value in wanted.items():
        before = previous.get(field)
        if value is None or value in ([], {}):
            if before is not None:
                changes[field] = None
        elif before != value:
            changes[field] = _merge(before, value)
    return {} if changes.keys() <= {"reconciledAt"} else changes


def _merge(before: Any, value: Any) -> Any:
    """Return the merge patch of one field: what is no longer there must be named to be removed."""
    if not isinstance(before, Mapping) or not isinstance(value, Mapping):
        return value
    removed = {key: None for key in before if key not in value}
    changed = {key: _merge(before.get(key), each) for key, each in value.items() if before.get(key) != each}
    return {**removed, **changed}


def _compared_to(application: Application) -> ComparedTo:
    spec = application.spec
    source = None if spec.sources else spec.source
    return ComparedTo(spec.destination, source, spec.sources, spec.ignore_differences)


def _health(application: Application, found: HealthStatus, now: datetime) -> Any:
    before = application.status.health
    since = before.last_transition_time if before.status == found.status else ""
    return to_json(HealthStatus(found.status, found.message, since or times.text(now)))


def _summary(found: Comparison) -> Summary:
    tally = found.tally
    urls, images = (sorted(+counted) for counted in (tally.urls, tally.images))
    return Summary(tuple(urls), tuple(images), is_app_of_apps=tally.applications > 0)


def _conditions(
    application: Application, found: Iterable[Condition], evaluated: frozenset[ConditionType], now: datetime
) -> list[Any]:
    """Merge by Argo CD's rule: evaluated types are replaced, an unchanged one keeps its time; sorted."""
    before = {(each.type, each.message): each for each in application.status.conditions}
    kept = [each for each in application.status.conditions if each.type not in evaluated]
    new = [before.get((each.type, each.message), Condition(each.type, each.message, times.text(now))) for each in found]
    unique = {(each.type, each.message): each for each in (*kept, *new)}
    return [to_json(unique[key]) for key in sorted(unique)]
