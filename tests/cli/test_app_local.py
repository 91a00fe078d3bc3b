"""`argosy app manifests|diff --local`: an application of the server, rendered from a folder of this machine."""

import json
import os

import pytest

from argosy.wire import yaml_text
from tests.cli.applications import app

WEB = "/api/v1/applications/web"
CLUSTER = "/api/v1/clusters/https://kubernetes.default.svc"
SETTINGS = {
    "trackingMethod": "annotation",
    "appLabelKey": "app.kubernetes.io/instance",
    "controllerNamespace": "argocd",
}
TEMPLATE = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  color: {{ .Values.color | quote }}
  kube: {{ .Capabilities.KubeVersion.Version | quote }}
  monitor: {{ .Capabilities.APIVersions.Has "example.org/v1/Monitor" | quote }}
"""


@pytest.fixture
def chart(tmp_path):
    """A chart in a work tree, with changes that nobody has pushed."""
    (tmp_path / "work" / ".git").mkdir(parents=True)
    (tmp_path / "work" / ".git" / "config").write_text('[remote "origin"]\n\turl = https://git.example.com/apps.git\n')
    (tmp_path / "work" / "charts" / "web" / "templates").mkdir(parents=True)
    chart = tmp_path / "work" / "charts" / "web"
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    (chart / "values.yaml").write_text("color: blue\n")
    (chart / "templates" / "all.yaml").write_text(TEMPLATE)
    return chart


@pytest.fixture
def server(api, monkeypatch, tmp_path, argosy):
    """A server with an application, and a place for the command line to work in."""
    for name in ("cache", "home"):
        monkeypatch.setenv({"cache": "XDG_CACHE_HOME", "home": "HOME"}[name], str(tmp_path / name))
    monkeypatch.setenv("PATH", os.defpath)
    api.on("GET", WEB, app())
    api.on("GET", CLUSTER, {"info": {"serverVersion": "1.36.1", "apiVersions": ["v1", "example.org/v1/Monitor"]}})
    api.on("GET", "/api/v1/settings", SETTINGS)
    return api


def with_source(**source):
    document = app()
    document["spec"]["source"] |= source
    return document


def test_the_folder_is_rendered_with_the_applications_options(server, argosy, chart):
    server.on("GET", WEB, with_source(helm={"parameters": [{"name": "color", "value": "red"}], "releaseName": "front"}))
    result = argosy("app", "manifests", "web", "--local", str(chart))
    assert result.err == ""
    (found,) = yaml_text.load_all(result.out)
    assert found["data"] == {"color": "red", "kube": "v1.36.1", "monitor": "true"}
    assert found["metadata"] == {
        "name": "front",
        "annotations": {"argocd.argoproj.io/tracking-id": "web:/ConfigMap:shop/front"},
    }


def test_the_folder_takes_the_place_of_a_chart_of_a_repository(server, argosy, chart):
    server.on("GET", WEB, with_source(repoURL="https://charts.example.org", chart="web", path="", targetRevision="1.*"))
    (found,) = yaml_text.load_all(argosy("app", "manifests", "web", "--local", str(chart)).out)
    assert found["data"]["color"] == "blue"


def test_objects_are_marked_as_the_server_does(server, argosy, chart):
    server.on("GET", "/api/v1/settings", {**SETTINGS, "trackingMethod": "label", "appLabelKey": "owner"})
    (found,) = yaml_text.load_all(argosy("app", "manifests", "web", "--local", str(chart)).out)
    assert found["metadata"] == {"name": "web", "labels": {"owner": "web"}}


def test_an_application_of_another_namespace_has_that_in_its_name(server, argosy, chart):
    server.on("GET", "/api/v1/settings", {**SETTINGS, "controllerNamespace": "gitops"})
    (found,) = yaml_text.load_all(argosy("app", "manifests", "web", "--local", str(chart)).out)
    assert found["metadata"]["name"] == "web"
    marks = found["metadata"]["annotations"]["argocd.argoproj.io/tracking-id"]
    assert marks == "argocd_web:/ConfigMap:shop/web"


def test_of_several_sources_those_of_the_repository_are_taken(server, argosy, chart):
    document = app()
    del document["spec"]["source"]
    document["spec"]["sources"] = [
        {"repoURL": "ssh://git@git.example.com/apps", "path": "charts/web", "helm": {"valueFiles": ["$v/prod.yaml"]}},
        {"repoURL": "https://git.example.com/apps.git", "ref": "v"},
    ]
    server.on("GET", WEB, document)
    (chart.parent.parent / "prod.yaml").write_text("color: green\n")
    (found,) = yaml_text.load_all(argosy("app", "manifests", "web", "--local", str(chart)).out)
    assert found["data"]["color"] == "green"


def test_a_cluster_that_may_not_be_seen_is_told(server, argosy, chart):
    server.on("GET", CLUSTER, {"message": "permission denied"}, status=403)
    result = argosy("app", "manifests", "web", "--local", str(chart))
    assert result.code == 0
    assert (
        "warning: the cluster's versions are not known (permission denied); say them with --kube-version" in result.err
    )
    given = argosy("app", "manifests", "web", "--local", str(chart), "--kube-version", "1.35.0")
    assert given.err == ""
    assert yaml_text.load_all(given.out)[0]["data"]["kube"] == "v1.35.0"


def test_a_cluster_is_found_by_its_name(server, argosy, chart):
    document = app()
    document["spec"]["destination"] = {"name": "far", "namespace": "shop"}
    server.on("GET", WEB, document)
    server.on("GET", "/api/v1/clusters/far", {"info": {"serverVersion": "1.34.0"}})
    (found,) = yaml_text.load_all(argosy("app", "manifests", "web", "--local", str(chart)).out)
    assert found["data"]["kube"] == "v1.34.0"
    assert next(each for each in server.asked if "/clusters/" in each.path).parameters == {"id.type": "name"}


def test_what_cannot_be_rendered_is_said_and_nothing_is_printed(server, argosy, chart):
    (chart / "templates" / "bad.yaml").write_text("{{ .Values.a.b }}")
    result = argosy("app", "manifests", "web", "--local", str(chart))
    assert (result.code, result.out) == (20, "")
    assert "web/templates/bad.yaml:1" in result.err


def managed(target=None, live=None, seen=None, predicted=None):
    """A managed resource as the server shows it; what is compared is what is live if nothing else is said."""
    shown = target or live
    metadata = shown["metadata"]
    return {
        "group": "",
        "kind": shown["kind"],
        "namespace": metadata.get("namespace", ""),
        "name": metadata["name"],
        "targetState": json.dumps(target),
        "liveState": json.dumps(live),
        "normalizedLiveState": json.dumps(seen or live),
        "predictedLiveState": json.dumps(predicted or seen or live),
    }


def config_map(name="web", namespace="shop", **data):
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    metadata["annotations"] = {"argocd.argoproj.io/tracking-id": f"web:/ConfigMap:shop/{name}"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


WEB_MAP = {"color": "blue", "kube": "v1.36.1", "monitor": "true"}


def test_a_folder_that_is_as_git_differs_in_nothing(server, argosy, chart):
    same = config_map(**WEB_MAP)
    server.on("GET", f"{WEB}/managed-resources", {"items": [managed(same, {**same, "immutable": False})]})
    result = argosy("app", "diff", "web", "--local", str(chart))
    assert (result.code, result.out, result.err) == (0, "", "")


def test_a_change_in_the_folder_is_shown_against_what_runs(server, argosy, chart):
    same = config_map(**WEB_MAP)
    server.on("GET", f"{WEB}/managed-resources", {"items": [managed(same, {**same, "immutable": False})]})
    (chart / "values.yaml").write_text("color: red\n")
    result = argosy("app", "diff", "web", "--local", str(chart))
    assert (result.code, result.err) == (1, "")
    assert [line for line in result.out.splitlines() if line[:1] in ("+", "-", "=")] == [
        "===== /ConfigMap shop/web ======",
        "--- live",
        "+++ desired",
        "-  color: blue",
        "+  color: red",
    ]


def test_what_the_server_would_change_anyway_is_shown_too(server, argosy, chart):
    same = config_map(**WEB_MAP)
    live = config_map(**{**WEB_MAP, "monitor": "false"})
    server.on("GET", f"{WEB}/managed-resources", {"items": [managed(same, live, live, same)]})
    result = argosy("app", "diff", "web", "--local", str(chart))
    assert "-  monitor: 'false'\n+  monitor: 'true'" in result.out


def test_what_the_folder_adds_and_what_it_lacks_is_shown(server, argosy, chart):
    gone = config_map("gone", color="x")
    server.on("GET", f"{WEB}/managed-resources", {"items": [managed(gone, gone)]})
    (chart / "templates" / "role.yaml").write_text(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\n"
    )
    result = argosy("app", "diff", "web", "--local", str(chart))
    assert result.code == 1
    assert "-  color: x" in result.out
    assert "===== /ConfigMap shop/web ======" in result.out
    assert "===== rbac.authorization.k8s.io/ClusterRole /r ======" in result.out


def test_what_is_not_wanted_and_does_not_run_is_nothing(server, argosy, chart):
    same = config_map(**WEB_MAP)
    gone = config_map("gone", color="x")
    server.on("GET", f"{WEB}/managed-resources", {"items": [managed(same, same), managed(gone)]})
    assert argosy("app", "diff", "web", "--local", str(chart)).out == ""


def test_what_git_wants_no_more_is_compared_if_the_folder_wants_it(server, argosy, chart):
    live = config_map(**WEB_MAP)
    server.on("GET", f"{WEB}/managed-resources", {"items": [managed(None, live)]})
    assert argosy("app", "diff", "web", "--local", str(chart)).out == ""
    (chart / "values.yaml").write_text("color: red\n")
    assert "+  color: red" in argosy("app", "diff", "web", "--local", str(chart)).out


def test_secrets_are_not_compared(server, argosy, chart):
    same = config_map(**WEB_MAP)
    (chart / "templates" / "secret.yaml").write_text(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: hunter2}\n"
    )
    server.on("GET", f"{WEB}/managed-resources", {"items": [managed(same, same)]})
    result = argosy("app", "diff", "web", "--local", str(chart))
    assert (result.code, result.out) == (0, "")
    assert "Secrets are not compared" in result.err
    assert "hunter2" not in result.err


@pytest.mark.parametrize("fields", [{"jsonPointers": ["/data/color"]}, {"jqPathExpressions": [".data.color"]}])
def test_what_the_application_ignores_is_ignored(server, argosy, chart, fields):
    document = app()
    document["spec"]["ignoreDifferences"] = [{"kind": "ConfigMap", **fields}]
    server.on("GET", WEB, document)
    same = config_map(**WEB_MAP)
    seen = config_map(**{key: value for key, value in WEB_MAP.items() if key != "color"})
    server.on("GET", f"{WEB}/managed-resources", {"items": [managed(same, same, seen)]})
    (chart / "values.yaml").write_text("color: red\n")
    assert argosy("app", "diff", "web", "--local", str(chart)).out == ""
