"""The differences that rules hide, each with the rule that hides it: so that a rule can be shown, counted and dropped.

Called when somebody asks; a comparison itself does not need it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from argosy.engine import normalise
from argosy.engine.diff import fields
from argosy.engine.diff.fields import FieldChange
from argosy.engine.diff.schema import Schema
from argosy.engine.model.resource import Manifest, key_of
from argosy.engine.normalise import Rule, Rules
from argosy.engine.normalise.shipped import Shipped


@dataclass(frozen=True, slots=True)
class Hidden:
    """A difference that does not count, and the rule that says so."""

    change: FieldChange
    rule: Rule | Shipped


def by_rules(live: Manifest, predicted: Manifest, rules: Rules, schema: Schema) -> Iterator[Hidden]:
    """Yield what each rule hides of the differences between an object and what an apply would make of it.

    A difference that several rules hide comes with each of them. Raises `normalise.Unanswered`.
    """
    everything = _changes(live, predicted, rules.only(None), schema)
    if not everything:
        return
    kind = key_of(live).group_kind
    for rule in (*rules.about(live), *(each for each in rules.shipped if kind in each.kinds)):
        visible = {each.path for each in _changes(live, predicted, rules.only(rule), schema)}
        yield from (Hidden(each, rule) for each in everything if each.path not in visible)


def _changes(live: Manifest, predicted: Manifest, rules: Rules, schema: Schema) -> tuple[FieldChange, ...]:
    wanted, seen = normalise.both(predicted, live, rules)
    return fields.owned(fields.between(seen, wanted, schema), live)
