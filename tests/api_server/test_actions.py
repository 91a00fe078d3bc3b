"""Resource actions, on the real control plane and its controllers (5.24 to 5.29)."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, cast

import orjson
import pytest
import yaml

from api_server.watching import APPLICATIONS, CONFIG_MAPS, PROJECTS
from argosy.gateways.kubernetes import connect
from argosy.gateways.kubernetes.errors import Forbidden, NotFound
from argosy.gateways.kubernetes.port import ApiResource, Cluster
from argosy.wire.controller import ApplicationTree, ResourceNode
from tests.api_server.conftest import World, disconnected, furnish, serving

ACTIONS = "/api/v1/applications/guestbook/resource/actions"
ALL_VERBS: frozenset[str] = frozenset()
DEPLOYMENTS = ApiResource("apps", "v1", "Deployment", "deployments", namespaced=True, verbs=ALL_VERBS)
CRON_JOBS = ApiResource("batch", "v1", "CronJob", "cronjobs", namespaced=True, verbs=ALL_VERBS)
JOBS = ApiResource("batch", "v1", "Job", "jobs", namespaced=True, verbs=ALL_VERBS)
POD = {"restartPolicy": "Never", "containers": [{"name": "web", "image": "registry.invalid/web:1"}]}
DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {
        "replicas": 1,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": POD["containers"]}},
    },
}
JOB = {
    "apiVersion": "batch/v1",
    "kind": "Job",
    "metadata": {"name": "once"},
    "spec": {"template": {"spec": POD}},
}
CRON_JOB = {
    "apiVersion": "batch/v1",
    "kind": "CronJob",
    "metadata": {"name": "nightly"},
    "spec": {
        "schedule": "0 0 1 1 *",
        "jobTemplate": {"metadata": {"labels": {"of": "nightly"}}, "spec": JOB["spec"]},
    },
}


async def stand(world: World, resource: ApiResource, manifest: Mapping[str, Any]) -> dict[str, str]:
    """Create an object, have the application's tree hold it, and return how a query names it."""
    metadata = {**manifest["metadata"], "namespace": world.namespace}
    created = await world.cluster.create(resource, {**manifest, "metadata": metadata})
    place = world.namespace, "guestbook"
    node = ResourceNode(
        group=resource.group,
        version=resource.version,
        kind=resource.kind,
        namespace=world.namespace,
        name=metadata["name"],
        uid=created["metadata"]["uid"],
    )
    held = world.live.trees.get(place, ApplicationTree())
    world.live.trees[place] = ApplicationTree(nodes=(*held.nodes, node))
    return {
        "group": resource.group,
        "version": resource.version,
        "kind": resource.kind,
        "namespace": world.namespace,
        "resourceName": metadata["name"],
    }


def body(where: Mapping[str, str], action: str, **parameters: str) -> dict[str, Any]:
    filled = [{"name": name, "value": value} for name, value in parameters.items()]
    return {"name": "guestbook", **where, "action": action, "resourceActionParameters": filled}


@pytest.fixture
async def home(world: World) -> World:
    """A server with the application that the objects of a test belong to."""
    await world.create(destination={"server": "https://kubernetes.default.svc", "namespace": world.namespace})
    return world


async def test_5_24_the_actions_of_an_object_are_listed(home: World) -> None:
    where = await stand(home, DEPLOYMENTS, DEPLOYMENT)
    answer = await home.send("GET", ACTIONS, **where)
    assert answer.status_code == 200, answer.text
    assert [(each["name"], each.get("disabled", False)) for each in answer.json()["actions"]] == [
        ("pause", False),
        ("restart", False),
        ("resume", True),
        ("scale", False),
    ]
    assert answer.json()["actions"][3]["params"] == [{"name": "replicas"}]


