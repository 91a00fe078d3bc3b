"""Operator Lifecycle Manager: subscriptions. Source: olm.operatorframework.io/docs, the API's `SubscriptionStatus`.

Conditions are named for what is wrong or still to do, so that True is the bad news; `state` is the place in an upgrade.
Where install plans wait for a person, an upgrade that is offered leaves what is installed as well as it was.
"""

from argosy.engine.health.form import (
    at,
    degraded,
    either,
    elements,
    every,
    first_of,
    has,
    healthy,
    is_,
    otherwise,
    progressing,
    true,
)
from argosy.engine.model.resource import Manifest


def _how_it_stands(manifest: Manifest) -> str:
    listed = enumerate(elements(manifest, "status.conditions"), start=1)
    lines = [f"{number}: {each.get('type')} | {each.get('status')}" for number, each in listed]
    state = at(manifest, "status.state")
    lines.append(f".status.state is '{state}'" if state else ".status.state not yet known")
    return "".join(f"{line}\n" for line in lines)


_SUBSCRIPTION = first_of(
    degraded(
        either(
            true("CatalogSourcesUnhealthy"),
            true("InstallPlanFailed"),
            true("ResolutionFailed"),
            true("BundleUnpackFailed"),
            is_("status.state", "UpgradeFailed"),
        ),
        _how_it_stands,
    ),
    healthy(
        every(
            true("InstallPlanPending", "RequiresApproval"),
            is_("spec.installPlanApproval", "Manual"),
            has("status.installedCSV"),
        ),
        _how_it_stands,
    ),
    progressing(
        either(true("InstallPlanMissing"), true("InstallPlanPending"), true("BundleUnpacking")), _how_it_stands
    ),
    healthy(is_("status.state", "AtLatestKnown"), _how_it_stands),
    otherwise("Progressing", _how_it_stands),
)

TABLE = {"operators.coreos.com/Subscription": _SUBSCRIPTION}
