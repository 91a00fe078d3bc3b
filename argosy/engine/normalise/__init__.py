"""Rewrite an object before it is compared, so that only what a person would call a difference is left.

One reason per module, and the table of them; the same is done to both sides. Called by `diff`.
"""

from collections.abc import Callable

from argosy.engine.model.resource import Manifest
from argosy.engine.normalise import bookkeeping, ignored, secrets, status
from argosy.engine.normalise.rules import Rules

__all__ = ["Rules", "bookkeeping", "ignored", "normalise", "secrets", "status"]

TABLE: tuple[Callable[[Manifest, Rules], Manifest], ...] = (
    bookkeeping.without,
    status.without,
    secrets.folded,
    ignored.without,
)


def normalise(manifest: Manifest, rules: Rules) -> Manifest:
    """Return the object without what does not count under these rules."""
    for step in TABLE:
        manifest = step(manifest, rules)
    return manifest
