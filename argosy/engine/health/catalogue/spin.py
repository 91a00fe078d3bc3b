"""SpinKube: apps. Source: spinkube.dev/docs, `SpinApp`, whose conditions are those of its deployment."""

from argosy.engine.health.form import degraded, false, first_of, healthy, lacks, otherwise, progressing, true

_APP = first_of(
    progressing(lacks("status.conditions"), "Waiting for status to be available"),
    degraded(false("Progressing"), "{conditions[Progressing].message}"),
    progressing(false("Available"), "{conditions[Available].message}"),
    healthy(true("Available"), "{conditions[Available].message}"),
    otherwise("Progressing", "Waiting for status to be available"),
)

TABLE = {"core.spinkube.dev/SpinApp": _APP}
