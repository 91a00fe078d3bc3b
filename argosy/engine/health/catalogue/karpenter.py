"""Karpenter: nodes, pools of them, and the class of EC2 nodes. Source: karpenter.sh/docs/concepts, "status.conditions".

A NodeClaim is launched, registered and initialized, in this order; Ready sums up the conditions of each kind: False if
one of them is False, Unknown while one is.
"""

from argosy.engine.health.form import (
    Behind,
    degraded,
    false,
    first_of,
    healthy,
    otherwise,
    progressing,
    true,
)

_READY = "{conditions[Ready].message}"
_NODE_CLAIM = first_of(
    healthy(true("Ready"), _READY),
    degraded(false("Ready"), _READY),
    degraded(false("Launched"), "{conditions[Launched].message}"),
    progressing(true("Initialized"), "Node initialized, waiting to be ready"),
    progressing(true("Registered"), "Node registered, waiting for initialization"),
    progressing(true("Launched"), "Node launched, waiting for registration"),
    otherwise("Progressing", "Waiting for NodeClaim to be launched"),
)
_SUMMED_UP = first_of(
    progressing(Behind("conditions[Ready].observedGeneration"), "Waiting for {kind} to be ready"),
    healthy(true("Ready"), _READY),
    degraded(false("Ready"), _READY),
    otherwise("Progressing", "Waiting for {kind} to be ready"),
)

TABLE = {
    "karpenter.k8s.aws/EC2NodeClass": _SUMMED_UP,
    "karpenter.sh/NodeClaim": _NODE_CLAIM,
    "karpenter.sh/NodePool": _SUMMED_UP,
}
