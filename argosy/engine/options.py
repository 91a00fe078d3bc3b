"""Read the options that Argo CD's users write as comma lists: `sync-options`, `compare-options`, and waves and hooks.

An object's own annotation wins over the application's option. Called by planning, comparing and deleting.
"""

from collections.abc import Iterable

from argosy.engine.model.operation import SyncPhase
from argosy.engine.model.resource import Manifest, annotations_of

SYNC_OPTIONS = "argocd.argoproj.io/sync-options"
COMPARE_OPTIONS = "argocd.argoproj.io/compare-options"
SYNC_WAVE = "argocd.argoproj.io/sync-wave"
HOOK = "argocd.argoproj.io/hook"
HELM_HOOK = "helm.sh/hook"
HELM_HOOK_WEIGHT = "helm.sh/hook-weight"
HELM_RESOURCE_POLICY = "helm.sh/resource-policy"
IGNORE_HEALTH_CHECK = "argocd.argoproj.io/ignore-healthcheck"

_HELM_HOOK_THAT_IS_A_RESOURCE = "crd-install"
_PHASES: tuple[SyncPhase, ...] = ("PreSync", "Sync", "PostSync", "SyncFail")
_OF_HELM = {
    "pre-install": "PreSync",
    "pre-upgrade": "PreSync",
    "post-install": "PostSync",
    "post-upgrade": "PostSync",
}


def listed(text: str) -> tuple[str, ...]:
    """Return the entries of a comma list, trimmed, each once, in order."""
    return tuple(dict.fromkeys(entry.strip() for entry in text.split(",") if entry.strip()))


def of_object(manifest: Manifest) -> tuple[str, ...]:
    """Return the sync options that the object itself carries."""
    return listed(annotations_of(manifest).get(SYNC_OPTIONS, ""))


def value(name: str, manifest: Manifest | None, application_options: Iterable[str]) -> str:
    """Return the value of option `name` ("" if it is nowhere set): the object's own first, then the application's."""
    own = of_object(manifest) if manifest is not None else ()
    for options in (own, tuple(application_options)):
        for option in options:
            key, equals, setting = option.partition("=")
            if equals and key == name:
                return setting
    return ""


def has_compare_option(manifest: Manifest, option: str) -> bool:
    """Return whether the object carries this compare option, as `IgnoreExtraneous`."""
    return option in listed(annotations_of(manifest).get(COMPARE_OPTIONS, ""))


def wave_of(manifest: Manifest) -> int:
    """Return the sync wave: the annotation, else Helm's hook weight, else 0; what is no integer counts as not there."""
    annotations = annotations_of(manifest)
    for key in (SYNC_WAVE, HELM_HOOK_WEIGHT):
        try:
            return int(annotations[key])
        except (KeyError, ValueError):
            continue
    return 0


def is_hook(manifest: Manifest) -> bool:
    """Return whether the object is a hook (or marked `Skip`), and so not part of what should run.

    Helm's `crd-install` is an ordinary object, and Helm's annotations do not count beside Argo CD's.
    """
    annotations = annotations_of(manifest)
    if HOOK in annotations:
        return bool(listed(annotations[HOOK]))
    helm = listed(annotations.get(HELM_HOOK, ""))
    return bool(helm) and _HELM_HOOK_THAT_IS_A_RESOURCE not in helm


def hook_types(manifest: Manifest) -> tuple[SyncPhase, ...]:
    """Return the phases of a sync that the object is a hook of, in their order; none for `Skip` and delete hooks."""
    annotations = annotations_of(manifest)
    named = listed(annotations[HOOK]) if HOOK in annotations else listed(annotations.get(HELM_HOOK, ""))
    known = {_OF_HELM.get(name, name) for name in named}
    return tuple(phase for phase in _PHASES if phase in known)


def keeps_its_object(manifest: Manifest) -> bool:
    """Return whether Helm's `resource-policy: keep` says that the object must stay."""
    return annotations_of(manifest).get(HELM_RESOURCE_POLICY, "") == "keep"


def ignores_health(manifest: Manifest) -> bool:
    """Return whether the object says that its health does not count."""
    return annotations_of(manifest).get(IGNORE_HEALTH_CHECK, "") == "true"