async def test_5_27_the_bare_name_as_body_runs_an_action(home: World) -> None:
    where = await stand(home, DEPLOYMENTS, DEPLOYMENT)
    answer = await home.send("POST", ACTIONS, "restart", **where)
    assert (answer.status_code, answer.json()) == (200, {}), answer.text
    found = await home.cluster.get(DEPLOYMENTS, "web", namespace=home.namespace)
    assert "kubectl.kubernetes.io/restartedAt" in found["spec"]["template"]["metadata"]["annotations"]


async def test_5_27_it_is_audited_before_and_after_and_said_in_an_event(home: World) -> None:
    where = await stand(home, DEPLOYMENTS, DEPLOYMENT)
    await home.send("POST", f"{ACTIONS}/v2", body(where, "scale", replicas="3"))
    rows = [row for row in await home.store.audit.latest(limit=10) if row.verb.startswith("action/")]
    assert [(row.verb, row.outcome, row.actor, row.parameters) for row in reversed(rows)] == [
        ("action/apps/Deployment/scale", outcome, "admin", {"parameters": {"replicas": "3"}})
        for outcome in ("intended", "succeeded")
    ]
    events = (await home.send("GET", "/api/v1/applications/guestbook/events")).json()["items"]
    (event,) = [each for each in events if each["reason"] == "ResourceActionRan"]
    assert event["message"] == f"admin ran action scale on resource apps/Deployment:{home.namespace}/web"
    assert event["metadata"]["annotations"]["user"] == "admin"


async def test_5_29_scale_takes_a_number(home: World) -> None:
    where = await stand(home, DEPLOYMENTS, DEPLOYMENT)
    answer = await home.send("POST", f"{ACTIONS}/v2", body(where, "scale", replicas="3"))
    assert answer.status_code == 200, answer.text
    assert (await home.cluster.get(DEPLOYMENTS, "web", namespace=home.namespace))["spec"]["replicas"] == 3
    for wrong, why in (
        (body(where, "scale", replicas="many"), "invalid number: many"),
        (body(where, "scale"), "missing"),
    ):
        refused = await home.send("POST", f"{ACTIONS}/v2", wrong)
        assert refused.status_code == 400
        assert why in refused.json()["message"]


@pytest.mark.parametrize(
    ("action", "name", "why"),
    [
        ("resume", "web", "action resume is disabled for"),
        ("explode", "web", "available are: pause, restart, resume, scale"),
        ("restart", "other", "not found as part of the application"),
    ],
)
async def test_what_is_disabled_unknown_or_elsewhere_is_refused(home: World, action: str, name: str, why: str) -> None:
    where = await stand(home, DEPLOYMENTS, DEPLOYMENT)
    before = await home.cluster.get(DEPLOYMENTS, "web", namespace=home.namespace)
    refused = await home.send("POST", ACTIONS, action, **{**where, "resourceName": name})
    assert refused.status_code == 400
    assert why in refused.json()["message"]
    after = await home.cluster.get(DEPLOYMENTS, "web", namespace=home.namespace)
    assert after["metadata"]["generation"] == before["metadata"]["generation"]


async def test_5_25_another_object_is_created_and_owned(home: World) -> None:
    where = await stand(home, CRON_JOBS, CRON_JOB)
    answer = await home.send("POST", ACTIONS, "create-job", **where)
    assert answer.status_code == 200, answer.text
    (job,) = await jobs(home)
    assert job["metadata"]["labels"]["of"] == "nightly"
    assert job["metadata"]["ownerReferences"][0]["name"] == "nightly"


async def test_5_25_what_the_project_does_not_permit_is_not_created(home: World) -> None:
    blacklist = {"spec": {"namespaceResourceBlacklist": [{"group": "batch", "kind": "Job"}]}}
    await home.cluster.patch(PROJECTS, "default", blacklist, namespace=home.namespace)
    await home.until("/api/v1/projects/default", lambda found: "namespaceResourceBlacklist" in found["spec"])
    where = await stand(home, CRON_JOBS, CRON_JOB)
    refused = await home.send("POST", ACTIONS, "create-job", **where)
    assert (refused.status_code, refused.json()["message"]) == (
        403,
        "resource batch:Job is not permitted in project default",
    )
    assert await jobs(home) == []
    rows = await home.store.audit.latest(limit=1)
    assert (rows[0].verb, rows[0].outcome) == ("action/batch/CronJob/create-job", "denied")


