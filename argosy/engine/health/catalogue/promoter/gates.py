"""The gates of GitOps Promoter: what they say of each environment, or of each application, that they look at.

A phase is pending, success or failure; one that is not there yet is pending. Read by the family's table.
"""

from argosy.engine.health.form import (
    Message,
    Rule,
    Some,
    Test,
    at,
    degraded,
    elements,
    has,
    healthy,
    is_,
    lacks,
    not_,
    otherwise,
    progressing,
)
from argosy.engine.model.resource import Manifest

_FAILED = is_("phase", "failure")
_PENDING = not_(is_("phase", "success", "failure"))
_ENVIRONMENTS = "status.environments"
_APPLICATIONS = "status.applicationsSelected"


def _naming(sentence: str, path: str, *, test: Test, name: str) -> Message:
    """Return the message that is the sentence and the names of those that pass the test."""

    def say(manifest: Manifest) -> str:
        return sentence + ", ".join(str(at(each, name)) for each in elements(manifest, path) if test.holds(each))

    return say


def environments(name: str, *, subject: str, passed: str) -> tuple[Rule, ...]:
    """Return the rules of a gate: its `subject` fails, is pending or has `passed`; `name` is reconciled."""
    failed = _naming(f"{subject} failed for branch(es): ", _ENVIRONMENTS, test=_FAILED, name="branch")
    pending = _naming(f"{subject} pending for branch(es): ", _ENVIRONMENTS, test=_PENDING, name="branch")
    return (
        degraded(Some(_ENVIRONMENTS, _FAILED), failed),
        progressing(Some(_ENVIRONMENTS, _PENDING), pending),
        healthy(has(_ENVIRONMENTS), lambda gate: f"{subject} {passed} for {_count(gate)} environment(s)"),
        otherwise("Healthy", f"{name} reconciled"),
    )


def _count(manifest: Manifest) -> int:
    return len(elements(manifest, _ENVIRONMENTS))


APPLICATIONS = (
    degraded(lacks(_APPLICATIONS), "Argo CD commit status has no applications configured"),
    degraded(
        Some(_APPLICATIONS, _FAILED),
        _naming("Argo CD applications have failed: ", _APPLICATIONS, test=_FAILED, name="name"),
    ),
    progressing(
        Some(_APPLICATIONS, _PENDING),
        _naming("Argo CD applications are pending: ", _APPLICATIONS, test=_PENDING, name="name"),
    ),
    otherwise("Healthy", "Argo CD commit status reports success for all applications"),
)
