"""What users say of health: scripts in Lua for kinds, and whether a kind that nobody knows is judged by conventions.

A script's verdict is a question that the shell has the tool worker answer: `question`, then `from_script` or
`from_failure`, then `health.assess` with the answer. Order of trust (5.3): an exact script, one with wildcards, our
own checks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from argosy.engine.globs import matches
from argosy.engine.health.verdict import Health
from argosy.engine.model.application import HealthCode
from argosy.engine.model.resource import GroupKind, Manifest, key_of, metadata_of

HOOK_FINALIZER = "argocd.argoproj.io/hook-finalizer"

_STATUSES: Mapping[str, HealthCode] = {status: status for status in get_args(HealthCode)}
_ANY = ("*", "?", "[", "{")


@dataclass(frozen=True, slots=True)
class Script:
    """A user's check for kinds: `kinds` is `group/Kind`, or `Kind` in the core group; a glob over all of that text."""

    kinds: str
    text: str = field(repr=False)
    open_libraries: bool = False

    @property
    def exact(self) -> bool:
        """Whether it is about one kind."""
        return not any(character in self.kinds for character in _ANY)


@dataclass(frozen=True, slots=True)
class LuaHealth:
    """What does this script say of this object?"""

    script: Script
    object: Manifest = field(repr=False)


@dataclass(frozen=True, slots=True)
class Policy:
    """How health is judged; `generic` is `argosy.health.generic`."""

    scripts: tuple[Script, ...] = ()
    generic: bool = True
    _by_kind: dict[GroupKind, Script | None] = field(
        default_factory=dict[GroupKind, Script | None], init=False, compare=False, repr=False
    )

    def script_for(self, kind: GroupKind) -> Script | None:
        """Return the user's script for a kind: an exact one, else that of the longest glob."""
        if kind not in self._by_kind:
            self._by_kind[kind] = next(
                (script for script in self._in_order() if matches(script.kinds, str(kind))), None
            )
        return self._by_kind[kind]

    def _in_order(self) -> list[Script]:
        return sorted(self.scripts, key=lambda script: (not script.exact, -len(script.kinds), script.kinds))


def is_pending_deletion(manifest: Manifest) -> bool:
    """Return whether the object is being deleted, which is said before anything else; hooks hold their own deletion."""
    metadata = metadata_of(manifest)
    return bool(metadata.get("deletionTimestamp")) and HOOK_FINALIZER not in (metadata.get("finalizers") or ())


def question(manifest: Manifest, policy: Policy) -> LuaHealth | None:
    """Return what has to be asked before the object's health is known, None if nothing has to."""
    if not policy.scripts or is_pending_deletion(manifest):
        return None
    script = policy.script_for(key_of(manifest).group_kind)
    return None if script is None else LuaHealth(script, manifest)


def from_script(value: Any) -> Health:
    """Return the health that a script's return value says: a table with `status` and `message`, or nothing (5.4).

    Nothing, or no status, is what scripts return before there is anything to judge: Progressing.
    """
    if value is None or value == []:
        return Health("Progressing")
    if not isinstance(value, Mapping):
        return Health("Unknown", "the health script returned no table")
    found = {str(key).lower(): item for key, item in value.items()}
    status, message = found.get("status", ""), found.get("message", "")
    if not isinstance(status, str) or not isinstance(message, str):
        return Health("Unknown", "the health script returned a status or message that is no text")
    if not status:
        return Health("Progressing", message)
    if status not in _STATUSES:
        return Health("Unknown", f"the health script returned {status!r}, which is not one of {', '.join(_STATUSES)}")
    return Health(_STATUSES[status], message)


def from_failure(message: str) -> Health:
    """Return the health of an object whose script gave no answer: an error, or a second that was not enough."""
    return Health("Unknown", message)
