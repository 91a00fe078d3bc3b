"""What every kind of GitOps Promoter says of itself with the condition Ready, in the words of three groups of kinds.

Read by the family's table; what a rule here has not caught is Ready, and of the newest generation.
"""

from collections.abc import Callable
from dataclasses import dataclass

from argosy.engine.health.form import (
    Behind,
    Rule,
    degraded,
    either,
    false,
    first_of,
    is_,
    lacks,
    otherwise,
    progressing,
    unknown,
)
from argosy.engine.health.verdict import Health
from argosy.engine.model.resource import Manifest

_REASON = "({conditions[Ready].reason}): {conditions[Ready].message}"
_MESSAGE = "{conditions[Ready].message}"
_STALE = either(Behind("conditions[Ready].observedGeneration"), Behind())


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences of a group of kinds, with NAME for what a kind is called in them and Name at their beginning."""

    missing: str
    stale: str
    unknown: str
    failed: str
    not_ready: str


OBJECT = Wording(
    missing="Name is not ready yet",
    stale="Waiting for NAME spec update to be observed",
    unknown=f"Name readiness unknown {_REASON}",
    failed=f"Name reconciliation failed: {_MESSAGE}",
    not_ready=f"Name is not ready {_REASON}",
)
REFERENCE = Wording(
    missing="{kind} Ready condition is missing",
    stale="Waiting for {kind} spec update to be observed",
    unknown=f"Name readiness unknown {_REASON}",
    failed=f"Name validation failed: {_MESSAGE}",
    not_ready=f"Name is not ready {_REASON}",
)
GATE = Wording(
    missing="{kind} Ready condition is missing",
    stale="Waiting for {kind} spec update to be observed",
    unknown=f"Name status unknown {_REASON}",
    failed=f"Name failed: {_MESSAGE}",
    not_ready=f"Name not ready {_REASON}",
)


def rules(wording: Wording, name: str) -> tuple[Rule, ...]:
    """Return the rules that come before those of a kind; `name` is as it stands within a sentence."""

    def say(sentence: str) -> str:
        return sentence.replace("NAME", name).replace("Name", name[0].upper() + name[1:])

    return (
        progressing(is_("status", None), f"Initializing {name}"),
        progressing(lacks("conditions[Ready]"), say(wording.missing)),
        progressing(_STALE, say(wording.stale)),
        progressing(unknown("Ready"), say(wording.unknown)),
        degraded(false("Ready", "ReconciliationError"), say(wording.failed)),
        degraded(false("Ready"), say(wording.not_ready)),
    )


def when_ready(wording: Wording, name: str, check: Callable[[Manifest], Health]) -> Callable[[Manifest], Health]:
    """Return the check that asks another one about what is Ready."""
    unready = first_of(*rules(wording, name), otherwise("Healthy"))

    def judge(manifest: Manifest) -> Health:
        found = unready(manifest)
        return check(manifest) if found.status == "Healthy" else found

    return judge
