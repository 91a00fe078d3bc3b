import json
import stat

import pytest
import yaml

from argosy.cli import kubeconfigs
from argosy.cli.errors import CommandError

REPOSITORIES = "/api/v1/repositories"
CLUSTERS = "/api/v1/clusters"

KUBECONFIG = {
    "current-context": "dev",
    "contexts": [
        {"name": "dev", "context": {"cluster": "c1", "user": "u"}},
        {"name": "prod", "context": {"cluster": "c2", "user": "u"}},
    ],
    "clusters": [
        {"name": "c1", "cluster": {"server": "https://127.0.0.1:1"}},
        {"name": "c2", "cluster": {"server": "https://127.0.0.1:2"}},
    ],
    "users": [{"name": "u", "user": {"token": "very-secret"}}],
}


@pytest.fixture
def kubeconfig(tmp_path):
    path = tmp_path / "kubeconfig"
    path.write_text(yaml.safe_dump(KUBECONFIG))
    return path


def test_a_repository_is_added_with_what_it_needs(api, argosy, tmp_path):
    key = tmp_path / "key"
    key.write_text("PRIVATE")
    api.on("POST", REPOSITORIES, {"repo": "https://git.example.com/a.git"})
    words = "--username u --password s3cret --insecure-skip-server-verification --depth 1 --project team --upsert"
    done = argosy("repo", "add", "https://git.example.com/a.git", *words.split(), "--ssh-private-key-path", str(key))
    assert (done.code, done.out) == (0, "Repository 'https://git.example.com/a.git' added\n")
    assert api.asked[-1].parameters == {"upsert": "true"}
    assert api.asked[-1].body == {
        "repo": "https://git.example.com/a.git",
        "type": "git",
        "username": "u",
        "password": "s3cret",
        "sshPrivateKey": "PRIVATE",
        "insecure": True,
        "depth": 1,
        "project": "team",
    }
    assert "s3cret" not in done.out + done.err


def test_a_password_for_a_repository_is_read_from_standard_input(api, argosy, monkeypatch):
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("piped\n"))
    api.on("POST", REPOSITORIES, {"repo": "x"})
    assert argosy("repo", "add", "x", "--username", "u").code == 0
    assert api.asked[-1].body["password"] == "piped"


def test_a_helm_repository_needs_a_name(api, argosy):
    done = argosy("repo", "add", "https://charts.example.com", "--type=helm")
    assert (done.code, done.err) == (20, "error: a Helm repository needs a name\nAdd --name NAME.\n")
    assert not api.asked


def test_repositories_are_listed_and_removed(api, argosy):
    state = {"status": "Failed", "message": "authentication required"}
    items = [
        {"repo": "https://a", "connectionState": {"status": "Successful"}, "username": "u"},
        {"repo": "https://b", "type": "helm", "name": "charts", "insecure": True, "connectionState": state},
    ]
    api.on("GET", REPOSITORIES, {"items": items})
    api.on("DELETE", f"{REPOSITORIES}/https://a", {})
    lines = [line.split() for line in argosy("repo", "list").out.splitlines()]
    assert lines == [
        ["TYPE", "NAME", "REPO", "INSECURE", "OCI", "LFS", "CREDS", "STATUS", "MESSAGE", "PROJECT"],
        ["git", "https://a", "false", "false", "false", "true", "Successful"],
        ["helm", "charts", "https://b", "true", "false", "false", "false", "Failed", "authentication", "required"],
    ]
    assert argosy("repo", "list", "-o", "url").out == "https://a\nhttps://b\n"
    assert json.loads(argosy("repo", "list", "-o", "json").out) == items
    assert argosy("repo", "rm", "https://a", "--project", "p").out == "Repository 'https://a' removed\n"
    assert api.asked[-1].parameters == {"appProject": "p"}


