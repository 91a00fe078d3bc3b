"""What goes wrong is said, with what to do; the other applications go on, and nothing is deleted."""

from typing import Any

import pytest

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"
AUTOMATED = {"automated": {"prune": True, "selfHeal": True}, "syncOptions": ["CreateNamespace=true"]}


def source(world: Any, path: str, **more: Any) -> dict[str, Any]:
    return {"repoURL": world.stack.repository_url, "path": path, "targetRevision": "HEAD", **more}


def conditions(world: Any, name: str) -> dict[str, str]:
    return {each["type"]: each["message"] for each in world.get(name).get("status", {}).get("conditions", [])}


def broken(world: Any, name: str, kind: str, *words: str) -> None:
    """Wait for a condition of this kind with all of the words, and for the sync status to be Unknown."""

    def said() -> bool:
        message = conditions(world, name).get(kind, "")
        return bool(message) and all(word in message for word in words)

    world.wait(said, message=f"{name} has no {kind} with {words}: {conditions(world, name)}")


@pytest.mark.parametrize(
    ("name", "spec", "words"),
    [
        ("no-path", {"path": "nowhere/at/all"}, ("nowhere/at/all",)),
        ("no-revision", {"path": "guestbook", "targetRevision": "no-such-branch"}, ("no-such-branch",)),
        ("no-repository", {"path": ".", "repoURL": "http://127.0.0.1:1/none"}, ("127.0.0.1:1",)),
    ],
)
def test_a_source_that_cannot_be_had_is_named(world: Any, name: str, spec: dict, words: tuple[str, ...]) -> None:
    world.rest.client.post(
        "/api/v1/applications?validate=false",
        json=world.application(name, source=source(world, "") | spec, syncPolicy=AUTOMATED),
    ).raise_for_status()
    broken(world, name, "ComparisonError", *words)
    world.delete(name)


def test_broken_yaml_is_named_by_file_and_line_and_prunes_nothing(world: Any) -> None:
    world.edit("breaks/a.yaml", CONFIG)
    world.create("breaks", source=source(world, "breaks"), syncPolicy=AUTOMATED)
    world.wait_for("breaks", "Synced", "Healthy")
    world.edit("breaks/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [a\n")
    broken(world, "breaks", "ComparisonError", "breaks/a.yaml", "line")
    assert world.kubectl("-n", "breaks", "get", "cm", "a", "-o", "name")
    world.edit("breaks/a.yaml", CONFIG)
    world.wait_for("breaks", "Synced", "Healthy")
    assert conditions(world, "breaks") == {}
    world.delete("breaks")


def test_a_chart_that_fails_says_helms_own_words(world: Any) -> None:
    helm = {"valuesObject": {"replicaCount": 99}}
    made = world.application("fails", source=source(world, "charts/orders", helm=helm), syncPolicy=AUTOMATED)
    refused = world.rest.client.post("/api/v1/applications", json=made)
    assert refused.status_code == 400
    assert "replicaCount" in refused.json()["message"]
    world.rest.client.post("/api/v1/applications?validate=false", json=made).raise_for_status()
    broken(world, "fails", "ComparisonError", "replicaCount", "50")
    world.delete("fails")


def test_an_emptied_folder_prunes_nothing(world: Any) -> None:
    world.edit("empties/a.yaml", CONFIG)
    world.create("empties", source=source(world, "empties"), syncPolicy=AUTOMATED)
    world.wait_for("empties", "Synced", "Healthy")
    world.edit("empties/a.yaml", "# nothing\n")
    broken(world, "empties", "SyncError", "wipe out")
    assert world.kubectl("-n", "empties", "get", "cm", "a", "-o", "name")
    world.delete("empties")


@pytest.mark.parametrize(
    ("name", "spec", "words"),
    [
        ("no-cluster", {"destination": {"server": "https://nowhere.invalid", "namespace": "x"}}, ("nowhere.invalid",)),
        ("no-project", {"project": "ghosts"}, ("ghosts",)),
        (
            "two-tools",
            {
                "source": {
                    "repoURL": "http://x.invalid/r",
                    "path": ".",
                    "helm": {"releaseName": "a"},
                    "kustomize": {"namePrefix": "a-"},
                }
            },
            ("helm", "kustomize"),
        ),
        ("no-place", {"source": {"repoURL": "http://x.invalid/r"}}, ("path",)),
    ],
)
def test_an_invalid_spec_is_refused_by_the_api_and_a_condition_where_kubectl_wrote_it(
    world: Any, name: str, spec: dict, words: tuple[str, ...]
) -> None:
    application = world.application(name, **spec)
    answer = world.rest.client.post("/api/v1/applications", json=application)
    assert answer.status_code in (400, 403, 404), answer.text
    assert not world.exists(name)
    world.apply(application)
    broken(world, name, "InvalidSpecError", *words)
    world.kubectl("-n", "argocd", "delete", "application", name, "--wait=false")
    world.wait(lambda: not world.exists(name))


def test_an_unknown_field_is_pruned_and_what_is_kept_is_never_dropped(world: Any) -> None:
    made = world.application("fields", syncPolicy=AUTOMATED)
    made["spec"]["surprise"] = {"a": 1}
    made["spec"]["info"] = [{"name": "n", "value": "v"}]
    made["metadata"]["annotations"] = {"team.example/owner": "us"}
    world.rest.create(made)
    found = world.wait_for("fields", "Synced", "Healthy")
    assert "surprise" not in found["spec"]
    assert found["spec"]["info"] == [{"name": "n", "value": "v"}]
    assert found["metadata"]["annotations"]["team.example/owner"] == "us"
    world.delete("fields")


def test_an_object_that_the_api_server_refuses_fails_the_sync_with_its_words(world: Any) -> None:
    world.edit("refused/a.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 99999}]}\n")
    world.create("refused", source=source(world, "refused"), syncPolicy=AUTOMATED)
    found = world.wait(
        lambda: (state := world.get("refused").get("status", {}).get("operationState", {})).get("finishedAt") and state
    )
    (result,) = [each for each in found["syncResult"]["resources"] if each["kind"] == "Service"]
    assert result["status"] == "SyncFailed"
    assert "99999" in result["message"]
    world.delete("refused")
