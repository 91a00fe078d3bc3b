"""Ownership marks are Argo CD's, to the letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.engine.model.resource import ResourceKey, key_of
from argosy.engine.tracking import TRACKING_ID, Owner, Tracking, owner_of, read_tracking_id, stamp, tracking_id

DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "n"}}
ROLE = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "r"}}
CRD = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "x"}}


def marks(manifest: dict) -> tuple[dict, dict]:
    metadata = manifest["metadata"]
    return metadata.get("annotations", {}), metadata.get("labels", {})


@pytest.mark.parametrize(
    ("manifest", "tracking", "annotations", "labels"),
    [
        (DEPLOYMENT, Tracking(), {TRACKING_ID: "app:apps/Deployment:n/web"}, {}),
        (ROLE, Tracking(), {TRACKING_ID: "app:rbac.authorization.k8s.io/ClusterRole:dest/r"}, {}),
        (CRD, Tracking(), {}, {}),
        (DEPLOYMENT, Tracking("label"), {}, {"app.kubernetes.io/instance": "app"}),
        (
            DEPLOYMENT,
            Tracking("annotation+label", "team/app"),
            {TRACKING_ID: "app:apps/Deployment:n/web"},
            {"team/app": "app"},
        ),
        (
            DEPLOYMENT,
            Tracking(installation_id="one"),
            {TRACKING_ID: "app:apps/Deployment:n/web", "argocd.argoproj.io/installation-id": "one"},
            {},
        ),
    ],
)
def test_2_6_and_3_26_to_3_31_stamp(manifest: dict, tracking: Tracking, annotations: dict, labels: dict) -> None:
    assert marks(dict(stamp(manifest, "app", tracking=tracking, namespace="dest"))) == (annotations, labels)


def test_3_29_a_long_instance_name_is_cut_for_the_label_beside_the_annotation() -> None:
    stamped = stamp(DEPLOYMENT, "a" * 62 + "-b", tracking=Tracking("annotation+label"), namespace="n")
    assert stamped["metadata"]["labels"] == {"app.kubernetes.io/instance": "a" * 62}


def test_stamping_changes_no_given_object() -> None:
    given_before = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s", "annotations": {"a": "1"}}}
    stamp(given_before, "app", tracking=Tracking(), namespace="n")
    assert given_before["metadata"]["annotations"] == {"a": "1"}


def test_3_28_a_copy_is_not_its_own() -> None:
    copied = {
        **DEPLOYMENT,
        "metadata": {
            **DEPLOYMENT["metadata"],
            "name": "copy",
            "annotations": {TRACKING_ID: "app:apps/Deployment:n/web"},
        },
    }
    assert owner_of(copied, Tracking()) == Owner("app", own=False)


@pytest.mark.parametrize(
    "value", ["", "app", "app:apps/Deployment", "app:apps/Deployment:web", ":apps/Deployment:n/web", "app:apps/:n/web"]
)
def test_a_malformed_mark_is_nobodys(value: str) -> None:
    assert read_tracking_id(value, key_of(DEPLOYMENT)) is None


def test_3_30_another_installations_mark_is_nobodys() -> None:
    stamped = stamp(DEPLOYMENT, "app", tracking=Tracking(installation_id="one"), namespace="n")
    assert owner_of(stamped, Tracking(installation_id="two")) is None


name = st.text("abc-.", min_size=1, max_size=6)


@given(name, st.sampled_from(["", "apps", "x.io"]), name, st.sampled_from(["", "n"]), name)
def test_3_27_what_is_stamped_is_read_back(
    instance: str, group: str, kind: str, namespace: str, object_name: str
) -> None:
    key = ResourceKey(group, kind, namespace, object_name)
    placed = key._replace(namespace=namespace or "dest")
    assert read_tracking_id(tracking_id(instance, placed), key) == Owner(instance, own=True)
