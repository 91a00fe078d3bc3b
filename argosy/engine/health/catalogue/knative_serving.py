"""Knative Serving: services. Source: knative.dev/docs/serving, the API specification, "Error signalling".

A condition that is False is a failure, one that is Unknown is still under way.
"""

from argosy.engine.health.form import (
    Behind,
    Some,
    degraded,
    either,
    elements,
    first_of,
    is_,
    lacks,
    otherwise,
    progressing,
)
from argosy.engine.model.resource import Manifest


def _what_is_missing(manifest: Manifest) -> str:
    missing = (each for each in elements(manifest, "status.conditions") if each.get("status") != "True")
    return "".join(
        f"{each.get('type')} is {each.get('status')}, since {each.get('reason')}. {each.get('message') or ''}\n"
        for each in missing
    )


_SERVICE = first_of(
    progressing(either(lacks("status.conditions"), Behind()), "Waiting for status update."),
    degraded(Some("status.conditions", is_("status", "False")), _what_is_missing),
    progressing(Some("status.conditions", is_("status", "Unknown")), _what_is_missing),
    otherwise("Healthy", "Knative Service is healthy."),
)

TABLE = {"serving.knative.dev/Service": _SERVICE}
