"""`argosy app manifests --local`: an application of the server, rendered from a folder of this machine."""

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
