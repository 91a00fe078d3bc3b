"""Coralogix's operator: alerts and recording rules. Source: github.com/coralogix/coralogix-operator, RemoteSynced."""

from argosy.engine.health.form import Behind, degraded, false, first_of, healthy, otherwise, progressing, true

_REMOTE = first_of(
    progressing(Behind("status.conditions[RemoteSynced].observedGeneration"), "Waiting for status to be updated"),
    degraded(false("RemoteSynced"), "{conditions[RemoteSynced].message}"),
    healthy(true("RemoteSynced"), "{conditions[RemoteSynced].message}"),
    otherwise("Progressing", "Waiting for status to be updated"),
)

TABLE = {
    "coralogix.com/Alert": _REMOTE,
    "coralogix.com/RecordingRuleGroupSet": _REMOTE,
}