async def jobs(world: World) -> list[Any]:
    page = await world.cluster.list_page(JOBS, namespace=world.namespace)
    return [orjson.loads(each) for each in page.items]


async def test_a_job_is_ended_by_its_status_and_fails(home: World) -> None:
    where = await stand(home, JOBS, JOB)
    answer = await home.send("POST", ACTIONS, "terminate", **where)
    assert answer.status_code == 200, answer.text
    async with asyncio.timeout(30):
        while not any(each["type"] == "Failed" for each in await conditions(home)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert (await home.send("GET", ACTIONS, **where)).json() == {}


async def conditions(world: World) -> list[Any]:
    job = await world.cluster.get(JOBS, "once", namespace=world.namespace)
    return job["status"].get("conditions", [])


async def test_a_kind_without_a_status_subresource_is_patched_whole(home: World) -> None:
    script = 'obj.status = {health = {status = "Healthy"}}\nobj.metadata.labels = {seen = "yes"}\nreturn obj'
    await define(home, "argoproj.io_Application", "mark", script)
    where = await stand(home, APPLICATIONS, {**home.application("child")})
    answer = await until_there(home, where, "mark")
    assert answer.status_code == 200, answer.text
    child = await home.cluster.get(APPLICATIONS, "child", namespace=home.namespace)
    assert child["status"] == {"health": {"status": "Healthy"}}
    assert child["metadata"]["labels"] == {"seen": "yes"}


async def define(world: World, kind: str, name: str, script: str, *, merged: bool = False) -> None:
    definition = {
        "discovery.lua": f"return {{{name} = {{}}}}",
        "definitions": [{"name": name, "action.lua": script}],
        "mergeBuiltinActions": merged,
    }
    data = {f"resource.customizations.actions.{kind}": yaml.safe_dump(definition)}
    await world.cluster.patch(CONFIG_MAPS, "argocd-cm", {"data": data}, namespace=world.namespace)


async def until_there(world: World, where: Mapping[str, str], action: str) -> Any:
    """Wait until the settings have arrived, then run the action."""

    def has(found: Any) -> bool:
        return action in [each["name"] for each in found.get("actions", [])]

    await world.until(ACTIONS, has, **where)
    return await world.send("POST", f"{ACTIONS}/v2", body(where, action))


async def test_5_26_actions_of_users_hide_those_that_are_built_in(home: World) -> None:
    where = await stand(home, DEPLOYMENTS, DEPLOYMENT)
    await define(home, "apps_Deployment", "stop", "obj.spec.replicas = 0\nreturn obj")
    assert (await until_there(home, where, "stop")).status_code == 200
    assert (await home.cluster.get(DEPLOYMENTS, "web", namespace=home.namespace))["spec"]["replicas"] == 0
    assert [each["name"] for each in (await home.send("GET", ACTIONS, **where)).json()["actions"]] == ["stop"]
    assert (await home.send("POST", ACTIONS, "restart", **where)).status_code == 400


async def test_5_26_unless_both_are_wanted(home: World) -> None:
    where = await stand(home, DEPLOYMENTS, DEPLOYMENT)
    await define(home, "apps_Deployment", "stop", "obj.spec.replicas = 0\nreturn obj", merged=True)
    await until_there(home, where, "stop")
    names = [each["name"] for each in (await home.send("GET", ACTIONS, **where)).json()["actions"]]
    assert names == ["pause", "restart", "resume", "scale", "stop"]
    assert (await home.send("POST", ACTIONS, "restart", **where)).status_code == 200


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("while true do end", "the script of action odd failed"),
        ("return obj.spec.nothing.here", "the script of action odd failed"),
        ("return 1", "returned neither an object nor a list"),
        ("obj.metadata.name = 'other'\nreturn obj", "may patch apps/Deployment"),
        ("return {{operation = 'delete', resource = obj}}", "may only patch or create"),
    ],
)
async def test_5_25_a_script_that_goes_wrong_changes_nothing_and_says_why(home: World, script: str, why: str) -> None:
    where = await stand(home, DEPLOYMENTS, DEPLOYMENT)
    await define(home, "apps_Deployment", "odd", script)
    refused = await until_there(home, where, "odd")
    assert refused.status_code == 400, refused.text
    assert why in refused.json()["message"]
    assert (await home.cluster.get(DEPLOYMENTS, "web", namespace=home.namespace))["metadata"]["generation"] == 1


