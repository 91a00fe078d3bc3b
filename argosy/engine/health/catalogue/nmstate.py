"""Kubernetes NMState: network policies of nodes. Source: nmstate.io/kubernetes-nmstate, "Policy status" conditions.

One of Available, Degraded, Progressing and Ignored is True; Ignored is a policy that matches no node.
"""

from argosy.engine.health.form import degraded, first_of, healthy, otherwise, progressing, suspended, true


def _words(kind: str) -> str:
    return f"{{conditions[{kind}].reason}}: {{conditions[{kind}].message}}"


_POLICY = first_of(
    degraded(true("Degraded"), _words("Degraded")),
    progressing(true("Progressing"), _words("Progressing")),
    suspended(true("Ignored"), _words("Ignored")),
    healthy(true("Available"), _words("Available")),
    otherwise("Progressing", "Waiting for NodeNetworkConfigurationPolicy to be configured"),
)

TABLE = {"nmstate.io/NodeNetworkConfigurationPolicy": _POLICY}
