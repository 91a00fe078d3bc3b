"""A comparison -> why its application is as it is, in words and values. Called by the controller when somebody asks.

Knows of the application only what was compared and what its status says; Secrets are masked here.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from argosy.engine.comparison import Comparison
from argosy.engine.diff import Hidden
from argosy.engine.explain import next_step, objects, rules, words
from argosy.engine.judged import Judged
from argosy.engine.model.application import Application
from argosy.engine.model.explanation import Explanation

__all__ = ["MOST_OBJECTS", "explain", "not_compared"]

MOST_OBJECTS = 100
"""How many objects are told of; the others are counted."""


def explain(
    application: Application,
    found: Comparison,
    *,
    hidden: Sequence[tuple[Judged, Collection[Hidden]]],
    now: datetime,
    annotations: Collection[str] = (),
    unasked: Collection[str] = (),
) -> Explanation:
    """Return why the application is as it is.

    `hidden` are the differences that rules hide, with their objects; `unasked` says why some of these are not known.
    `annotations` are those of Secrets that are masked too (`resource.sensitive.mask.annotations`).
    """
    status = application.status
    guilty = objects.guilty(found)
    told = tuple(objects.explain(each, annotations) for each in guilty[:MOST_OBJECTS])
    return Explanation(
        sync=status.sync.status if status.sync else found.sync_code,
        health=status.health.status or found.health.status,
        since=max((field.since for each in told for field in each.fields), default=""),
        summary=words.summary(application, found, told),
        next_step=next_step.after(application, found, now=now),
        objects=told,
        objects_left_out=max(len(guilty) - MOST_OBJECTS, 0),
        rules=rules.counted(hidden, annotations),
        unasked=tuple(unasked),
        conditions=status.conditions,
    )


def not_compared(application: Application) -> Explanation:
    """Return why nothing is known of the objects: its conditions say it."""
    status = application.status
    return Explanation(
        sync="Unknown",
        health=status.health.status,
        summary=words.not_compared(application),
        next_step=next_step.without_comparison(application),
        conditions=status.conditions,
    )