BOTH = """
local function copied(value)
  if type(value) ~= "table" then return value end
  local found = {}
  for key, each in pairs(value) do found[key] = copied(each) end
  return found
end
local first, second = copied(obj), copied(obj)
first.metadata.labels = {first = "yes"}
second.spec.replicas = 0
local made = {apiVersion = "v1", kind = "ConfigMap", metadata = {name = NAME}, data = {of = obj.metadata.name}}
return {
  {operation = "patch", resource = first},
  {operation = "patch", resource = second},
  {operation = "create", resource = made},
}
"""


async def test_5_25_several_things_are_done_one_after_the_other(home: World) -> None:
    where = await stand(home, DEPLOYMENTS, DEPLOYMENT)
    await define(home, "apps_Deployment", "odd", BOTH.replace("NAME", '"made"'))
    answer = await until_there(home, where, "odd")
    assert answer.status_code == 200, answer.text
    found = await home.cluster.get(DEPLOYMENTS, "web", namespace=home.namespace)
    assert (found["spec"]["replicas"], found["metadata"]["labels"]) == (0, {"first": "yes"})
    made = await home.cluster.get(CONFIG_MAPS, "made", namespace=home.namespace)
    assert made["data"] == {"of": "web"}


async def test_5_25_what_cannot_be_created_is_found_out_before_anything_is_changed(home: World) -> None:
    where = await stand(home, DEPLOYMENTS, DEPLOYMENT)
    await define(home, "apps_Deployment", "odd", BOTH.replace("NAME", '"No_Name"'))
    refused = await until_there(home, where, "odd")
    assert refused.status_code == 400
    assert (await home.cluster.get(DEPLOYMENTS, "web", namespace=home.namespace))["metadata"]["generation"] == 1


async def test_5_25_a_job_is_made_by_a_script_of_what_the_server_filled_in(home: World) -> None:
    """The server writes `resources: {}` and `securityContext: {}` into it, which Lua hands back as lists."""
    where = await stand(home, CRON_JOBS, CRON_JOB)
    script = (
        'local job = {apiVersion = "batch/v1", kind = "Job", metadata = {generateName = obj.metadata.name .. "-"}}\n'
        'job.spec = obj.spec.jobTemplate.spec\nreturn {{operation = "create", resource = job}}'
    )
    await define(home, "batch_CronJob", "odd", script)
    answer = await until_there(home, where, "odd")
    assert answer.status_code == 200, answer.text
    (job,) = await jobs(home)
    assert job["metadata"]["name"].startswith("nightly-")


async def test_a_script_says_nothing_of_a_secret(home: World) -> None:
    secrets = ApiResource("", "v1", "Secret", "secrets", namespaced=True, verbs=ALL_VERBS)
    where = await stand(home, secrets, home.secret("sealed", {"password": "c4n4ry"}))
    await define(home, "Secret", "odd", "error(obj.data.password)")
    refused = await until_there(home, where, "odd")
    assert refused.status_code == 400
    assert "not shown" in refused.json()["message"]
    assert "YzRuNHJ5" not in refused.text
    assert "c4n4ry" not in refused.text


