"""Flux: reconcile now, suspend, resume, as `flux` does. Source: fluxcd.io, `requestedAt` and `spec.suspend`.

What is suspended is not reconciled. Alerts and Providers have nothing to reconcile.
"""

from argosy.engine.actions.form import Action, annotates, patches
from argosy.engine.health.form import is_, not_

_SUSPENDED = is_("spec.suspend", True)

_RECONCILE = Action(
    name="reconcile",
    does=annotates(lambda asked: {"reconcile.fluxcd.io/requestedAt": f"By Argosy at: {asked.now:%Y-%m-%dT%H:%M:%S}"}),
    disabled=_SUSPENDED,
)
SUSPEND = Action(name="suspend", does=patches({"spec": {"suspend": True}}), disabled=_SUSPENDED)
RESUME = Action(name="resume", does=patches({"spec": {"suspend": False}}), disabled=not_(_SUSPENDED))

TABLE = {
    f"{group}.toolkit.fluxcd.io/{kind}": (_RECONCILE, SUSPEND, RESUME)
    for group, kinds in (
        ("helm", "HelmRelease"),
        ("image", "ImageRepository ImageUpdateAutomation"),
        ("kustomize", "Kustomization"),
        ("notification", "Receiver"),
        ("source", "Bucket GitRepository HelmChart HelmRepository OCIRepository"),
    )
    for kind in kinds.split()
} | {f"notification.toolkit.fluxcd.io/{kind}": (SUSPEND, RESUME) for kind in ("Alert", "Provider")}
