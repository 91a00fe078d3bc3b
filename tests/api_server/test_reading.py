"""Read applications and projects: lists, filters, permissions, and what the controller and repo server know of them."""

import json

import pytest

from api_server.watching import APPLICATIONS, PROJECTS
from argosy.engine.model.resource import ResourceKey
from argosy.wire.controller import (
    ApplicationTree,
    Explanation,
    LiveManifest,
    ManagedResource,
    ManagedResources,
    ResourceNode,
)
from argosy.wire.repo_server import RevisionMetadata

PATH = "/api/v1/applications"


async def put(world, name, labels=None, **spec):
    manifest = world.application(name, **spec)
    manifest["metadata"]["labels"] = labels or {}
    await world.put(APPLICATIONS, manifest)
    await world.until(PATH, lambda found: any(each["metadata"]["name"] == name for each in found["items"]))


async def names(world, **query):
    answer = await world.send("GET", PATH, **query)
    assert answer.status_code == 200, answer.text
    return [each["metadata"]["name"] for each in answer.json()["items"]]


async def test_an_empty_list_is_a_list(read):
    answer = (await read.send("GET", PATH)).json()
    assert answer["items"] == []
    assert int(answer["metadata"]["resourceVersion"]) > 0


async def test_lists_are_filtered(read):
    await put(read, "b", {"team": "x", "tier": "web"})
    await put(read, "a", {"team": "y"}, project="other")
    await put(read, "c", source={"repoURL": "git@git.example:org/second.git", "path": "x"})
    assert await names(read) == ["a", "b", "c"]
    assert await names(read, name="b") == ["b"]
    assert await names(read, projects="other") == ["a"]
    assert await names(read, project=["other", "default"]) == ["a", "b", "c"]
    assert await names(read, repo="ssh://git@git.example/org/second") == ["c"]
    assert await names(read, appNamespace="argocd") == ["a", "b", "c"]
    assert await names(read, appNamespace="elsewhere") == []
    assert await names(read, selector="team") == ["a", "b"]
    assert await names(read, selector="!team") == ["c"]
    assert await names(read, selector="team=x,tier in (web, db)") == ["b"]
    assert await names(read, selector="team!=x") == ["a", "c"]
    assert await names(read, selector="team notin (x,y)") == ["c"]


async def test_hostile_filters_find_nothing(read):
    await put(read, "a")
    for text in ("' OR 1=1 --", "%", "_", '"; DROP TABLE objects; --', "a\0", "x" * 10_000):
        assert await names(read, name=text) == []
        assert await names(read, projects=text) == []
        assert await names(read, repo=text) == []
    assert (await read.send("GET", PATH, selector="x" * 20_000)).status_code == 400
    assert await names(read) == ["a"]


async def test_managed_fields_are_not_shown(read):
    manifest = read.application("a")
    manifest["metadata"]["managedFields"] = [{"manager": "kubectl"}]
    await read.put(APPLICATIONS, manifest)
    shown = await read.until(f"{PATH}/a", lambda _: True)
    assert "managedFields" not in shown["metadata"]


async def test_a_missing_application_looks_like_a_forbidden_one(read):
    await put(read, "a", project="other")
    missing = await read.send("GET", f"{PATH}/b")
    assert (missing.status_code, missing.json()["code"]) == (403, 7)
    assert (await read.send("GET", f"{PATH}/b", project="default")).status_code == 404
    elsewhere = await read.send("GET", f"{PATH}/a", project="default")
    assert elsewhere.status_code == 403
    assert elsewhere.json()["message"].replace("'a'", "'b'") == missing.json()["message"]
    assert (await read.send("GET", f"{PATH}/a", project="other")).status_code == 200
    for method, path in [("DELETE", ""), ("POST", "/sync"), ("PUT", "/spec"), ("GET", "/resource-tree")]:
        answer = await read.send(method, f"{PATH}/b{path}", {} if method != "GET" else None)
        assert answer.status_code == 403, path
        assert answer.json()["message"] == missing.json()["message"]


async def test_a_deleted_application_leaves_the_list(read):
    await put(read, "a")
    await read.cluster.delete(APPLICATIONS, "a", namespace="argocd")
    await read.until(PATH, lambda found: found["items"] == [])


async def test_a_malformed_application_hides_no_other(read):
    await put(read, "good")
    broken = {"metadata": {"name": "bad", "namespace": "argocd", "labels": 5}, "spec": "nonsense"}
    await read.cluster.create(APPLICATIONS, broken)
    await read.until(PATH, lambda found: len(found["items"]) == 2)
    assert (await read.send("GET", f"{PATH}/bad/manifests")).status_code == 400
    assert (await read.send("GET", f"{PATH}/good")).status_code == 200


async def test_projects_are_listed_and_read(read):
    await read.put(PROJECTS, read.project("team"))
    found = await read.until("/api/v1/projects", lambda found: len(found["items"]) == 2)
    assert [each["metadata"]["name"] for each in found["items"]] == ["default", "team"]
    assert (await read.send("GET", "/api/v1/projects/team")).json()["spec"]["sourceRepos"] == ["*"]
    assert (await read.send("GET", "/api/v1/projects/nope")).status_code == 404


NODE = ResourceNode(kind="Deployment", name="web", group="apps", version="v1", namespace="team")


