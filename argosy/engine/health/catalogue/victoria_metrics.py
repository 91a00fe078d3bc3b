"""VictoriaMetrics operator: all of its kinds. Source: docs.victoriametrics.com/operator/api, "StatusMetadata".

`updateStatus` is expanding, operational, failed or paused, the reason beside it. Kinds that only configure others had
no status before release 0.51, and need none to be of use.
"""

from argosy.engine.health.form import (
    Behind,
    Rule,
    degraded,
    either,
    first_of,
    has,
    healthy,
    is_,
    lacks,
    otherwise,
    progressing,
    suspended,
)

_UPDATE = "status.updateStatus"
_RULES = (
    suspended(either(is_(_UPDATE, "paused"), is_("spec.paused", True)), "Reconciliation is paused"),
    progressing(either(Behind(), is_(_UPDATE, "expanding")), "Reconciliation in progress"),
    degraded(is_(_UPDATE, "failed"), "{status.reason|Reconciliation failed}"),
    healthy(is_(_UPDATE, "operational"), "Reconciliation is complete"),
    Rule("Unknown", has(_UPDATE), "Reconciliation status is {status.updateStatus}"),
    otherwise("Progressing", "Waiting for {kind} to be reconciled"),
)
_WORKLOAD = first_of(*_RULES)
_CONFIGURATION = first_of(healthy(lacks(_UPDATE), "{kind} is in use"), *_RULES)

TABLE = {
    f"operator.victoriametrics.com/{kind}": _CONFIGURATION
    for kind in (
        "VMAlertmanagerConfig",
        "VMNodeScrape",
        "VMPodScrape",
        "VMProbe",
        "VMRule",
        "VMScrapeConfig",
        "VMServiceScrape",
        "VMStaticScrape",
        "VMUser",
    )
} | {"operator.victoriametrics.com/*": _WORKLOAD}
