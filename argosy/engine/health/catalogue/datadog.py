"""Datadog's cluster agent: metrics for autoscalers. Source: docs.datadoghq.com/containers/guide, "DatadogMetric".

A metric is fetched only while an autoscaler uses it, which is what Active says; Valid, Updated and Error are about the
last fetch.
"""

from argosy.engine.health.form import degraded, every, false, first_of, healthy, otherwise, suspended, true

_METRIC = first_of(
    degraded(true("Error"), "{conditions[Error].message}"),
    suspended(every(false("Active"), false("Valid")), "DatadogMetric is not used by any autoscaler"),
    degraded(false("Valid"), "{conditions[Valid].message}"),
    healthy(true("Valid"), "DatadogMetric is healthy"),
    otherwise("Progressing", "Waiting for DatadogMetric to be fetched"),
)

TABLE = {"datadoghq.com/DatadogMetric": _METRIC}
