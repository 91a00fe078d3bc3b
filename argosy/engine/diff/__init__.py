"""A pair -> whether what runs is what should run. Called by the controller after pairing.

`compare` decides from the two objects, the schema of their kind and what was applied last. Where that is not certain it
returns the question `AskServer`, and `confirm` decides from the API server's answer (a dry run of the apply that a sync
would do), so that the verdict is the server's own.
"""

from argosy.engine import managed, normalise
from argosy.engine.diff import certain, fields, left_behind, predict, webhooks
from argosy.engine.diff import hidden as hiding
from argosy.engine.diff.applied import Applied, receipt
from argosy.engine.diff.fields import FieldChange
from argosy.engine.diff.hidden import Hidden
from argosy.engine.diff.owners import Owner
from argosy.engine.diff.schema import UNREAD, Schema, Unread
from argosy.engine.diff.strategy import USUAL, Strategy
from argosy.engine.diff.verdict import AskServer, Changed, Extra, Missing, Same, Unknown, Verdict
from argosy.engine.model.resource import Manifest
from argosy.engine.normalise import Rules
from argosy.engine.pairing import Pair

__all__ = [
    "USUAL",
    "AskServer",
    "Changed",
    "Extra",
    "FieldChange",
    "Hidden",
    "Missing",
    "Owner",
    "Same",
    "Strategy",
    "Unknown",
    "Verdict",
    "comparable",
    "compare",
    "confirm",
    "guess",
    "hidden",
    "receipt",
    "reckon",
    "wants_nothing_else",
]


def compare(
    pair: Pair, rules: Rules, *, schema: Schema = UNREAD, applied: str = "", strategy: Strategy = USUAL
) -> Verdict | AskServer:
    """Return the verdict on a pair, or the question that settles it.

    `schema` is what the destination knows of the kind in the desired version, `applied` the `receipt` of our last apply
    to this very object (its uid), empty if none is known.
    """
    if pair.desired is None:
        return Extra()
    if pair.live is None:
        return Missing()
    if wants_nothing_else(pair.desired, pair.live, rules, schema=schema, applied=applied):
        return Same()
    local = strategy.server == "never" and not isinstance(schema, Unread)
    return reckon(pair, rules, schema=schema, applied=applied) if local else AskServer(pair.key)


def wants_nothing_else(
    desired: Manifest, live: Manifest, rules: Rules, *, schema: Schema = UNREAD, applied: str = ""
) -> bool:
    """Return whether it is certain, without asking the API server, that an apply would change nothing that counts."""
    if desired.get("apiVersion") != live.get("apiVersion"):
        return False
    known = Applied(desired, live, applied)
    if known.is_untouched():
        return True
    if isinstance(schema, Unread) and managed.replaces_a_whole(live, desired):
        return False
    entry = managed.applied_by_us(live)
    owned = None if entry is None else entry.get("fieldsV1") or None
    # What needs no rule to be the same is the same under any, as most objects are.
    if not certain.holds(desired, live, schema, owned=owned, applied=known):
        left, right = comparable(desired, live, rules)
        if not certain.holds(left, right, schema, owned=owned, applied=known):
            return False
    return left_behind.nothing(desired, live, schema)


def confirm(
    pair: Pair, predicted: Manifest, rules: Rules, *, schema: Schema = UNREAD, strategy: Strategy = USUAL
) -> Verdict:
    """Return the verdict on a pair of two sides, given what the live object would be after an apply."""
    if pair.live is None:
        return Missing()
    if strategy.webhooks == "stripped":
        predicted = webhooks.stripped(predicted, pair.live)
    if pair.desired is not None:
        predicted = left_behind.without(predicted, pair.desired, pair.live, schema)
    return _verdict(pair.live, predicted, rules, schema)


def guess(pair: Pair, rules: Rules, *, schema: Schema = UNREAD, applied: str = "") -> Verdict:
    """Return the verdict when the API server refuses the dry run: changed, in what `reckon` says."""
    verdict = reckon(pair, rules, schema=schema, applied=applied)
    return Changed((), pair.live or {}) if isinstance(verdict, Same) else verdict


def reckon(pair: Pair, rules: Rules, *, schema: Schema = UNREAD, applied: str = "") -> Verdict:
    """Return the verdict without the API server's help: as good as schema and memory make it.

    What no schema says is not known: defaults that come back in place of a removed field, and what webhooks do.
    """
    if pair.live is None or pair.desired is None:
        return Missing() if pair.live is None else Extra()
    return _verdict(pair.live, _predicted(pair.desired, pair.live, schema, applied), rules, schema)


def hidden(
    pair: Pair, rules: Rules, *, schema: Schema = UNREAD, predicted: Manifest | None = None
) -> tuple[Hidden, ...]:
    """Return the differences of a pair that rules hide, each with its rule. Raises `normalise.Unanswered`.

    `predicted` is what the API server would make of the live object, where it was asked; else it is reckoned.
    """
    if pair.desired is None or pair.live is None:
        return ()
    after = predicted or _predicted(pair.desired, pair.live, schema, "")
    return tuple(hiding.by_rules(pair.live, after, rules, schema))


def _predicted(desired: Manifest, live: Manifest, schema: Schema, applied: str) -> Manifest:
    owned = left_behind.earlier(live, schema, Applied(desired, live, applied))
    return predict.predicted(normalise.secrets.fold(desired), live, schema, owned)


def _verdict(live: Manifest, predicted: Manifest, rules: Rules, schema: Schema) -> Verdict:
    wanted, seen = comparable(predicted, live, rules)
    changes = tuple(fields.between(seen, wanted, schema))
    return Changed(fields.owned(changes, live), predicted) if changes else Same()


def comparable(desired: Manifest, live: Manifest, rules: Rules) -> tuple[Manifest, Manifest]:
    """Return both sides as they are compared: without what does not count. Raises `normalise.Unanswered`."""
    return normalise.both(desired, live, rules)
