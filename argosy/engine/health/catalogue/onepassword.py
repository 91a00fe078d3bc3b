"""1Password's Kubernetes operator. Source: developer.1password.com/docs/k8s/operator, `status.conditions`.

Ready is True once the secret was made, False with what prevented it.
"""

from argosy.engine.health.form import degraded, false, first_of, healthy, otherwise, true

_ITEM = first_of(
    healthy(true("Ready"), "{conditions[Ready].message}"),
    degraded(false("Ready"), "{conditions[Ready].message}"),
    otherwise("Progressing", "Waiting for controller to report status"),
)

TABLE = {"onepassword.com/OnePasswordItem": _ITEM}
