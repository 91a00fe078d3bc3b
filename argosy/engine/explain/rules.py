"""Hidden differences by the rule that hides them, the busiest rule first."""

from collections.abc import Collection, Iterator, Sequence

from argosy.engine.diff import Hidden
from argosy.engine.explain import objects
from argosy.engine.judged import Judged
from argosy.engine.model.explanation import HiddenField, HidingRule

MOST_FIELDS = 50


def counted(
    hidden: Sequence[tuple[Judged, Collection[Hidden]]], annotations: Collection[str]
) -> tuple[HidingRule, ...]:
    """Return each rule that hides something, with how much and the first of it."""
    by_rule: dict[str, list[HiddenField]] = {}
    for judged, some in hidden:
        for rule, field in _fields(judged, some, annotations):
            by_rule.setdefault(rule, []).append(field)
    busiest = sorted(by_rule.items(), key=lambda each: (-len(each[1]), each[0]))
    return tuple(HidingRule(rule, len(fields), tuple(fields[:MOST_FIELDS])) for rule, fields in busiest)


def _fields(
    judged: Judged, hidden: Collection[Hidden], annotations: Collection[str]
) -> Iterator[tuple[str, HiddenField]]:
    key, live = judged.key, judged.pair().live or {}
    changes = objects.shown([each.change for each in hidden], live, annotations)
    for each, change in zip(hidden, changes, strict=True):
        yield each.rule.origin, HiddenField(key.kind, key.name, objects.field(change), key.group, key.namespace)
