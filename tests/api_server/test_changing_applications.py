"""Create, change and delete applications through REST, on the real control plane."""

import asyncio
import json

import pytest

from api_server.watching import APPLICATIONS
from argosy.gateways.kubernetes.errors import NotFound
from argosy.gateways.manifests import errors as manifests

PATH = "/api/v1/applications"


async def test_what_was_created_is_read_at_once_and_kept_whole(world):
    wanted = world.application(
        source={
            "repoURL": "https://git.example/org/app",
            "path": "guestbook",
            "helm": {"valuesObject": {"deep": {"own": [1, 2.5, None, "yes"]}}},
        }
    )
    wanted["metadata"]["labels"] = {"team": "a"}
    wanted["spec"]["unheardOf"] = True
    answer = await world.send("POST", PATH, wanted)
    assert answer.status_code == 200, answer.text
    read = await world.send("GET", f"{PATH}/guestbook")
    assert read.json() == answer.json()
    kept = await world.kept()
    assert kept["spec"]["source"]["helm"]["valuesObject"] == {"deep": {"own": [1, 2.5, None, "yes"]}}
    assert kept["metadata"]["labels"] == {"team": "a"}
    # What the definition does not know the API server prunes, exactly as with Argo CD's.
    assert "unheardOf" not in kept["spec"]


async def test_creating_the_same_again_is_no_error(world):
    first = await world.create()
    assert (await world.create())["metadata"]["uid"] == first["metadata"]["uid"]


async def test_creating_a_different_one_needs_upsert(world):
    await world.create()
    other = world.application(syncPolicy={"automated": {"prune": True}})
    refused = await world.send("POST", PATH, other)
    assert refused.status_code == 400
    assert refused.json()["code"] == 3
    assert "use upsert flag to force update; different: spec.syncPolicy" in refused.json()["message"]
    assert "syncPolicy" not in (await world.kept())["spec"]
    changed = await world.send("POST", PATH, other, upsert="true")
    assert changed.status_code == 200, changed.text
    assert (await world.kept())["spec"]["syncPolicy"] == {"automated": {"prune": True}}


async def test_an_upsert_keeps_labels_of_others(world):
    first = world.application()
    first["metadata"]["labels"] = {"theirs": "1"}
    assert (await world.send("POST", PATH, first)).status_code == 200
    second = world.application(info=[{"name": "a", "value": "b"}])
    second["metadata"]["labels"] = {"ours": "2"}
    assert (await world.send("POST", PATH, second, upsert="true")).status_code == 200
    assert (await world.kept())["metadata"]["labels"] == {"theirs": "1", "ours": "2"}


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"destination": {"server": "https://nowhere.example"}}, "spec.destination.server"),
        ({"project": "nope"}, "spec.project"),
        ({"source": {"repoURL": "https://git.example/org/app"}}, "spec.source.path"),
        ({"source": {"repoURL": 5, "path": "x"}}, "$.spec.source.repoURL"),
        ({"source": {"repoURL": "https://git.example/org/app", "path": "missing"}}, "spec.source.path"),
        ({"source": {"repoURL": "https://git.example/other", "path": "x"}}, "spec.source.repoURL"),
    ],
)
async def test_a_bad_application_is_refused_by_field_and_nothing_is_created(world, spec, field):
    answer = await world.send("POST", PATH, world.application(**spec))
    assert answer.status_code == 400, answer.text
    assert field in answer.json()["message"]
    with pytest.raises(NotFound):
        await world.kept()
    assert await world.store.audit.latest(limit=5) == [
        row for row in await world.store.audit.latest(limit=5) if row.verb == "sign-in"
    ]


async def test_a_chart_that_does_not_render_is_refused_in_its_tools_words(world):
    world.manifests.refuse(manifests.Refused("render_failed", "template: web/templates/a.yaml:3: nil pointer"))
    answer = await world.send("POST", PATH, world.application())
    assert answer.status_code == 400
    assert "template: web/templates/a.yaml:3: nil pointer" in answer.json()["message"]


