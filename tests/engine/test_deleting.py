"""What is deleted of a deleted application, and in which order."""

from argosy.engine import deleting
from argosy.engine.deleting import BACKGROUND, FOREGROUND, Blocked, Delete, Release, Wait
from argosy.engine.model import application as model
from argosy.engine.model.resource import key_of


def application(*finalizers: str, options: tuple[str, ...] = ()) -> model.Application:
    spec = {"project": "p", "destination": {"server": "s"}, "syncPolicy": {"syncOptions": list(options)}}
    return model.read({"metadata": {"name": "a", "namespace": "argocd", "finalizers": finalizers}, "spec": spec})


def live(name: str, *, wave: int = 0, going: bool = False, kind: str = "ConfigMap", **annotations: str) -> dict:
    notes = {
        "argocd.argoproj.io/sync-wave": str(wave),
        **{key.replace("__", "/"): value for key, value in annotations.items()},
    }
    metadata = {"name": name, "namespace": "n", "uid": f"uid-{name}", "annotations": notes}
    if going:
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    version = "apiextensions.k8s.io/v1" if kind == "CustomResourceDefinition" else "v1"
    return {"apiVersion": version, "kind": kind, "metadata": metadata}


def owned(*manifests: dict) -> dict:
    return {key_of(each): each for each in manifests}


CASCADE = application(FOREGROUND)


def test_without_a_finalizer_nothing_goes_with_it() -> None:
    assert not deleting.is_cascade(application())
    assert deleting.is_cascade(CASCADE)
    assert deleting.is_cascade(application(BACKGROUND))


def test_the_highest_wave_goes_first_and_is_waited_for() -> None:
    first, last = live("first"), live("last", wave=3)
    assert deleting.next_of(CASCADE, owned(first, last)) == Delete((key_of(last),), "Foreground")
    last = live("last", wave=3, going=True)
    assert deleting.next_of(CASCADE, owned(first, last)) == Wait((key_of(last),))
    assert deleting.next_of(CASCADE, owned(first)) == Delete((key_of(first),), "Foreground")
    assert deleting.next_of(CASCADE, {}) == Release()


def test_the_background_finalizer_deletes_in_the_background() -> None:
    found = deleting.next_of(application(BACKGROUND), owned(live("c")))
    assert isinstance(found, Delete)
    assert found.propagation == "Background"


def test_definitions_and_what_is_to_be_kept_stay() -> None:
    kept = live("kept", **{"helm.sh__resource-policy": "keep"})
    no = live("no", **{"argocd.argoproj.io__sync-options": "Delete=false"})
    itself = {**live("a"), "apiVersion": "argoproj.io/v1alpha1", "kind": "Application"}
    itself["metadata"] = {**itself["metadata"], "namespace": "argocd"}
    assert deleting.next_of(CASCADE, owned(kept, no, itself, live("d", kind="CustomResourceDefinition"))) == Release()


def test_an_objects_own_option_wins_over_the_applications() -> None:
    yes = live("yes", **{"argocd.argoproj.io__sync-options": "Delete=true"})
    found = deleting.next_of(application(FOREGROUND, options=("Delete=false",)), owned(yes, live("other")))
    assert found == Delete((key_of(yes),), "Foreground")


def test_what_must_be_confirmed_blocks() -> None:
    asked = live("asked", **{"argocd.argoproj.io__sync-options": "Delete=confirm"})
    assert deleting.next_of(CASCADE, owned(asked)) == Blocked((key_of(asked),))
