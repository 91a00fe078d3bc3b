"""Kiali's operator.

Source: kiali.io/docs/installation, and the conditions of the Ansible operator that it is made with. Running is True
while and after a run, with the reason Running or Successful; Successful and Failure tell how the last run ended. A
condition may be there twice, the newest last.
"""

from argosy.engine.health.form import (
    Some,
    degraded,
    elements,
    every,
    first_of,
    healthy,
    is_,
    otherwise,
    progressing,
    true,
)
from argosy.engine.model.resource import Manifest

_FAILED = every(is_("type", "Failure"), is_("status", "True"))


def _failure(manifest: Manifest) -> str:
    failures = [each for each in elements(manifest, "status.conditions") if _FAILED.holds(each)]
    return str(failures[-1].get("message") or failures[-1].get("reason") or "")


_KIALI = first_of(
    degraded(Some("status.conditions", _FAILED), _failure),
    healthy(true("Successful"), "{conditions[Successful].message}"),
    progressing(true("Running"), "{conditions[Running].message}"),
    otherwise("Progressing", "Waiting for Kiali"),
)

TABLE = {"kiali.io/Kiali": _KIALI}
