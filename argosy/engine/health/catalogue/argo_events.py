"""EventBus. Source: argoproj.github.io/argo-events, "EventBus", and its conditions Configured and Deployed."""

from argosy.engine.health.form import degraded, either, every, false, first_of, first_text, healthy, otherwise, true

_EVENT_BUS = first_of(
    degraded(
        either(false("Configured"), false("Deployed")),
        first_text("{conditions[Deployed].message}", "{conditions[Configured].message}"),
    ),
    healthy(every(true("Configured"), true("Deployed"))),
    otherwise("Progressing", "Waiting for EventBus to be deployed"),
)

TABLE = {"argoproj.io/EventBus": _EVENT_BUS}