async def test_without_the_repo_server_only_unchecked_applications_are_created(world):
    world.manifests.refuse(manifests.Unavailable("the repo server does not answer"))
    assert (await world.send("POST", PATH, world.application())).status_code == 503
    world.manifests.refuse(manifests.Unavailable("the repo server does not answer"))
    answer = await world.send("POST", PATH, world.application(), validate="false")
    assert answer.status_code == 200


async def test_status_and_server_fields_are_not_the_callers_to_write(world):
    forged = world.application()
    forged["status"] = {"sync": {"status": "Synced"}}
    forged["metadata"] |= {"uid": "forged", "resourceVersion": "1", "generation": 7}
    answer = await world.send("POST", PATH, forged)
    assert answer.status_code == 200, answer.text
    kept = await world.kept()
    assert "status" not in kept
    assert kept["metadata"]["uid"] != "forged"


async def test_an_operation_at_creation_names_its_caller_and_brings_no_manifests(world):
    forged = world.application()
    forged["operation"] = {"sync": {}, "initiatedBy": {"username": "somebody else"}}
    assert (await world.send("POST", PATH, forged)).status_code == 200
    assert (await world.kept())["operation"]["initiatedBy"] == {"username": "admin"}
    smuggled = world.application("second")
    smuggled["operation"] = {"sync": {"manifests": ["{}"]}}
    assert (await world.send("POST", PATH, smuggled)).status_code == 400


async def test_another_namespace_is_not_enabled(world):
    elsewhere = world.application()
    elsewhere["metadata"]["namespace"] = "default"
    assert (await world.send("POST", PATH, elsewhere)).status_code == 403


async def test_the_spec_is_replaced_whole(world):
    await world.create(syncPolicy={"automated": {}})
    spec = world.application()["spec"] | {"revisionHistoryLimit": 3}
    answer = await world.send("PUT", f"{PATH}/guestbook/spec", spec)
    assert answer.status_code == 200, answer.text
    assert answer.json()["revisionHistoryLimit"] == 3
    kept = await world.kept()
    assert "syncPolicy" not in kept["spec"]
    assert kept["spec"]["revisionHistoryLimit"] == 3


async def test_replacing_keeps_the_status_that_the_controller_wrote(world):
    await world.create()
    status = {"status": {"sync": {"status": "Synced"}}}
    await world.cluster.patch(APPLICATIONS, "guestbook", status, namespace=world.namespace)
    changed = world.application(info=[{"name": "a", "value": "b"}])
    changed["metadata"]["annotations"] = {"a": "b"}
    answer = await world.send("PUT", f"{PATH}/guestbook", changed)
    assert answer.status_code == 200, answer.text
    kept = await world.kept()
    assert kept["status"]["sync"]["status"] == "Synced"
    assert kept["metadata"]["annotations"] == {"a": "b"}
    assert (await world.send("PUT", f"{PATH}/other", changed)).status_code == 400


@pytest.mark.parametrize(
    ("kind", "patch"),
    [
        ("merge", {"spec": {"source": {"targetRevision": "v2"}}}),
        ("json", [{"op": "add", "path": "/spec/source/targetRevision", "value": "v2"}]),
    ],
)
async def test_patching(world, kind, patch):
    world.manifests.commit("https://git.example/org/app", {"guestbook": []}, branch="v2")
    await world.create()
    body = {"name": "guestbook", "patch": json.dumps(patch), "patchType": kind}
    answer = await world.send("PATCH", f"{PATH}/guestbook", body)
    assert answer.status_code == 200, answer.text
    assert (await world.kept())["spec"]["source"]["targetRevision"] == "v2"


@pytest.mark.parametrize(
    "body",
    [
        {"patch": "{"},
        {"patch": "[]", "patchType": "strategic"},
        {"patch": '[{"op":"remove","path":"/nope"}]', "patchType": "json"},
        {"patch": '{"metadata":{"name":"other"}}'},
        {"patch": "5"},
        {},
    ],
)
async def test_a_bad_patch_changes_nothing(world, body):
    before = await world.create()
    assert (await world.send("PATCH", f"{PATH}/guestbook", body)).status_code == 400
    assert (await world.kept())["metadata"]["resourceVersion"] == before["metadata"]["resourceVersion"]


