"""ApplicationSet. Source: argo-cd.readthedocs.io, "Progressive syncs", and the conditions of its API.

(Application has no check: with Argo CD, parents do not wait for their children.)
"""

from argosy.engine.health.form import degraded, false, first_of, healthy, otherwise, progressing, true

_APPLICATION_SET = first_of(
    degraded(true("ErrorOccurred"), "{conditions[ErrorOccurred].message}"),
    progressing(true("RolloutProgressing"), "{conditions[RolloutProgressing].message}"),
    degraded(false("ResourcesUpToDate"), "{conditions[ResourcesUpToDate].message}"),
    degraded(false("ParametersGenerated"), "{conditions[ParametersGenerated].message}"),
    healthy(true("ResourcesUpToDate"), "{conditions[ResourcesUpToDate].message}"),
    otherwise("Progressing", "Waiting for the status to be reported"),
)

TABLE = {"argoproj.io/ApplicationSet": _APPLICATION_SET}
