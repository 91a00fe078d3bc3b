"""A pair -> whether what runs is what should run. Called by the controller after pairing.

`compare` decides from the two objects; where they differ it returns the question `AskServer`, and `confirm` decides
from the API server's answer (a dry run of the apply that a sync would do), so that the verdict is the server's own.
"""

from argosy.engine import managed
from argosy.engine.diff import fields, local
from argosy.engine.diff.fields import FieldChange
from argosy.engine.diff.verdict import AskServer, Changed, Extra, Missing, Same, Unknown, Verdict
from argosy.engine.model.resource import Manifest
from argosy.engine.normalise import Rules, ignored, normalise
from argosy.engine.pairing import Pair

__all__ = [
    "AskServer",
    "Changed",
    "Extra",
    "FieldChange",
    "Missing",
    "Same",
    "Unknown",
    "Verdict",
    "comparable",
    "compare",
    "confirm",
    "guess",
    "wants_nothing_else",
]


def compare(pair: Pair, rules: Rules) -> Verdict | AskServer:
    """Return the verdict on a pair, or the question that settles it."""
    if pair.desired is None:
        return Extra()
    if pair.live is None:
        return Missing()
    return Same() if wants_nothing_else(pair.desired, pair.live, rules) else AskServer(pair.key)


def wants_nothing_else(desired: Manifest, live: Manifest, rules: Rules) -> bool:
    """Return whether it is certain, without asking the API server, that an apply would change nothing that counts."""
    if desired.get("apiVersion") != live.get("apiVersion"):
        return False
    left, right = comparable(desired, live, rules)
    if not local.holds(left, right) or managed.replaces_a_whole(live, desired):
        return False
    return local.leaves_nothing_behind(desired, live)


def confirm(pair: Pair, predicted: Manifest, rules: Rules) -> Verdict:
    """Return the verdict on a pair of two sides, given what the live object would be after an apply."""
    if pair.live is None:
        return Missing()
    if pair.desired is not None:
        predicted = ignored.drop_paths(predicted, local.left_behind(pair.desired, pair.live))
    wanted, live = comparable(predicted, pair.live, rules)
    changes = tuple(fields.between(live, wanted))
    return Changed(changes, predicted) if changes else Same()


def guess(pair: Pair, rules: Rules) -> Verdict:
    """Return the verdict when the API server refuses the dry run: every wanted field that the live object lacks."""
    if pair.live is None or pair.desired is None:
        return Missing() if pair.live is None else Extra()
    wanted, live = comparable(pair.desired, pair.live, rules)
    changes = tuple(change for change in fields.between(live, wanted) if change.desired is not fields.ABSENT)
    return Changed(changes, pair.desired)


def comparable(desired: Manifest, live: Manifest, rules: Rules) -> tuple[Manifest, Manifest]:
    """Return both sides as they are compared: without what does not count."""
    extra = ignored.paths_of_managers(live, rules)
    both = normalise(desired, rules), normalise(live, rules)
    return ignored.drop(both[0], extra), ignored.drop(both[1], extra)
