"""Knative's operator: the installations of Serving and Eventing. Source: knative.dev/docs, "Verify your installation".

All conditions are True when it is done; False and Unknown are steps of the way, because the operator installs again and
again until its manifests and dependencies are there.
"""

from argosy.engine.health.form import (
    Behind,
    Some,
    degraded,
    either,
    elements,
    first_of,
    healthy,
    is_,
    lacks,
    not_,
    otherwise,
    progressing,
)
from argosy.engine.model.resource import Manifest


def _conditions(manifest: Manifest) -> str:
    listed = enumerate(elements(manifest, "status.conditions"), start=1)
    return "".join(f"{number}: {each.get('type')} | {each.get('status')}\n" for number, each in listed)


_INSTALLATION = first_of(
    progressing(either(lacks("status.conditions"), Behind()), "Waiting for {kind} to be installed"),
    degraded(Some("status.conditions", not_(is_("status", "True", "False", "Unknown"))), _conditions),
    healthy(not_(Some("status.conditions", not_(is_("status", "True")))), "{kind} is healthy."),
    otherwise("Progressing", _conditions),
)

TABLE = {"operator.knative.dev/KnativeEventing": _INSTALLATION, "operator.knative.dev/KnativeServing": _INSTALLATION}