async def test_what_the_controller_holds_is_passed_on(read):
    await put(read, "a")
    managed = (
        ManagedResource(kind="Deployment", name="web", group="apps", namespace="team", live_state="{}"),
        ManagedResource(kind="Service", name="web", namespace="team"),
    )
    read.live.trees["argocd", "a"] = ApplicationTree(nodes=(NODE,))
    read.live.managed["argocd", "a"] = ManagedResources(managed)
    read.live.resources[("argocd", "a"), ResourceKey("apps", "Deployment", "team", "web")] = LiveManifest("{}")
    tree = (await read.send("GET", f"{PATH}/a/resource-tree")).json()
    assert [node["name"] for node in tree["nodes"]] == ["web"]
    whole = (await read.send("GET", f"{PATH}/a/managed-resources")).json()
    assert [each["kind"] for each in whole["items"]] == ["Deployment", "Service"]
    part = (await read.send("GET", f"{PATH}/a/managed-resources", kind="Service")).json()
    assert [each["kind"] for each in part["items"]] == ["Service"]
    query = {"group": "apps", "kind": "Deployment", "namespace": "team", "resourceName": "web"}
    assert (await read.send("GET", f"{PATH}/a/resource", **query)).json() == {"manifest": "{}"}
    assert (await read.send("GET", f"{PATH}/a/resource", **query | {"resourceName": "db"})).status_code == 404
    assert (await read.send("GET", f"{PATH}/a/resource")).status_code == 400
    read.live.explanations["argocd", "a"] = Explanation("OutOfSync: 1 object differs.", "Automated sync is off.")
    explained = (await read.send("GET", f"{PATH}/a/explain")).json()
    assert (explained["summary"], explained["nextStep"]) == ("OutOfSync: 1 object differs.", "Automated sync is off.")
    assert (await read.send("GET", f"{PATH}/nobody/explain")).status_code == 403
    read.live.down = True
    assert (await read.send("GET", f"{PATH}/a/explain")).status_code == 503
    assert (await read.send("GET", f"{PATH}/a/resource-tree")).status_code == 503
    assert (await read.send("GET", PATH)).status_code == 200


async def test_manifests_are_shown_stamped_and_masked(read):
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"k": "YzRuNHJ5"}}
    commit = read.manifests.commit("https://git.example/org/app", {"guestbook": [secret]})
    await put(read, "a")
    shown = (await read.send("GET", f"{PATH}/a/manifests")).json()
    assert shown["revision"] == commit
    (manifest,) = [json.loads(each) for each in shown["manifests"]]
    assert manifest["data"]["k"].strip("+") == ""
    assert manifest["metadata"]["annotations"]["argocd.argoproj.io/tracking-id"] == "a:/Secret:team/s"


async def test_2_53_manifests_of_several_sources_at_revisions_by_position(read):
    url = "https://git.example/org/app"
    old = read.manifests.commit(url, {"one": [], "two": []})
    new = read.manifests.commit(url, {"one": [], "two": []}, branch="HEAD")
    await put(read, "a", source=None, sources=[{"repoURL": url, "path": "one"}, {"repoURL": url, "path": "two"}])
    asked = read.manifests.asked

    async def revisions(**query):
        assert (await read.send("GET", f"{PATH}/a/manifests", **query)).status_code == 200
        return [each.source.target_revision for each in asked[-1].sources]

    assert await revisions() == ["", ""]
    assert await revisions(revision=old) == [old, ""]
    assert await revisions(revisions=[old, new]) == [old, new]
    assert await revisions(revisions=[old], sourcePositions=[2]) == ["", old]
    assert not asked[-1].fresh
    await revisions(noCache="true")
    assert asked[-1].fresh
    for wrong in ({"revisions": [old], "sourcePositions": [1, 2]}, {"revisions": [old], "sourcePositions": [3]}):
        assert (await read.send("GET", f"{PATH}/a/manifests", **wrong)).status_code == 400


async def test_who_made_a_revision(read):
    await put(read, "a")
    metadata = RevisionMetadata(author="Somebody <s@example>", message="why")
    commit = read.manifests.commit("https://git.example/org/app", {"guestbook": []}, metadata=metadata)
    answer = await read.send("GET", f"{PATH}/a/revisions/{commit}/metadata")
    assert answer.json()["author"] == "Somebody <s@example>"
    assert (await read.send("GET", f"{PATH}/a/revisions/{commit}/metadata", sourceIndex="7")).status_code == 400


async def test_settings_are_whole_for_who_has_signed_in(read):
    shown = (await read.send("GET", "/api/v1/settings")).json()
    assert shown["trackingMethod"] == "annotation"
    assert (shown["kustomizeOptions"], shown["kustomizeVersions"]) == ({"BuildOptions": ""}, [])
    assert shown["controllerNamespace"] == "argocd"
    assert shown["problems"] == []


@pytest.mark.parametrize("text", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//evil"])
async def test_links_that_a_browser_must_not_follow_are_dropped(read, text):
    from api_server.watching import CONFIG_MAPS

    data = {"data": {"ui.bannerurl": text, "ui.bannercontent": "hello"}}
    await read.cluster.patch(CONFIG_MAPS, "argocd-cm", data, namespace="argocd")
    shown = await read.until("/api/v1/settings", lambda found: found["uiBannerContent"])
    assert shown["uiBannerURL"] == ""
