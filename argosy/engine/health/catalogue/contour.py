"""Contour: proxies and extension services. Source: projectcontour.io/docs/main/config/api, "Valid" condition.

Valid is True or False and lists errors and warnings of its own; releases before 1.14 said the same in words,
`currentStatus` and `description`. A proxy that no root includes is orphaned.
"""

from argosy.engine.health.form import (
    Behind,
    degraded,
    every,
    false,
    first_of,
    has,
    healthy,
    is_,
    lacks,
    otherwise,
    progressing,
    true,
)

_OLD = lacks("conditions[Valid]")
_VALID = "{conditions[Valid].message}"
_CHECKED = first_of(
    progressing(Behind("conditions[Valid].observedGeneration"), "Waiting for status"),
    healthy(true("Valid"), _VALID),
    degraded(false("Valid"), _VALID),
    healthy(every(_OLD, is_("status.currentStatus", "valid")), "{status.description}"),
    degraded(every(_OLD, is_("status.currentStatus", "invalid", "orphaned")), "{status.description}"),
    progressing(has("status.description"), "{status.description}"),
    otherwise("Progressing", "Waiting for status"),
)

TABLE = {"projectcontour.io/ExtensionService": _CHECKED, "projectcontour.io/HTTPProxy": _CHECKED}
