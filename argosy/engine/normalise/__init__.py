"""Rewrite an object before it is compared, so that only what a person would call a difference is left.

One reason per module, and the table of them; the same is done to both sides. Called by `diff`. Where jq has to be
asked first, `Unanswered` is raised with the question (`questions` tells beforehand); where it was asked in vain,
`Unanswerable`.
"""

from collections.abc import Callable, Iterable

from argosy.engine.model.resource import Manifest
from argosy.engine.normalise import (
    bookkeeping,
    endpoints,
    ignored,
    jq,
    known_types,
    managers,
    marks,
    operators,
    roles,
    secrets,
    status,
)
from argosy.engine.normalise.questions import JqAnswer, JqDelete, NoAnswer, Unanswerable, Unanswered
from argosy.engine.normalise.rules import KnownType, Rule, Rules

__all__ = [
    "JqAnswer",
    "JqDelete",
    "KnownType",
    "NoAnswer",
    "Rule",
    "Rules",
    "Unanswerable",
    "Unanswered",
    "bookkeeping",
    "both",
    "ignored",
    "jq",
    "managers",
    "normalise",
    "questions",
    "secrets",
    "status",
]

TABLE: tuple[Callable[[Manifest, Rules], Manifest], ...] = (
    # First, since its paths lead into the object as it was read.
    jq.without,
    bookkeeping.without,
    status.without,
    secrets.folded,
    roles.without_aggregated,
    endpoints.sorted_subsets,
    known_types.canonical,
    ignored.without,
)


def normalise(manifest: Manifest, rules: Rules) -> Manifest:
    """Return the object without what does not count under these rules. Raises `Unanswered`."""
    for step in TABLE:
        manifest = step(manifest, rules)
    return manifest


def both(desired: Manifest, live: Manifest, rules: Rules) -> tuple[Manifest, Manifest]:
    """Return both sides of an object as they are compared: what somebody else owns goes too. Raises `Unanswered`.

    Who owns what is read from the live object, which has to be as the API server gave it.
    """
    taken = operators.without(desired, live, rules)
    marked = marks.without(normalise(desired, rules), normalise(live, rules), rules)
    left, right = taken(marked[0]), taken(marked[1])
    names = rules.managers(live)
    return managers.without_owned(left, right, managers.owned_by(live, names)) if names else (left, right)


def questions(manifests: Iterable[Manifest], rules: Rules) -> tuple[JqDelete, ...]:
    """Return what jq has to be asked before these objects can be rewritten, and has not been."""
    asked = (jq.question(manifest, rules) for manifest in manifests)
    return tuple(each for each in asked if each is not None and each.identity not in rules.answers)
