"""`argosy diff`: two files, compared as the server compares; and the forms in which a difference is shown."""

import json

import pytest
import yaml

from tests.cli.test_app_diff import CHANGED, WEB

PORT = {"containerPort": 80, "protocol": "TCP"}
DESIRED = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  template:
    spec:
      containers:
      - {name: app, image: "app:2", ports: [{containerPort: 80}], resources: {requests: {cpu: 0.5}}}
"""
OWNED = {"f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":"app"}': {"f:image": {}}}}}}}
LIVE = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {
        "name": "web",
        "namespace": "shop",
        "uid": "u",
        "managedFields": [
            {"manager": "kubectl-edit", "operation": "Update", "time": "2026-01-02T03:04:05Z", "fieldsV1": OWNED}
        ],
    },
    "spec": {
        "replicas": 2,
        "paused": False,
        "template": {
            "spec": {
                "containers": [
                    {"name": "app", "image": "app:1", "ports": [PORT], "resources": {"requests": {"cpu": "500m"}}}
                ]
            }
        },
    },
    "status": {"replicas": 2},
}


def schema_of_deployments():
    quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity"
    requests = {"type": "object", "additionalProperties": {"$ref": f"#/components/schemas/{quantity}"}}
    container = {
        "name": {"type": "string"},
        "image": {"type": "string"},
        "ports": {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["containerPort", "protocol"],
            "items": {"properties": {"containerPort": {}, "protocol": {"type": "string", "default": "TCP"}}},
        },
        "resources": {"properties": {"requests": requests}},
    }
    containers = {
        "type": "array",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
        "items": {"properties": container},
    }
    pod = {"properties": {"containers": containers}}
    spec = {"replicas": {"type": "integer"}, "template": {"properties": {"spec": pod}}}
    deployment = {
        "properties": {"spec": {"properties": spec}, "metadata": {"type": "object"}},
        "x-kubernetes-group-version-kind": [{"group": "apps", "version": "v1", "kind": "Deployment"}],
    }
    schemas = {"io.k8s.api.apps.v1.Deployment": deployment, quantity: {"oneOf": [{"type": "string"}]}}
    return json.dumps({"components": {"schemas": schemas}})


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "desired.yaml").write_text(DESIRED)
    (tmp_path / "live.yaml").write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": [LIVE]}))
    (tmp_path / "schema.json").write_text(schema_of_deployments())
    return tmp_path


FILES = ("diff", "--desired", "desired.yaml", "--live", "live.yaml")


def test_only_what_a_sync_would_change_is_shown(run, files):
    done = run(*FILES, "--schema", "schema.json")
    assert done.code == 1
    assert done.out.startswith("\n===== apps/Deployment shop/web ======\n--- live\n+++ desired\n")
    changes = [line for line in done.out.splitlines()[4:] if line.startswith(("+", "-"))]
    assert [line.strip("+- ") for line in changes] == ["image: app:1", "image: app:2"]


def test_each_field_is_shown_with_who_owns_it_and_since_when(run, files):
    done = run(*FILES, "--schema", "schema.json", "--fields")
    line = done.out.splitlines()[-1]
    assert line == (
        'spec.template.spec.containers[app].image: "app:1" -> "app:2"  (updated by kubectl-edit, 2026-01-02T03:04:05Z)'
    )


def test_without_a_schema_a_quantity_written_in_another_way_is_shown_too(run, files):
    done = run(*FILES, "--fields")
    assert [line.split(":")[0] for line in done.out.splitlines()[2:]] == [
        "spec.template.spec.containers[app].image",
        "spec.template.spec.containers[app].resources.requests.cpu",
    ]


def test_both_sides_stand_beside_each_other(run, files):
    done = run(*FILES, "--schema", "schema.json", "--side-by-side")
    (marked,) = [line for line in done.out.splitlines() if " | " in line]
    assert [side.strip() for side in marked.split("|")] == ["- image: app:1", "- image: app:2"]


def test_what_is_the_same_is_exit_code_0(run, files):
    (files / "desired.yaml").write_text(DESIRED.replace("app:2", "app:1"))
    done = run(*FILES, "--schema", "schema.json")
    assert (done.code, done.out, done.err) == (0, "", "")


def test_what_only_one_side_has_is_a_difference(run, files):
    (files / "desired.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: new}\n")
    done = run(*FILES, "--fields", "--diff-exit-code", "7")
    assert done.code == 7
    assert done.out.split("\n===== ")[1:] == [
        "/ConfigMap /new ======\nnot there\n",
        "apps/Deployment shop/web ======\nno longer wanted\n",
    ]


def test_no_value_of_a_secret_is_shown(run, files):
    for name, value in (("desired", "bmV3"), ("live", "b2xk")):
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"k": value}}
        (files / f"{name}.yaml").write_text(yaml.safe_dump(secret))
    for form in ((), ("--fields",), ("--side-by-side",)):
        done = run(*FILES, *form)
        assert done.code == 1
        assert "+++++++++" in done.out
        assert "bmV3" not in done.out
        assert "b2xk" not in done.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("diff", "--desired", "desired.yaml"), "--live is missing"),
        (("diff", "--desired", "-", "--live", "-"), "only one of the files can be standard input"),
        ((*FILES, "--fields", "--side-by-side"), "choose one"),
        (("diff", "--desired", "desired.yaml", "--live", "none.yaml"), "none.yaml cannot be read"),
        (
            ("diff", "--desired", "desired.yaml", "--live", "odd.yaml"),
            "document 1: a manifest must be an object",
        ),
    ],
)
def test_a_wrong_call_is_no_difference(run, files, words, message):
    (files / "odd.yaml").write_text("- 1\n")
    done = run(*words)
    assert done.code == 20
    assert message in done.err


def test_the_servers_answer_is_shown_in_the_same_forms(api, argosy):
    api.on("GET", f"{WEB}/managed-resources", {"items": [CHANGED]})
    assert argosy("app", "diff", "web", "--fields").out.endswith("======\nspec.replicas: 1 -> 2\n")
    assert " | " in argosy("app", "diff", "web", "--side-by-side").out