async def test_a_change_is_made_beside_what_the_controller_writes_meanwhile(world):
    await world.create()

    async def write_status() -> None:
        for number in range(20):
            status = {"status": {"observedAt": f"2026-01-01T00:00:{number:02}Z"}}
            await world.cluster.patch(APPLICATIONS, "guestbook", status, namespace=world.namespace)

    writing = asyncio.create_task(write_status())
    spec = world.application()["spec"]
    for number in range(5):
        answer = await world.send("PUT", f"{PATH}/guestbook/spec", spec | {"revisionHistoryLimit": number})
        assert answer.status_code in (200, 409), answer.text
    await writing
    kept = await world.kept()
    assert kept["status"]["observedAt"] == "2026-01-01T00:00:19Z"


FOREGROUND = "resources-finalizer.argocd.argoproj.io"


@pytest.mark.parametrize(
    ("query", "finalizers"),
    [
        ({}, [FOREGROUND]),
        ({"cascade": "true"}, [FOREGROUND]),
        ({"propagationPolicy": "foreground"}, [FOREGROUND]),
        ({"cascade": "true", "propagationPolicy": "background"}, [f"{FOREGROUND}/background"]),
    ],
)
async def test_deleting_with_what_it_owns_leaves_it_to_the_controller(world, query, finalizers):
    await world.create()
    answer = await world.send("DELETE", f"{PATH}/guestbook", **query)
    assert answer.status_code == 200, answer.text
    read = (await world.send("GET", f"{PATH}/guestbook")).json()
    assert read["metadata"]["deletionTimestamp"]
    assert read["metadata"]["finalizers"] == finalizers
    refused = await world.send("POST", f"{PATH}/guestbook/sync", {})
    assert (refused.status_code, refused.json()["code"]) == (400, 9)


async def test_deleting_without_what_it_owns_takes_only_our_finalizer_away(world):
    held = world.application()
    held["metadata"]["finalizers"] = [FOREGROUND, "example.com/theirs"]
    assert (await world.send("POST", PATH, held)).status_code == 200
    assert (await world.send("DELETE", f"{PATH}/guestbook", cascade="false")).status_code == 200
    assert (await world.kept())["metadata"]["finalizers"] == ["example.com/theirs"]


async def test_what_was_deleted_is_gone_at_once(world):
    await world.create()
    assert (await world.send("DELETE", f"{PATH}/guestbook", cascade="false")).status_code == 200
    assert (await world.send("GET", f"{PATH}/guestbook", project="default")).status_code == 404
    assert (await world.send("GET", PATH)).json()["items"] == []
    await world.create()
    assert len((await world.send("GET", PATH)).json()["items"]) == 1


@pytest.mark.parametrize(
    "query",
    [
        {"cascade": "false", "propagationPolicy": "foreground"},
        {"propagationPolicy": "orphan"},
        {"cascade": "perhaps"},
    ],
)
async def test_a_deletion_that_makes_no_sense_deletes_nothing(world, query):
    await world.create()
    assert (await world.send("DELETE", f"{PATH}/guestbook", **query)).status_code == 400
    assert "deletionTimestamp" not in (await world.kept())["metadata"]


async def test_each_write_is_noted_before_and_after(world):
    await world.create()
    await world.send("DELETE", f"{PATH}/guestbook", cascade="false")
    rows = [row for row in await world.store.audit.latest(limit=10) if row.verb != "sign-in"]
    assert [(row.verb, row.outcome, row.actor) for row in reversed(rows)] == [
        ("create", "intended", "admin"),
        ("create", "succeeded", "admin"),
        ("delete", "intended", "admin"),
        ("delete", "succeeded", "admin"),
    ]
    assert rows[0].request_id == rows[1].request_id != rows[2].request_id
    assert rows[0].target == f"applications/{world.namespace}/guestbook"