def test_clusters_are_listed_and_removed(api, argosy):
    info = {"serverVersion": "1.37", "connectionState": {"status": "Successful"}}
    items = [
        {"server": "https://kubernetes.default.svc", "name": "in-cluster", "info": info},
        {"server": "https://10.0.0.1", "name": "far", "namespaces": ["a", "b"], "project": "team"},
    ]
    api.on("GET", CLUSTERS, {"items": items})
    lines = [line.split() for line in argosy("cluster", "list").out.splitlines()]
    assert lines == [
        ["SERVER", "NAME", "VERSION", "STATUS", "MESSAGE", "PROJECT"],
        ["https://kubernetes.default.svc", "in-cluster", "1.37", "Successful"],
        ["https://10.0.0.1", "(2", "namespaces)", "far", "team"],
    ]
    assert argosy("cluster", "list", "-o", "server").out.splitlines()[1] == "https://10.0.0.1"
    api.on("DELETE", f"{CLUSTERS}/https://10.0.0.1", {})
    api.on("DELETE", f"{CLUSTERS}/far", {})
    assert argosy("cluster", "rm", "https://10.0.0.1").out == "Cluster 'https://10.0.0.1' removed\n"
    assert api.asked[-1].parameters == {}
    assert argosy("cluster", "rm", "far", "-y").code == 0
    assert api.asked[-1].parameters == {"id.type": "name"}


def test_without_a_context_those_that_there_are_are_shown(argosy, kubeconfig):
    done = argosy("cluster", "add", "--kubeconfig", str(kubeconfig))
    assert done.code == 1
    assert [line.split() for line in done.out.splitlines()] == [
        ["CURRENT", "NAME", "SERVER"],
        ["*", "dev", "https://127.0.0.1:1"],
        ["prod", "https://127.0.0.1:2"],
    ]


def test_a_context_is_found_by_name_or_by_path(kubeconfig, tmp_path):
    known = kubeconfigs.contexts(str(kubeconfig), {})
    assert kubeconfigs.find("prod", known, {}).server == "https://127.0.0.1:2"
    assert kubeconfigs.find(str(kubeconfig), [], {}).name == "dev"
    with pytest.raises(CommandError, match="does not exist in kubeconfig") as raised:
        kubeconfigs.find("none", known, {})
    assert raised.value.advice == "Known contexts: dev, prod."


def test_several_kubeconfigs_are_searched_in_order(kubeconfig, tmp_path):
    other = tmp_path / "other"
    other.write_text(yaml.safe_dump({**KUBECONFIG, "clusters": []}))
    environment = {"KUBECONFIG": f"{other}:{tmp_path / 'none'}:{kubeconfig}"}
    found = kubeconfigs.contexts(None, environment)
    assert [(each.name, each.path, each.server) for each in found] == [("dev", other, ""), ("prod", other, "")]


def test_a_kubeconfig_that_cannot_be_read_gives_nothing_away(tmp_path):
    path = tmp_path / "kubeconfig"
    path.write_text("token: very-secret: [")
    with pytest.raises(CommandError) as raised:
        kubeconfigs.contexts(str(path), {})
    assert "very-secret" not in str(raised.value)
    path.chmod(stat.S_IRUSR)
    with pytest.raises(CommandError, match="cannot be read"):
        kubeconfigs.contexts(str(tmp_path / "none"), {})


def test_a_cluster_that_cannot_be_reached_is_not_added(api, argosy, kubeconfig):
    done = argosy("cluster", "add", "dev", "--kubeconfig", str(kubeconfig), "-y")
    assert done.code == 20
    assert "127.0.0.1:1" in done.err
    assert "very-secret" not in done.err
    assert not api.asked


def test_projects_are_listed_and_shown(api, argosy):
    spec = {
        "description": "Everything",
        "destinations": [{"server": "*", "namespace": "*"}],
        "sourceRepos": ["https://a", "https://b"],
        "clusterResourceWhitelist": [{"group": "*", "kind": "*"}],
        "orphanedResources": {"warn": True},
    }
    project = {"metadata": {"name": "default"}, "spec": spec}
    api.on("GET", "/api/v1/projects", {"items": [project]})
    api.on("GET", "/api/v1/projects/default", project)
    row = argosy("proj", "list").out.splitlines()[1]
    assert row.split() == [
        "default",
        "Everything",
        "*,*",
        "2",
        "repos",
        "*/*",
        "<none>",
        "<none>",
        "enabled",
        "(warn=true)",
    ]
    assert argosy("proj", "list", "-o", "name").out == "default\n"
    shown = argosy("proj", "get", "default").out.splitlines()
    assert shown[0] == "Name:                          default"
    assert shown[3:5] == ["Repositories:                  https://a", "                               https://b"]
    assert yaml.safe_load(argosy("proj", "get", "default", "-o", "yaml").out) == project
