"""Start and end operations through REST, on the real control plane."""

import pytest

from api_server.watching import APPLICATIONS
from argosy.gateways.manifests import errors as manifests

PATH = "/api/v1/applications/guestbook"


async def with_status(world, status):
    await world.cluster.patch(APPLICATIONS, "guestbook", {"status": status}, namespace=world.namespace)
    await world.until(PATH, lambda app: app.get("status", {}).keys() >= status.keys())


RUNNING = {"operationState": {"operation": {"sync": {}}, "phase": "Running", "startedAt": "2026-01-01T00:00:00Z"}}


async def test_a_sync_is_asked_for_at_the_resolved_commit(world):
    commit = world.manifests.commit("https://git.example/org/app", {"guestbook": []})
    await world.create(syncPolicy={"syncOptions": ["CreateNamespace=true"], "retry": {"limit": 2}})
    await with_status(world, RUNNING | {"operationState": RUNNING["operationState"] | {"phase": "Succeeded"}})
    body = {"prune": True, "dryRun": False, "resources": [{"group": "apps", "kind": "Deployment", "name": "web"}]}
    answer = await world.send("POST", f"{PATH}/sync", body)
    assert answer.status_code == 200, answer.text
    kept = await world.kept()
    assert kept["operation"] == {
        "initiatedBy": {"username": "admin"},
        "retry": {"limit": 2},
        "sync": {
            "prune": True,
            "revision": commit,
            "resources": [{"group": "apps", "kind": "Deployment", "name": "web"}],
            "syncOptions": ["CreateNamespace=true"],
        },
    }
    # The last operation's end must not be taken for that of the new one.
    assert "operationState" not in kept["status"]
    again = await world.send("POST", f"{PATH}/sync", {})
    assert (again.status_code, again.json()["code"]) == (400, 9)
    assert again.json()["message"] == "another operation is already in progress"


async def test_sync_options_of_the_request_replace_those_of_the_application(world):
    await world.create(syncPolicy={"syncOptions": ["CreateNamespace=true"]})
    body = {"syncOptions": {"items": ["Validate=false"]}, "strategy": {"apply": {"force": True}}}
    assert (await world.send("POST", f"{PATH}/sync", body)).status_code == 200
    sync = (await world.kept())["operation"]["sync"]
    assert sync["syncOptions"] == ["Validate=false"]
    assert sync["syncStrategy"] == {"apply": {"force": True}}


async def test_a_revision_that_does_not_resolve_starts_nothing(world):
    await world.create()
    world.manifests.refuse(manifests.Refused("revision_not_found", "unable to resolve 'nope' to a commit SHA"))
    answer = await world.send("POST", f"{PATH}/sync", {"revision": "nope"})
    assert answer.status_code == 400
    assert "unable to resolve 'nope'" in answer.json()["message"]
    assert "operation" not in await world.kept()


async def test_automated_sync_allows_no_other_revision(world):
    await world.create(syncPolicy={"automated": {}})
    refused = await world.send("POST", f"{PATH}/sync", {"revision": "v9"})
    assert (refused.status_code, refused.json()["code"]) == (400, 9)
    assert "auto-sync currently set to HEAD" in refused.json()["message"]
    assert (await world.send("POST", f"{PATH}/sync", {})).status_code == 200


@pytest.mark.parametrize("body", [{"prune": "yes"}, {"resources": [{"name": "x"}]}, [], "x"])
async def test_a_malformed_request_starts_nothing(world, body):
    await world.create()
    assert (await world.send("POST", f"{PATH}/sync", body)).status_code == 400
    assert "operation" not in await world.kept()


async def test_several_sources_are_synced_each_to_its_revision(world):
    other = "https://git.example/org/other"
    first = world.manifests.commit("https://git.example/org/app", {"guestbook": []})
    second = world.manifests.commit(other, {"x": []}, branch="v2")
    world.manifests.commit(other, {"x": []})
    sources = [
        {"repoURL": "https://git.example/org/app", "path": "guestbook"},
        {"repoURL": other, "path": "x"},
    ]
    await world.create(source=None, sources=sources)
    answer = await world.send("POST", f"{PATH}/sync", {"revisions": ["v2"], "sourcePositions": [2]})
    assert answer.status_code == 200, answer.text
    assert (await world.kept())["operation"]["sync"]["revisions"] == [first, second]
    assert (await world.send("POST", f"{PATH}/sync", {"revisions": ["v2"]})).status_code == 400


async def test_ending_an_operation(world):
    await world.create()
    refused = await world.send("DELETE", f"{PATH}/operation")
    assert refused.status_code == 400
    assert refused.json()["message"] == "Unable to terminate operation. No operation is in progress"
    await with_status(world, RUNNING)
    assert (await world.send("DELETE", f"{PATH}/operation")).status_code == 200
    assert (await world.kept())["status"]["operationState"]["phase"] == "Terminating"
    assert (await world.send("DELETE", f"{PATH}/operation")).status_code == 200


async def test_rolling_back_asks_for_what_was_deployed(world):
    await world.create()
    source = {"repoURL": "https://git.example/org/app", "path": "before"}
    entry = {"id": 4, "revision": "a" * 40, "source": source, "deployedAt": "2026-01-01T00:00:00Z"}
    await with_status(world, {"history": [entry]})
    assert (await world.send("POST", f"{PATH}/rollback", {"id": 5})).status_code == 404
    answer = await world.send("POST", f"{PATH}/rollback", {"id": 4, "prune": True})
    assert answer.status_code == 200, answer.text
    sync = (await world.kept())["operation"]["sync"]
    assert sync == {"revision": "a" * 40, "source": source, "prune": True, "syncStrategy": {"apply": {}}}


async def test_rolling_back_is_refused_with_automated_sync(world):
    await world.create(syncPolicy={"automated": {}})
    assert (await world.send("POST", f"{PATH}/rollback", {"id": 0})).json()["code"] == 9


@pytest.mark.parametrize("how", ["normal", "hard"])
async def test_a_refresh_waits_for_the_controller(world, how):
    import asyncio

    await world.create()
    asked = asyncio.create_task(world.send("GET", PATH, refresh=how))
    seen = await world.until(PATH, lambda app: app["metadata"].get("annotations"))
    assert seen["metadata"]["annotations"]["argocd.argoproj.io/refresh"] == how
    assert not asked.done()
    done = {
        "metadata": {"annotations": {"argocd.argoproj.io/refresh": None, "argocd.argoproj.io/refresh-timestamp": None}},
        "status": {"sync": {"status": "OutOfSync"}},
    }
    await world.cluster.patch(APPLICATIONS, "guestbook", done, namespace=world.namespace)
    answer = await asked
    assert answer.json()["status"]["sync"]["status"] == "OutOfSync"
