"""The form of a built-in action: what it is called, when it is not offered or makes no sense, and what it does.

An action changes its object by a merge patch, or creates another one. Families of kinds are tables of these; tests are
those of `health.form`. Time and letters for names come in with what was asked, so that the same question has the same
answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from argosy.engine.actions.defined import Offered, Parameter, Result
from argosy.engine.actions.merge import merged
from argosy.engine.health.form import Every, Not, Test
from argosy.engine.model.resource import Manifest, annotations_of, metadata_of

ALWAYS = Every()
NEVER = Not(ALWAYS)

_NAME_LIMIT = 63
"""The longest name of a Job, whose Pods carry it as a label."""
_MAPS = ("annotations", "labels")


class CannotRun(ValueError):
    """The action cannot do this to the object; the text says why, for the user."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An action as it was asked for: the object, what the user filled in, the time, letters for the name of another."""

    manifest: Manifest = field(repr=False)
    parameters: Mapping[str, str]
    now: datetime
    suffix: str


Effect = Callable[[Asked], Result]
Patch = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action of a kind; it is `shown` for some objects only, and `disabled` where it makes no sense."""

    name: str
    does: Effect
    disabled: Test = NEVER
    shown: Test = ALWAYS
    display_name: str = ""
    icon_class: str = ""
    parameters: tuple[Parameter, ...] = ()

    def offer(self, manifest: Manifest) -> Offered:
        """Return how the action is offered for an object."""
        return Offered(self.name, self.disabled.holds(manifest), self.icon_class, self.display_name, self.parameters)


def patches(change: Patch | Callable[[Asked], Patch]) -> Effect:
    """Return the effect of changing the object by a merge patch."""
    return lambda asked: Result("patch", _patched(asked.manifest, change(asked) if callable(change) else change))


def creates(make: Callable[[Asked], Manifest]) -> Effect:
    """Return the effect of creating another object."""
    return lambda asked: Result("create", make(asked))


def annotates(change: Mapping[str, str | None] | Callable[[Asked], Mapping[str, str | None]]) -> Effect:
    """Return the effect of setting annotations, or removing those that are None."""
    return patches(lambda asked: {"metadata": {"annotations": change(asked) if callable(change) else change}})


def _patched(manifest: Manifest, patch: Patch) -> Manifest:
    """Return the object as the patch makes it; annotations or labels of which none is left are gone."""
    found: dict[str, Any] = merged(manifest, patch)
    before, after = metadata_of(manifest), metadata_of(found)
    emptied = {name for name in _MAPS if before.get(name) and after.get(name) == {}}
    if not emptied:
        return found
    return {**found, "metadata": {key: value for key, value in after.items() if key not in emptied}}


def whole_number(asked: Asked, name: str, *, default: str = "") -> int:
    """Return a parameter that is a count. Raises `CannotRun` if it is missing or none."""
    text = asked.parameters.get(name, default).strip()
    if not text:
        raise CannotRun(f"the parameter {name} is missing")
    if not (text.isascii() and text.isdecimal()):
        raise CannotRun(f"invalid number: {text}")
    return int(text)


def name_after(asked: Asked) -> str:
    """Return a name for what is created from the object: its own, the minute, and letters that tell it from others."""
    end = f"-{asked.now:%Y%m%d%H%M}-{asked.suffix}"
    own = str(metadata_of(asked.manifest).get("name", ""))
    return f"{own[: _NAME_LIMIT - len(end)].rstrip('-.')}{end}"


def owner_reference(manifest: Manifest) -> dict[str, Any]:
    """Return the reference that makes another object belong to this one."""
    metadata = metadata_of(manifest)
    reference = {"apiVersion": manifest["apiVersion"], "kind": manifest["kind"], "name": metadata.get("name", "")}
    return reference | ({"uid": metadata["uid"]} if metadata.get("uid") else {})


def annotation_is(name: str, value: str) -> Test:
    """Return the test that an annotation has this value."""
    return _AnnotationIs(name, value)


@dataclass(frozen=True, slots=True)
class _AnnotationIs:
    name: str
    value: str

    def holds(self, manifest: Manifest) -> bool:
        return annotations_of(manifest).get(self.name) == self.value


@dataclass(frozen=True, slots=True)
class If:
    """The test that a function says yes, for what takes more than a look at fields."""

    says: Callable[[Manifest], bool]

    def holds(self, manifest: Manifest) -> bool:
        """See `health.form.Test`."""
        return self.says(manifest)
