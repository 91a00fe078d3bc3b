"""Flux: sources, Kustomizations, HelmReleases, image automation, receivers. Source: fluxcd.io, the page of each kind.

They keep to kstatus: Ready is the summary, and its reason says in one word how things stand. While work goes on Ready
is Unknown; after a failure it is False although Reconciling stays True, because the controller tries again.
"""

from argosy.engine.health.form import (
    Behind,
    degraded,
    either,
    false,
    first_of,
    healthy,
    is_,
    otherwise,
    progressing,
    suspended,
    true,
    unknown,
)

_REASON = "{conditions[Ready].reason}"
_TOOLKIT = first_of(
    suspended(is_("spec.suspend", True), "{kind} is suspended"),
    progressing(Behind(), "Waiting for {kind} to be reconciled"),
    degraded(true("Stalled"), "{conditions[Stalled].reason}"),
    healthy(true("Ready"), _REASON),
    progressing(either(unknown("Ready"), false("Ready", "Progressing")), _REASON),
    degraded(false("Ready"), _REASON),
    progressing(true("Reconciling"), "{conditions[Reconciling].reason}"),
    otherwise("Progressing", "Waiting for {kind} to be reconciled"),
)

TABLE = {
    f"{group}.toolkit.fluxcd.io/{kind}": _TOOLKIT
    for group, kinds in (
        ("helm", "HelmRelease"),
        ("image", "ImagePolicy ImageRepository ImageUpdateAutomation"),
        ("kustomize", "Kustomization"),
        ("notification", "Receiver"),
        ("source", "Bucket GitRepository HelmChart HelmRepository OCIRepository"),
    )
    for kind in kinds.split()
}
