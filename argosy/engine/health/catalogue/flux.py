"""Flux: sources, Kustomizations, HelmReleases, image automation, receivers. Source: fluxcd.io, the page of each kind.

They keep to kstatus: Ready is the summary, and its reason says in one word how things stand. While work goes on Ready
is Unknown; after a failure it is False although Reconciling stays True, because the controller tries again. The status'
own generation is the last one that was brought to an end, so that it stays behind while a new one fails; a condition's
is that which it speaks of. A Helm repository of type `oci` has no status.
"""

from argosy.engine.health.form import (
    Behind,
    degraded,
    either,
    every,
    false,
    first_of,
    healthy,
    is_,
    lacks,
    otherwise,
    progressing,
    suspended,
    true,
    unknown,
)

_REASON = "{conditions[Ready].reason}"
_RULES = (
    suspended(is_("spec.suspend", True), "{kind} is suspended"),
    progressing(
        either(Behind("conditions[Ready].observedGeneration"), every(true("Ready"), Behind())),
        "Waiting for {kind} to be reconciled",
    ),
    degraded(true("Stalled"), "{conditions[Stalled].reason}"),
    healthy(true("Ready"), _REASON),
    progressing(either(unknown("Ready"), false("Ready", "Progressing")), _REASON),
    degraded(false("Ready"), _REASON),
    progressing(true("Reconciling"), "{conditions[Reconciling].reason}"),
    otherwise("Progressing", "Waiting for {kind} to be reconciled"),
)

_TOOLKIT = first_of(*_RULES)
_HELM_REPOSITORY = first_of(healthy(every(is_("spec.type", "oci"), lacks("status.conditions"))), *_RULES)

TABLE = {
    f"{group}.toolkit.fluxcd.io/{kind}": _TOOLKIT
    for group, kinds in (
        ("helm", "HelmRelease"),
        ("image", "ImagePolicy ImageRepository ImageUpdateAutomation"),
        ("kustomize", "Kustomization"),
        ("notification", "Receiver"),
        ("source", "Bucket GitRepository HelmChart OCIRepository"),
    )
    for kind in kinds.split()
} | {"source.toolkit.fluxcd.io/HelmRepository": _HELM_REPOSITORY}