class Meddling:
    """A cluster in which somebody else changes an object right after it was read, as often as told, and that may
    refuse events.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.times = 0
        self.refuses_events = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cluster, name)

    async def get(self, resource: ApiResource, name: str, *, namespace: str = "") -> Any:
        found = await self._cluster.get(resource, name, namespace=namespace)
        if resource.kind == "Deployment" and self.times:
            self.times -= 1
            labels = {"metadata": {"labels": {"meddled": str(self.times)}}}
            await self._cluster.patch(resource, name, labels, namespace=namespace)
        return found

    async def create(self, resource: ApiResource, manifest: Any, *, dry_run: bool = False) -> Any:
        if resource.kind == "Event" and self.refuses_events:
            raise Forbidden("events are forbidden")
        return await self._cluster.create(resource, manifest, dry_run=dry_run)


@pytest.fixture
async def meddled(control_plane: Any, namespace: str, definitions: None) -> AsyncIterator[tuple[World, Meddling]]:
    real = connect.from_kubeconfig(control_plane.kubeconfig)
    await furnish(real, namespace)
    meddling = Meddling(real)
    async with serving(cast("Cluster", meddling), namespace) as running:
        await running.sign_in()
        destination = {"server": "https://kubernetes.default.svc", "namespace": namespace}
        await running.create(destination=destination)
        yield running, meddling
    await real.close()
    await disconnected()


async def test_an_object_that_changes_meanwhile_is_decided_about_again(meddled: tuple[World, Meddling]) -> None:
    world, meddling = meddled
    where = await stand(world, DEPLOYMENTS, DEPLOYMENT)
    meddling.times = 2
    assert (await world.send("POST", f"{ACTIONS}/v2", body(where, "scale", replicas="4"))).status_code == 200
    found = await world.cluster.get(DEPLOYMENTS, "web", namespace=world.namespace)
    assert (found["spec"]["replicas"], found["metadata"]["labels"]["meddled"]) == (4, "0")


async def test_an_object_that_never_rests_is_left_alone(meddled: tuple[World, Meddling]) -> None:
    world, meddling = meddled
    where = await stand(world, DEPLOYMENTS, DEPLOYMENT)
    meddling.times = 100
    refused = await world.send("POST", f"{ACTIONS}/v2", body(where, "scale", replicas="4"))
    assert (refused.status_code, refused.json()["code"]) == (409, 10)
    assert "being changed by somebody else" in refused.json()["message"]


async def test_an_event_that_is_refused_changes_nothing(meddled: tuple[World, Meddling]) -> None:
    world, meddling = meddled
    where = await stand(world, DEPLOYMENTS, DEPLOYMENT)
    meddling.refuses_events = True
    assert (await world.send("POST", f"{ACTIONS}/v2", body(where, "scale", replicas="4"))).status_code == 200
    assert (await world.store.audit.latest(limit=1))[0].outcome == "succeeded"


async def test_nobody_in_particular_may_run_anything(home: World) -> None:
    where = await stand(home, DEPLOYMENTS, DEPLOYMENT)
    home.client.headers.pop("Authorization")
    assert (await home.send("GET", ACTIONS, **where)).status_code == 401
    assert (await home.send("POST", ACTIONS, "restart", **where)).status_code == 401


async def test_an_object_that_is_gone_is_not_found(home: World) -> None:
    where = await stand(home, DEPLOYMENTS, DEPLOYMENT)
    await home.cluster.delete(DEPLOYMENTS, "web", namespace=home.namespace, propagation="Background")
    async with asyncio.timeout(20):
        while True:
            try:
                await home.cluster.get(DEPLOYMENTS, "web", namespace=home.namespace)
            except NotFound:
                break
    assert (await home.send("GET", ACTIONS, **where)).status_code == 404


async def test_the_document_says_what_is_taken(read: World) -> None:
    paths = (await read.client.get("/swagger.json")).json()["paths"]
    below = "/api/v1/applications/{name}/resource/actions"
    taken = paths[f"{below}/v2"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert taken == {"$ref": "#/components/schemas/ResourceActionRunRequest"}
    assert paths[below]["post"]["deprecated"]
    assert paths[below]["post"]["requestBody"]["content"]["application/json"]["schema"] == {"type": "string"}
