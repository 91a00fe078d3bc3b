"""Order, waves, pruning: what a sync would do, and what it leaves alone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine import diff, plan
from argosy.engine.model.operation import SyncResource
from argosy.engine.model.resource import GroupKind, ResourceKey, key_of
from argosy.engine.pairing import Pair
from argosy.engine.plan import order

NO_PRUNE = plan.PruneRequest(asked=False, by_person=True, allow_empty=False, empty=False, origins={}, stale={})


def manifest(kind: str, name: str, *, wave: int | None = None, namespace: str = "n", **extra: object) -> dict:
    version = {"Deployment": "apps/v1", "CustomResourceDefinition": "apiextensions.k8s.io/v1"}.get(kind, "v1")
    annotations = {} if wave is None else {"argocd.argoproj.io/sync-wave": str(wave)}
    metadata = {"name": name, "namespace": namespace, "annotations": annotations, "uid": f"uid-{name}"}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **extra}


def missing(*manifests: dict) -> list[plan.Difference]:
    return [plan.Difference(Pair(key_of(each), each, None), diff.Missing()) for each in manifests]


def extra(*manifests: dict) -> list[plan.Difference]:
    return [plan.Difference(Pair(key_of(each), None, each), diff.Extra()) for each in manifests]


def make(judged: list[plan.Difference], request: plan.Request | None = None) -> plan.Plan:
    return plan.make(judged, request or plan.Request(NO_PRUNE), refuses=lambda _: None)


def names(made: plan.Plan) -> list[list[str]]:
    return [[f"{step.key.kind}/{step.key.name}" for step in wave.steps] for wave in made.waves]


def test_objects_are_applied_by_kind_then_name() -> None:
    made = make(
        missing(
            manifest("Deployment", "b"),
            manifest("Deployment", "a"),
            manifest("Service", "z"),
            manifest("Widget", "w"),
            manifest("ConfigMap", "c"),
        )
    )
    assert names(made) == [["ConfigMap/c", "Service/z", "Deployment/a", "Deployment/b", "Widget/w"]]


def test_waves_come_one_after_the_other_negative_first() -> None:
    made = make(
        missing(
            manifest("ConfigMap", "late", wave=5),
            manifest("Deployment", "early", wave=-1),
            manifest("Service", "middle"),
        )
    )
    assert names(made) == [["Deployment/early"], ["Service/middle"], ["ConfigMap/late"]]


def test_a_namespace_comes_before_the_first_object_that_lives_in_it() -> None:
    namespace = manifest("Namespace", "n", wave=3, namespace="")
    made = make(missing(namespace, manifest("ConfigMap", "c", wave=-2)))
    assert names(made) == [["Namespace/n", "ConfigMap/c"]]


def test_a_definition_comes_before_the_first_object_of_its_kind() -> None:
    definition = manifest(
        "CustomResourceDefinition",
        "widgets.x.io",
        wave=4,
        namespace="",
        spec={"group": "x.io", "names": {"kind": "Widget"}},
    )
    widget = {**manifest("Widget", "w"), "apiVersion": "x.io/v1"}
    assert names(make(missing(definition, widget))) == [["CustomResourceDefinition/widgets.x.io", "Widget/w"]]


def test_an_unreadable_wave_is_zero_and_a_hook_weight_counts_without_one() -> None:
    bad = manifest("ConfigMap", "bad")
    bad["metadata"]["annotations"] = {"argocd.argoproj.io/sync-wave": "soon"}
    weighed = manifest("ConfigMap", "weighed")
    weighed["metadata"]["annotations"] = {"helm.sh/hook-weight": "2"}
    assert names(make(missing(bad, weighed))) == [["ConfigMap/bad"], ["ConfigMap/weighed"]]


ASKED = replace(NO_PRUNE, asked=True)
KEY = ResourceKey("", "ConfigMap", "n", "gone")


@pytest.mark.parametrize(
    ("request_", "because"),
    [
        (NO_PRUNE, "requires pruning"),
        (replace(ASKED, origins={KEY: "applied"}), ""),
        (ASKED, "no record of having applied it"),
        (replace(ASKED, origins={KEY: "adopted"}), ""),
        (replace(ASKED, origins={KEY: "adopted"}, by_person=False), "adopted"),
        (replace(ASKED, origins={KEY: "applied"}, empty=True), "nothing was rendered"),
        (replace(ASKED, origins={KEY: "applied"}, empty=True, allow_empty=True), ""),
        (
            replace(ASKED, origins={KEY: "applied"}, stale={GroupKind("", "ConfigMap"): "the watch is broken"}),
            "the watch is broken",
        ),
        (replace(ASKED, origins={KEY: "applied"}, options=("Prune=false",)), "no prune"),
    ],
)
def test_absent_is_not_deleted(request_: plan.PruneRequest, because: str) -> None:
    made = make(extra(manifest("ConfigMap", "gone")), plan.Request(request_))
    if because:
        assert because in made.kept[0].because
        assert made.waves == ()
    else:
        assert made.steps == (plan.Prune(KEY, "uid-gone", "Foreground"),)


def test_an_object_may_say_itself_that_it_must_not_be_pruned() -> None:
    live = manifest("ConfigMap", "gone")
    live["metadata"]["annotations"] = {"argocd.argoproj.io/sync-options": "Prune=false"}
    made = make(extra(live), plan.Request(replace(ASKED, origins={KEY: "applied"})))
    assert made.kept == (plan.Kept(KEY, "ignored (no prune)"),)


def test_what_was_created_last_is_pruned_first() -> None:
    live = [manifest("ConfigMap", "first", wave=0), manifest("ConfigMap", "last", wave=2)]
    request = plan.Request(replace(ASKED, origins={key_of(each): "applied" for each in live}))
    assert names(make(extra(*live), request)) == [["ConfigMap/last"], ["ConfigMap/first"]]


def test_a_selective_sync_touches_only_what_was_selected() -> None:
    judged = missing(manifest("ConfigMap", "a"), manifest("ConfigMap", "b"))
    made = make(judged, plan.Request(NO_PRUNE, selection=(SyncResource("ConfigMap", "b"),)))
    assert names(made) == [["ConfigMap/b"]]


def test_a_refusal_names_the_object_and_the_reason() -> None:
    made = plan.make(
        missing(manifest("ConfigMap", "a")), plan.Request(NO_PRUNE), refuses=lambda key: f"{key.kind} is not permitted"
    )
    assert made.refused == (plan.Refused(ResourceKey("", "ConfigMap", "n", "a"), "ConfigMap is not permitted"),)


def test_the_namespace_is_created_first_unless_it_is_among_the_manifests() -> None:
    request = plan.Request(NO_PRUNE, namespace="n")
    assert names(make(missing(manifest("ConfigMap", "c")), request)) == [["Namespace/n"], ["ConfigMap/c"]]
    assert names(make(missing(manifest("Namespace", "n", namespace="")), request)) == [["Namespace/n"]]


@given(
    st.lists(
        st.tuples(st.sampled_from(["ConfigMap", "Deployment", "Widget"]), st.sampled_from("abcd"), st.integers(-3, 3)),
        unique_by=lambda each: each[:2],
        max_size=8,
    )
)
def test_every_object_is_applied_once_and_waves_never_go_down(objects: list[tuple[str, str, int]]) -> None:
    made = make(missing(*(manifest(kind, name, wave=wave) for kind, name, wave in objects)))
    assert sorted((step.key.kind, step.key.name) for step in made.steps) == sorted(each[:2] for each in objects)
    assert [wave.number for wave in made.waves] == sorted({each[2] for each in objects})


@given(st.lists(st.integers(-5, 5)))
def test_mirroring_keeps_the_set_of_waves_and_reverses_their_order(waves: list[int]) -> None:
    mirror = order.mirrored(waves)
    assert set(mirror) == set(mirror.values()) == set(waves)
    assert [mirror[wave] for wave in sorted(mirror)] == sorted(mirror, reverse=True)


def hook(name: str, **annotations: str) -> dict:
    made = manifest("Job", name)
    notes = {key.replace("__", "/").replace("_", "."): value for key, value in annotations.items()}
    return {**made, "metadata": {"name": name, "namespace": "n", "annotations": notes}}


def test_hooks_are_named_and_a_selective_sync_has_none() -> None:
    hooks = (
        hook("migrate", argocd_argoproj_io__hook="PostSync,PreSync"),
        hook("helm", helm_sh__hook="post-upgrade"),
        hook("skipped", argocd_argoproj_io__hook="Skip"),
        hook("cleanup", argocd_argoproj_io__hook="PostDelete"),
    )
    made = make(missing(manifest("ConfigMap", "c")), plan.Request(NO_PRUNE, hooks=hooks))
    assert [(each.key.name, each.type) for each in made.hooks] == [("migrate", "PreSync"), ("helm", "PostSync")]
    assert plan.record.from_json(plan.record.to_json(made), {step.key: step.manifest for step in made.steps}) == made
    chosen = (SyncResource("ConfigMap", "c"),)
    assert make(missing(), plan.Request(NO_PRUNE, selection=chosen, hooks=hooks)).hooks == ()
