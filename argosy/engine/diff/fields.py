"""Two JSON values -> the fields in which they differ, for people to read."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from argosy.engine import redact
from argosy.engine.diff import elements, owners, steps
from argosy.engine.diff.absent import ABSENT
from argosy.engine.diff.owners import Owner
from argosy.engine.diff.schema import UNREAD, Schema, canonical
from argosy.engine.diff.steps import Element, Step
from argosy.engine.model.resource import Manifest

__all__ = ["ABSENT", "FieldChange", "between", "masked", "owned"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field whose live value is not the wanted one; `path` is as `spec.template.spec.containers[app].image`.

    A side that does not have the field is `ABSENT`. `owner` is who owns the live value, None if nobody is noted.
    """

    path: str
    live: Any
    desired: Any
    owner: Owner | None = None
    steps: tuple[Step, ...] = field(default=(), compare=False, repr=False)


def between(live: Any, desired: Any, schema: Schema = UNREAD, *, at: tuple[Step, ...] = ()) -> Iterator[FieldChange]:
    """Yield every field in which the two differ, in the order of the live value, what is only desired last.

    `at` is the way to the two. Lists are taken apart as the schema says, else by the names of Kubernetes' own fields.
    """
    if isinstance(live, Mapping) and isinstance(desired, Mapping):
        for key in (*live, *(key for key in desired if key not in live)):
            here, below = (*at, str(key)), elements.below(schema, key)
            yield from between(live.get(key, ABSENT), desired.get(key, ABSENT), below, at=here)
    elif isinstance(live, list) and isinstance(desired, list):
        yield from _between_lists(live, desired, schema, at)
    elif not canonical.same(live, desired):
        yield FieldChange(steps.text(at), live, desired, steps=at)


def owned(changes: Iterable[FieldChange], live: Manifest) -> tuple[FieldChange, ...]:
    """Return the changes with the owners of the live values."""
    return tuple(replace(each, owner=owners.of(live, each.steps)) for each in changes)


def masked(
    changes: Iterable[FieldChange], manifest: Manifest, *, annotations: Collection[str] = ()
) -> tuple[FieldChange, ...]:
    """Return the changes of an object as they may be shown: a Secret's values are masked, that they differ is visible.

    `annotations` of Secrets are masked too (`resource.sensitive.mask.annotations`).
    """
    if not redact.is_secret(manifest):
        return tuple(changes)
    return tuple(_masked(each, annotations) for each in changes)


def _masked(change: FieldChange, annotations: Collection[str]) -> FieldChange:
    secret = change.steps[:1] in (("data",), ("stringData",))
    about = change.steps[:2] == ("metadata", "annotations")
    if not secret and not (about and (len(change.steps) == 2 or change.steps[2] in annotations)):
        return change
    return replace(change, live=_mask(change.live, "++++++++"), desired=_mask(change.desired, "+++++++++"))


def _mask(value: Any, mask: str) -> Any:
    if isinstance(value, Mapping):
        return dict.fromkeys(value, mask)
    return value if value is ABSENT else mask


def _between_lists(live: list[Any], desired: list[Any], schema: Schema, at: tuple[Step, ...]) -> Iterator[FieldChange]:
    name = at[-1] if at and isinstance(at[-1], str) else ""
    below, both = elements.inside(schema), elements.both(desired, live, schema, name)
    if both is None:
        for index in range(max(len(live), len(desired))):
            before, after = (each[index] if index < len(each) else ABSENT for each in (live, desired))
            yield from between(before, after, below, at=(*at, index))
        return
    wanted, running = both
    for key in (*running, *(key for key in wanted if key not in running)):
        yield from between(running.get(key, ABSENT), wanted.get(key, ABSENT), below, at=(*at, key))
    if list(running) != list(wanted) and running.keys() == wanted.keys():
        yield FieldChange(steps.text(at), _names(running), _names(wanted), steps=at)


def _names(found: Mapping[Element, Any]) -> list[str]:
    return [str(key) for key in found]
