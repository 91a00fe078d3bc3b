"""A user at a terminal: what the command line does to the real system, and what it answers scripts."""

import json
from typing import Any

import pytest
import yaml

IN_CLUSTER = "https://kubernetes.default.svc"


def config(name: str, value: str) -> str:
    return yaml.safe_dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"v": value}})


@pytest.fixture
def made(world: Any) -> Any:
    """An application `terminal` from a folder with one ConfigMap, made by options; deleted afterwards."""
    if not (world.stack.repository / "terminal" / "a.yaml").exists():
        world.edit("terminal/a.yaml", config("a", "1"))
    words = f"--repo {world.stack.repository_url} --path terminal --dest-server {IN_CLUSTER} --dest-namespace terminal"
    created = world.argosy("app", "create", "terminal", *words.split(), "--sync-option", "CreateNamespace=true")
    assert created.stdout == "application 'terminal' created\n"
    again = world.argosy("app", "create", "terminal", *words.split(), "--sync-option", "CreateNamespace=true")
    assert again.stdout == "application 'terminal' unchanged\n"
    yield world
    if world.exists("terminal"):
        world.argosy("app", "delete", "terminal", "-y", "--wait")


def document(world: Any) -> Any:
    return json.loads(world.argosy("app", "get", "terminal", "-o", "json").stdout)


def test_an_application_lives_and_dies_at_the_terminal(made: Any) -> None:
    waited = made.argosy("app", "wait", "terminal", "--timeout", "1", check=False)
    assert waited.returncode == 20
    assert "timed out (1s)" in waited.stderr
    assert made.argosy("app", "diff", "terminal", check=False).returncode == 1

    synced = made.argosy("app", "sync", "terminal", "--timeout", "60")
    assert "Phase:              Succeeded" in synced.stdout
    made.argosy("app", "wait", "terminal", "--timeout", "60")
    assert made.argosy("app", "diff", "terminal").stdout == ""
    assert made.kubectl("-n", "terminal", "get", "cm", "a", "-o", "jsonpath={.data.v}") == "1"
    assert made.argosy("app", "history", "terminal", "-o", "id").stdout == "0\n"
    assert "ConfigMap" in made.argosy("app", "resources", "terminal").stdout
    assert yaml.safe_load(made.argosy("app", "manifests", "terminal").stdout)["data"] == {"v": "1"}

    gone = made.argosy("app", "delete", "terminal", "-y", "--wait")
    assert gone.stdout.endswith("application 'terminal' deleted\n")
    assert made.argosy("app", "get", "terminal", check=False).returncode == 20


def test_a_spec_is_set_and_unset_and_drift_is_put_back(made: Any) -> None:
    made.argosy("app", "set", "terminal", "--sync-policy", "auto", "--self-heal", "--directory-recurse")
    made.argosy("app", "wait", "terminal", "--timeout", "60")
    assert document(made)["spec"]["source"]["directory"] == {"recurse": True}
    made.kubectl("-n", "terminal", "patch", "cm", "a", "--type=merge", "-p", '{"data":{"v":"drifted"}}')
    made.wait(lambda: made.kubectl("-n", "terminal", "get", "cm", "a", "-o", "jsonpath={.data.v}") == "1")
    made.argosy("app", "set", "terminal", "--nameprefix", "x-", "--directory-recurse=false", "--validate=false")
    made.argosy("app", "unset", "terminal", "--nameprefix")
    assert "kustomize" not in document(made)["spec"]["source"]


def test_a_sync_that_fails_says_which_object_and_why(made: Any) -> None:
    made.edit("terminal/bad.yaml", yaml.safe_dump({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "bad"}}))
    made.argosy("app", "get", "terminal", "--refresh")
    failed = made.argosy("app", "sync", "terminal", "--timeout", "60", check=False)
    made.edit("terminal/bad.yaml", None)
    assert failed.returncode == 20
    assert "error: Operation has completed with phase: Failed" in failed.stderr
    assert "Service:terminal/bad" in failed.stderr
    assert "spec.ports" in failed.stderr


def test_what_is_not_wanted_any_more_requires_pruning(made: Any) -> None:
    made.edit("terminal/b.yaml", config("b", "1"))
    made.argosy("app", "get", "terminal", "--refresh")
    made.argosy("app", "sync", "terminal", "--timeout", "60")
    made.edit("terminal/b.yaml", None)
    made.argosy("app", "get", "terminal", "--refresh")
    kept = made.argosy("app", "sync", "terminal", "--timeout", "60", check=False)
    assert (kept.returncode, kept.stderr.splitlines()[0]) == (20, "error: 1 resources require pruning")
    made.argosy("app", "sync", "terminal", "--prune", "--timeout", "60")
    assert [each["name"] for each in document(made)["status"]["resources"]] == ["a"]


def test_a_cluster_that_was_added_is_a_destination(world: Any) -> None:
    world.argosy("cluster", "add", str(world.stack.kubeconfig), "--name", "far", "-y")
    world.edit("far/a.yaml", config("far", "1"))
    words = f"--repo {world.stack.repository_url} --path far --dest-name far --dest-namespace far"
    world.argosy("app", "create", "far", *words.split(), "--sync-option", "CreateNamespace=true")
    world.argosy("app", "sync", "far", "--timeout", "60")
    assert world.kubectl("-n", "far", "get", "cm", "far", "-o", "jsonpath={.data.v}") == "1"
    assert "far" in world.argosy("cluster", "list").stdout
    world.argosy("app", "delete", "far", "-y", "--wait")
    assert world.argosy("cluster", "rm", "far").stdout == "Cluster 'far' removed\n"


def test_repositories_are_added_listed_and_removed(world: Any) -> None:
    url = world.stack.repository_url
    assert world.argosy("repo", "add", url).stdout == f"Repository '{url}' added\n"
    listed = json.loads(world.argosy("repo", "list", "-o", "json").stdout)
    assert [each["connectionState"]["status"] for each in listed if each["repo"] == url] == ["Successful"]
    assert world.argosy("repo", "rm", url).returncode == 0
    wrong = world.argosy("repo", "add", f"{url}-missing", check=False)
    assert wrong.returncode == 20
    assert wrong.stderr.startswith("error: ")
