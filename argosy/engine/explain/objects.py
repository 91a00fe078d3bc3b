"""Which objects make an application what it is, and why each of them does."""

import json
from collections.abc import Collection
from typing import Any

from argosy.engine import diff
from argosy.engine.comparison import Comparison
from argosy.engine.diff import FieldChange, fields
from argosy.engine.explain import words
from argosy.engine.judged import Judged
from argosy.engine.model.explanation import ExplainedField, ExplainedObject
from argosy.engine.model.resource import Manifest

MOST_FIELDS = 50
LONGEST_VALUE = 2000


def guilty(found: Comparison) -> list[Judged]:
    """Return the objects that differ, are doubted or are not well, in the order of their keys."""
    keys = found.tally.different.keys() | found.tally.doubts.keys() | found.tally.unwell.keys()
    return [found.objects[key] for key in sorted(keys)]


def explain(judged: Judged, annotations: Collection[str]) -> ExplainedObject:
    """Return what is wrong with an object."""
    changes = _changes(judged, annotations)
    health = judged.health
    return ExplainedObject(
        kind=judged.key.kind,
        name=judged.key.name,
        group=judged.key.group,
        namespace=judged.key.namespace,
        sync=judged.sync_code,
        health="Missing" if judged.live is None else health.status if health else "",
        because=tuple(words.reasons(judged)),
        fields=tuple(field(each) for each in changes[:MOST_FIELDS]),
        fields_left_out=max(len(changes) - MOST_FIELDS, 0),
    )


def field(change: FieldChange) -> ExplainedField:
    """Return a change, already masked, as it is shown."""
    owner = change.owner
    return ExplainedField(
        path=change.path,
        live=_text(change.live),
        desired=_text(change.desired),
        manager=owner.manager if owner else "",
        operation=owner.operation if owner else "",
        subresource=owner.subresource if owner else "",
        since=owner.since if owner else "",
    )


def shown(
    changes: Collection[FieldChange], manifest: Manifest, annotations: Collection[str]
) -> tuple[FieldChange, ...]:
    """Return the changes of an object as they may be shown."""
    return fields.masked(changes, manifest, annotations=annotations)


def _changes(judged: Judged, annotations: Collection[str]) -> tuple[FieldChange, ...]:
    if not isinstance(judged.verdict, diff.Changed):
        return ()
    pair = judged.pair()
    return shown(judged.verdict.fields, pair.live or pair.desired or {}, annotations)


def _text(value: Any) -> str:
    """Return a value as JSON, cut where it is too long to be read."""
    if value is fields.ABSENT:
        return ""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
