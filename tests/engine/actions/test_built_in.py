"""Every built-in action of 5.28, from the documentation of each project: when it is offered, and what it does."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine.actions import built_in, merge
from argosy.engine.actions.form import Asked, CannotRun

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
TIME = "2026-01-02T03:04:05Z"
NUMAFLOW, NUMAPLANE = "numaflow.numaproj.io/v1alpha1", "numaplane.numaproj.io/v1alpha1"
STATE, FORCE = "numaplane.numaproj.io/upgrade-state", "numaplane.numaproj.io/force-promote"
STRATEGY, ALLOWED = "numaflow.numaproj.io/resume-strategy", "numaflow.numaproj.io/allowed-resume-strategies"
LOSS = "numaplane.numaproj.io/allow-data-loss"
AT_REPLICAS = "autoscaling.keda.sh/paused-replicas"
LOOP = "cnpg.io/reconciliationLoop"

BY_KIND = {
    "apps/Deployment": "pause restart resume scale",
    "apps/StatefulSet": "restart scale",
    "apps/DaemonSet": "restart",
    "batch/CronJob": "create-job suspend resume",
    "batch/Job": "suspend resume terminate",
    "argoproj.io/Rollout": "abort pause promote-full restart resume retry skip-current-step",
    "argoproj.io/AnalysisRun": "terminate",
    "argoproj.io/Application": "toggle-auto-sync",
    "argoproj.io/CronWorkflow": "create-workflow",
    "argoproj.io/WorkflowTemplate": "create-workflow",
    "external-secrets.io/ExternalSecret": "refresh",
    "external-secrets.io/PushSecret": "push",
    **dict.fromkeys(
        (
            "helm.toolkit.fluxcd.io/HelmRelease",
            "image.toolkit.fluxcd.io/ImageRepository",
            "image.toolkit.fluxcd.io/ImageUpdateAutomation",
            "kustomize.toolkit.fluxcd.io/Kustomization",
            "notification.toolkit.fluxcd.io/Receiver",
            "source.toolkit.fluxcd.io/Bucket",
            "source.toolkit.fluxcd.io/GitRepository",
            "source.toolkit.fluxcd.io/HelmChart",
            "source.toolkit.fluxcd.io/HelmRepository",
            "source.toolkit.fluxcd.io/OCIRepository",
        ),
        "reconcile suspend resume",
    ),
    "notification.toolkit.fluxcd.io/Alert": "suspend resume",
    "notification.toolkit.fluxcd.io/Provider": "suspend resume",
    "keda.sh/ScaledObject": "pause paused-replicas resume",
    "keda.sh/ScaledJob": "pause resume",
    "core.strimzi.io/StrimziPodSet": "rolling-update",
    "postgresql.cnpg.io/Cluster": "promote reload restart suspend resume",
    "k8s.mariadb.com/MariaDB": "suspend resume",
    "psmdb.percona.com/PerconaServerMongoDB": "pause unpause",
    "promoter.argoproj.io/PullRequest": "merge",
    "numaflow.numaproj.io/InterStepBufferService": "force-promote",
    "numaflow.numaproj.io/MonoVertex": "pause unpause-fast unpause-gradual force-promote",
    "numaflow.numaproj.io/Pipeline": "pause unpause-fast unpause-gradual force-promote delete",
    "numaplane.numaproj.io/MonoVertexRollout": "pause unpause-fast unpause-gradual",
    "numaplane.numaproj.io/PipelineRollout": "pause unpause-fast unpause-gradual allow-data-loss disallow-data-loss",
}


def test_5_28_these_are_the_kinds_and_their_actions() -> None:
    found = {kind: {each.name for each in actions} for kind, actions in built_in.TABLE.items()}
    assert found == {kind: set(names.split()) for kind, names in BY_KIND.items()}
    assert len(found) == 36


def thing(kind: str, **fields: Any) -> dict[str, Any]:
    """Return an object: `kind` is as `apps/v1/Deployment`; `annotations` and `labels` go into its metadata."""
    api_version, _, name = kind.rpartition("/")
    metadata = {"name": "thing", "namespace": "shop"}
    metadata |= {key: fields.pop(key) for key in ("annotations", "labels", "uid") if key in fields}
    return {"apiVersion": api_version, "kind": name, "metadata": metadata, **fields}


def done(manifest: dict[str, Any], action: str, **parameters: str) -> Any:
    """Return the merge patch that an action makes, or the object that it creates."""
    results = built_in.run(action, Asked(manifest, parameters, NOW, "xyz42"))
    assert results is not None
    (result,) = results
    return merge.difference(manifest, result.object) if result.operation == "patch" else result.object


def disabled(manifest: dict[str, Any]) -> dict[str, bool]:
    return {each.name: each.disabled for each in built_in.offered(manifest)}


def annotated(name: str, value: str | None) -> Any:
    return {"metadata": {"annotations": {name: value}}}


CNPG = thing(
    "postgresql.cnpg.io/v1/Cluster",
    annotations={LOOP: "disabled", "mine": "yes"},
    status={
        "currentPrimary": "thing-1",
        "instancesStatus": {"healthy": ["thing-1", "thing-2", "thing-3"], "failed": ["thing-4"]},
    },
)
MONO_VERTEX = thing(
    f"{NUMAFLOW}/MonoVertex",
    spec={"replicas": 4, "lifecycle": {"desiredPhase": "Paused"}},
    annotations={ALLOWED: "slow"},
)
PIPELINE = thing(f"{NUMAFLOW}/Pipeline", spec={"lifecycle": {"desiredPhase": "Paused"}}, labels={STATE: "trial"})
PIPELINE_ROLLOUT = thing(
    f"{NUMAPLANE}/PipelineRollout",
    annotations={LOSS: "true", "mine": "yes"},
    spec={
        "strategy": {"pauseResume": {"fastResume": True}},
        "pipeline": {"spec": {"lifecycle": {"desiredPhase": "Paused"}}},
    },
)
ROLLOUT = thing(
    "argoproj.io/v1alpha1/Rollout",
    spec={"paused": True, "strategy": {"canary": {"steps": [{"setWeight": 20}, {"pause": {}}]}}},
    status={
        "observedGeneration": "7",
        "currentPodHash": "new",
        "stableRS": "old",
        "currentStepIndex": 1,
        "abort": True,
        "pauseConditions": [{"reason": "CanaryPauseStep"}],
    },
)
SUSPENDED = {"spec": {"suspend": True}}


@pytest.mark.parametrize(
    ("manifest", "action", "patch"),
    [
        (thing("apps/v1/Deployment", spec={}), "pause", {"spec": {"paused": True}}),
        (thing("apps/v1/Deployment", spec={"paused": True}), "resume", {"spec": {"paused": None}}),
        *(
            (
                thing(f"apps/v1/{kind}"),
                "restart",
                {"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": TIME}}}}},
            )
            for kind in ("Deployment", "StatefulSet", "DaemonSet")
        ),
        (thing("batch/v1/CronJob"), "suspend", SUSPENDED),
        (thing("batch/v1/CronJob", **SUSPENDED), "resume", {"spec": {"suspend": False}}),
        (ROLLOUT, "abort", {}),
        (ROLLOUT, "pause", {}),
        (ROLLOUT, "restart", {"spec": {"restartAt": TIME}}),
        (ROLLOUT, "resume", {"spec": {"paused": False}, "status": {"pauseConditions": None}}),
        (ROLLOUT, "retry", {"status": {"abort": None}}),
        (ROLLOUT, "promote-full", {"spec": {"paused": False}, "status": {"abort": None, "promoteFull": True}}),
        (ROLLOUT, "skip-current-step", {"status": {"currentStepIndex": 2, "pauseConditions": None}}),
        (thing("argoproj.io/v1alpha1/AnalysisRun"), "terminate", {"spec": {"terminate": True}}),
        (thing("external-secrets.io/v1/ExternalSecret"), "refresh", annotated("force-sync", TIME)),
        (thing("external-secrets.io/v1alpha1/PushSecret"), "push", annotated("force-sync", TIME)),
        (
            thing("source.toolkit.fluxcd.io/v1/Bucket"),
            "reconcile",
            annotated("reconcile.fluxcd.io/requestedAt", "By Argosy at: 2026-01-02T03:04:05"),
        ),
        (thing("keda.sh/v1alpha1/ScaledJob"), "pause", annotated("autoscaling.keda.sh/paused", "true")),
        (
            thing("keda.sh/v1alpha1/ScaledObject", annotations={AT_REPLICAS: "3", "mine": "y"}),
            "resume",
            annotated("autoscaling.keda.sh/paused-replicas", None),
        ),
        (
            thing("keda.sh/v1alpha1/ScaledObject", annotations={"autoscaling.keda.sh/paused-replicas": "3"}),
            "resume",
            {"metadata": {"annotations": None}},
        ),
        (
            thing("keda.sh/v1alpha1/ScaledObject"),
            "paused-replicas",
            annotated("autoscaling.keda.sh/paused-replicas", "0"),
        ),
        (
            thing("core.strimzi.io/v1beta2/StrimziPodSet"),
            "rolling-update",
            annotated("strimzi.io/manual-rolling-update", "true"),
        ),
        (CNPG, "reload", annotated("cnpg.io/reloadedAt", TIME)),
        (CNPG, "restart", annotated("kubectl.kubernetes.io/restartedAt", TIME)),
        (CNPG, "resume", annotated(LOOP, None)),
        (thing("postgresql.cnpg.io/v1/Cluster"), "suspend", annotated(LOOP, "disabled")),
        (thing("k8s.mariadb.com/v1alpha1/MariaDB"), "suspend", SUSPENDED),
        (thing("psmdb.percona.com/v1/PerconaServerMongoDB"), "pause", {"spec": {"pause": True}}),
        (
            thing("psmdb.percona.com/v1/PerconaServerMongoDB", spec={"pause": True}),
            "unpause",
            {"spec": {"pause": False}},
        ),
        (thing("promoter.argoproj.io/v1alpha1/PullRequest"), "merge", {"spec": {"state": "merged"}}),
        (thing(f"{NUMAFLOW}/MonoVertex"), "pause", {"spec": {"lifecycle": {"desiredPhase": "Paused"}}}),
        (MONO_VERTEX, "unpause-fast", {"spec": {"lifecycle": {"desiredPhase": "Running"}}}),
        (
            MONO_VERTEX,
            "unpause-gradual",
            {"spec": {"replicas": None, "lifecycle": {"desiredPhase": "Running"}}},
        ),
        (PIPELINE, "force-promote", {"metadata": {"labels": {FORCE: "true"}}}),
        (
            PIPELINE,
            "unpause-fast",
            {"metadata": {"annotations": {STRATEGY: "fast"}}, "spec": {"lifecycle": {"desiredPhase": "Running"}}},
        ),
        (PIPELINE, "delete", annotated("numaplane.numaproj.io/marked-for-deletion", "true")),
        (
            thing(f"{NUMAPLANE}/MonoVertexRollout"),
            "pause",
            {"spec": {"monoVertex": {"spec": {"lifecycle": {"desiredPhase": "Paused"}}}}},
        ),
        (
            PIPELINE_ROLLOUT,
            "unpause-gradual",
            {
                "spec": {
                    "strategy": {"pauseResume": {"fastResume": None}},
                    "pipeline": {"spec": {"lifecycle": {"desiredPhase": "Running"}}},
                }
            },
        ),
        (PIPELINE_ROLLOUT, "disallow-data-loss", annotated(LOSS, None)),
        (thing(f"{NUMAPLANE}/PipelineRollout"), "allow-data-loss", annotated(LOSS, "true")),
    ],
    ids=lambda value: value if isinstance(value, str) else value.get("kind", ""),
)
def test_5_28_an_action_changes_what_its_project_says(manifest: dict[str, Any], action: str, patch: Any) -> None:
    assert done(manifest, action) == patch


def test_a_rollout_of_old_is_promoted_by_its_last_step() -> None:
    old = {**ROLLOUT, "status": {**ROLLOUT["status"], "observedGeneration": "74dbb4676d"}}
    assert done(old, "promote-full")["status"] == {"abort": None, "currentStepIndex": 2, "pauseConditions": None}


def test_5_29_workloads_are_scaled_by_a_number() -> None:
    for kind in ("Deployment", "StatefulSet"):
        assert done(thing(f"apps/v1/{kind}", spec={"replicas": 2}), "scale", replicas=" 5 ") == {
            "spec": {"replicas": 5}
        }
    for wrong in ("-1", "2.5", "0x2", "\u0661"):
        with pytest.raises(CannotRun, match=f"invalid number: {wrong}"):
            done(thing("apps/v1/Deployment"), "scale", replicas=wrong)
    with pytest.raises(CannotRun, match="replicas is missing"):
        done(thing("apps/v1/Deployment"), "scale")


@pytest.mark.parametrize(("wanted", "primary"), [("any", "thing-2"), ("3", "thing-3"), ("thing-3", "thing-3")])
def test_a_healthy_instance_becomes_the_primary(wanted: str, primary: str) -> None:
    assert done(CNPG, "promote", instance=wanted)["status"] == {
        "targetPrimary": primary,
        "targetPrimaryTimestamp": "2026-01-02T03:04:05.678901Z",
        "phase": "Switchover in progress",
        "phaseReason": f"Switching over to {primary}",
    }


@pytest.mark.parametrize("wanted", ["4", "thing-1", "nonsense"])
def test_no_other_instance_does(wanted: str) -> None:
    with pytest.raises(CannotRun, match=f"matching the criteria: {wanted}"):
        done(CNPG, "promote", instance=wanted)


def test_a_job_is_made_of_a_cron_job() -> None:
    template = {"metadata": {"labels": {"a": "b"}, "annotations": {"c": "d"}}, "spec": {"backoffLimit": 1}}
    made = done(thing("batch/v1/CronJob", uid="u-1", spec={"jobTemplate": template}), "create-job")
    assert made == {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": "thing-202601020304-xyz42",
            "namespace": "shop",
            "labels": {"a": "b"},
            "annotations": {"c": "d", "cronjob.kubernetes.io/instantiate": "manual"},
            "ownerReferences": [{"apiVersion": "batch/v1", "kind": "CronJob", "name": "thing", "uid": "u-1"}],
        },
        "spec": {"backoffLimit": 1},
    }


def test_the_name_of_what_is_made_is_never_too_long() -> None:
    cron_job = thing("batch/v1/CronJob", spec={"jobTemplate": {}})
    name = done({**cron_job, "metadata": {"name": "x" * 43 + "." + "x" * 8}}, "create-job")["metadata"]["name"]
    assert name == "x" * 43 + "-202601020304-xyz42"
    assert len(name) <= 63


def test_a_workflow_is_made_of_a_template_and_of_a_schedule() -> None:
    made = done(thing("argoproj.io/v1alpha1/WorkflowTemplate"), "create-workflow")
    assert made["spec"] == {"workflowTemplateRef": {"name": "thing"}}
    assert made["metadata"]["labels"] == {"workflows.argoproj.io/workflow-template": "thing"}
    schedule = {"workflowSpec": {"entrypoint": "main"}, "workflowMetadata": {"finalizers": ["f"], "labels": {"a": "b"}}}
    made = done(thing("argoproj.io/v1alpha1/CronWorkflow", spec=schedule), "create-workflow")
    assert (made["kind"], made["spec"]) == ("Workflow", {"entrypoint": "main"})
    assert made["metadata"]["finalizers"] == ["f"]
    assert made["metadata"]["annotations"] == {"workflows.argoproj.io/scheduled-time": TIME}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"automated": {"enabled": True}}),
        ({"automated": {}}, {"automated": {"enabled": False}}),
        ({"automated": {"prune": True, "enabled": None}}, {"automated": {"prune": True, "enabled": False}}),
        ({"automated": {"enabled": False}}, {"automated": {"enabled": True}}),
    ],
)
def test_automated_sync_is_switched_over(before: Any, after: Any) -> None:
    application = thing("argoproj.io/v1alpha1/Application", spec={"syncPolicy": before})
    results = built_in.run("toggle-auto-sync", Asked(application, {}, NOW, ""))
    assert results is not None
    assert results[0].object["spec"]["syncPolicy"] == after


def test_an_ended_job_is_left_alone_and_offered_nothing() -> None:
    for kind in ("Complete", "Failed", "FailureTarget", "SuccessCriteriaMet"):
        job = thing("batch/v1/Job", status={"conditions": [{"type": kind, "status": "True"}]})
        assert built_in.offered(job) == ()
        assert done(job, "terminate") == {}
    assert set(disabled(thing("batch/v1/Job", spec={"suspend": True}))) == {"resume", "terminate"}
    assert set(disabled(thing("batch/v1/Job"))) == {"suspend", "terminate"}


@pytest.mark.parametrize(
    ("spec", "once"),
    [
        ({}, False),
        ({"refreshInterval": "1h"}, False),
        ({"refreshInterval": "0"}, True),
        ({"refreshInterval": 0}, True),
        ({"refreshInterval": "0s", "refreshPolicy": "Periodic"}, True),
        ({"refreshInterval": "0s", "refreshPolicy": "OnChange"}, False),
        ({"refreshInterval": "1h", "refreshPolicy": "CreatedOnce"}, True),
    ],
)
def test_a_secret_that_is_fetched_once_is_not_fetched_again(spec: Any, once: bool) -> None:
    assert disabled(thing("external-secrets.io/v1/ExternalSecret", spec=spec)) == {"refresh": once}


@pytest.mark.parametrize(
    ("manifest", "off"),
    [
        (ROLLOUT, "abort pause"),
        ({**ROLLOUT, "status": {**ROLLOUT["status"], "stableRS": "new"}}, "abort pause promote-full skip-current-step"),
        ({**ROLLOUT, "spec": {}, "status": {}}, "abort pause promote-full resume retry skip-current-step"),
        (
            {
                **ROLLOUT,
                "spec": {"strategy": {"blueGreen": {}}},
                "status": {"currentPodHash": "new", "stableRS": "old"},
            },
            "resume retry skip-current-step",
        ),
        (thing("argoproj.io/v1alpha1/AnalysisRun", status={"phase": "Running"}), ""),
        (thing("argoproj.io/v1alpha1/AnalysisRun", spec={"terminate": True}), "terminate"),
        (CNPG, "suspend"),
        (thing("postgresql.cnpg.io/v1/Cluster"), "promote resume"),
        (MONO_VERTEX, "force-promote pause unpause-fast"),
        ({**MONO_VERTEX, "metadata": {"annotations": {ALLOWED: "slow, fast"}}}, "force-promote pause"),
        (PIPELINE, "delete pause"),
        ({**PIPELINE, "metadata": {"labels": {STATE: "in-progress", FORCE: "true"}}}, "delete force-promote pause"),
        (PIPELINE_ROLLOUT, "allow-data-loss pause"),
        (thing(f"{NUMAPLANE}/PipelineRollout"), "disallow-data-loss unpause-fast unpause-gradual"),
        (thing("promoter.argoproj.io/v1alpha1/PullRequest", spec={"state": "open"}), "merge"),
        (thing("k8s.mariadb.com/v1alpha1/MariaDB", **SUSPENDED), "suspend"),
    ],
    ids=lambda value: value if isinstance(value, str) else value["kind"],
)
def test_what_makes_no_sense_is_disabled(manifest: dict[str, Any], off: str) -> None:
    assert " ".join(name for name, is_off in disabled(manifest).items() if is_off) == off


def test_a_kind_without_actions_has_none() -> None:
    assert built_in.offered(thing("v1/ConfigMap")) == ()
    assert built_in.run("restart", Asked(thing("v1/ConfigMap"), {}, NOW, "")) is None
    assert built_in.run("explode", Asked(thing("apps/v1/Deployment"), {}, NOW, "")) is None


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["paused", "strategy", "conditions", "suspend", "canary", "type"]), inner)
    ),
    max_leaves=10,
)


@given(kind=st.sampled_from(sorted(BY_KIND)), spec=ODD, status=ODD, metadata=st.dictionaries(st.text(max_size=3), ODD))
def test_an_object_of_an_odd_shape_breaks_nothing(kind: str, spec: Any, status: Any, metadata: Any) -> None:
    group, _, name = kind.rpartition("/")
    manifest = {"apiVersion": f"{group}/v1", "kind": name, "metadata": metadata, "spec": spec, "status": status}
    built_in.offered(manifest)
    for action in BY_KIND[kind].split():
        try:
            results = built_in.run(action, Asked(manifest, {"replicas": "1"}, NOW, "abcde"))
        except CannotRun:
            continue
        assert results is not None
