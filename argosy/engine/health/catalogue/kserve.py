"""KServe: inference services. Source: kserve.github.io, the API reference, `InferenceServiceStatus`.

Conditions are those of Knative, whatever the mode of deployment; Stopped is on demand. `modelStatus.transitionStatus`
is InProgress while a model is exchanged, BlockedByFailedLoad or InvalidSpec when it cannot be.
"""

from argosy.engine.health.form import (
    Behind,
    Some,
    at,
    degraded,
    either,
    elements,
    every,
    first_of,
    healthy,
    is_,
    lacks,
    not_,
    otherwise,
    progressing,
    suspended,
    true,
)
from argosy.engine.model.resource import Manifest

_TRANSITION = "status.modelStatus.transitionStatus"
_COUNTS = not_(is_("type", "Stopped"))


def _how_it_stands(manifest: Manifest) -> str:
    transition = at(manifest, _TRANSITION)
    parts = [f"0: transitionStatus | {transition}" if transition else ""]
    listed = (each for each in elements(manifest, "status.conditions") if _COUNTS.holds(each))
    for number, each in enumerate(listed, start=1):
        words = (each.get("type"), each.get("status"), each.get("reason"), each.get("message"))
        parts.append(f"{number}: " + " | ".join(str(word) for word in words if word))
    return " | ".join(parts)


_INFERENCE_SERVICE = first_of(
    progressing(either(lacks("status.conditions"), Behind()), "Waiting for InferenceService to report its status"),
    suspended(true("Stopped"), "InferenceService is stopped."),
    degraded(
        either(
            is_(_TRANSITION, "BlockedByFailedLoad", "InvalidSpec"),
            Some("status.conditions", every(_COUNTS, is_("status", "False"))),
        ),
        _how_it_stands,
    ),
    progressing(
        either(is_(_TRANSITION, "InProgress"), Some("status.conditions", every(_COUNTS, is_("status", "Unknown")))),
        _how_it_stands,
    ),
    healthy(true("Ready"), "InferenceService is healthy."),
    otherwise("Progressing", _how_it_stands),
)

TABLE = {"serving.kserve.io/InferenceService": _INFERENCE_SERVICE}
