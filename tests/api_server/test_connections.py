"""Register and remove repositories and clusters, on the real control plane; no credential ever comes back."""

import base64
import json

import pytest

from api_server.commands import secrets as names
from api_server.watching import CONFIG_MAPS, PROJECTS, SECRETS
from argosy.gateways.kubernetes.errors import NotFound
from argosy.gateways.manifests.errors import Refused, Unavailable
from argosy.wire.controller import ApplicationTree, ResourceNode

REPOSITORIES = "/api/v1/repositories"
CLUSTERS = "/api/v1/clusters"
URL = "https://git.example/org/app"
CANARY = "c4n4ry"


def body(**fields):
    return {"repo": URL, "type": "git", "username": "robot", "password": CANARY, **fields}


async def kept(world, name):
    manifest = await world.cluster.get(SECRETS, name, namespace=world.namespace)
    return {key: base64.b64decode(value).decode() for key, value in manifest["data"].items()}


def test_secrets_are_named_as_argo_cd_names_them():
    assert names.repository_name("", "") == "repo-2166136261"
    assert names.repository_name("https://github.com/argoproj/argo-cd", "") == "repo-42374749"
    assert names.cluster_name("https://[::1]:6443").startswith("cluster-1-")


async def test_a_repository_is_registered_listed_and_removed(world):
    answer = await world.send("POST", REPOSITORIES, body(name="app"))
    assert answer.status_code == 200, answer.text
    assert answer.json()["connectionState"]["status"] == "Successful"
    name = names.repository_name(URL, "")
    assert await kept(world, name) == {
        "url": URL,
        "type": "git",
        "name": "app",
        "username": "robot",
        "password": CANARY,
    }
    manifest = await world.cluster.get(SECRETS, name, namespace=world.namespace)
    assert manifest["metadata"]["labels"] == {"argocd.argoproj.io/secret-type": "repository"}
    assert manifest["metadata"]["annotations"]["managed-by"] == "argocd.argoproj.io"
    listed = await world.send("GET", REPOSITORIES)
    (shown,) = listed.json()["items"]
    assert (shown["repo"], shown["name"], shown["username"]) == (URL, "app", "robot")
    assert CANARY not in listed.text + answer.text
    encoded = URL.replace(":", "%3A").replace("/", "%2F")
    assert (await world.client.get(f"{REPOSITORIES}/{encoded}")).json()["repo"] == URL
    headers = {"Content-Type": "application/json"}
    assert (await world.client.delete(f"{REPOSITORIES}/{encoded}", headers=headers)).status_code == 200
    assert (await world.send("GET", REPOSITORIES)).json()["items"] == []
    with pytest.raises(NotFound):
        await kept(world, name)
    assert (await world.client.delete(f"{REPOSITORIES}/{encoded}", headers=headers)).status_code == 404


async def test_the_entry_is_used_at_once(world):
    await world.send("POST", REPOSITORIES, body())
    await world.create()
    credentials = [each.repository.password for each in world.manifests.asked[-1].sources]
    assert credentials == [CANARY]


async def test_2_77_a_different_entry_needs_upsert_and_keeps_the_secrets_that_are_not_sent(world):
    await world.send("POST", REPOSITORIES, body())
    again = await world.send("POST", REPOSITORIES, body(password=""))
    assert again.status_code == 200
    other = body(username="other", password="")
    refused = await world.send("POST", REPOSITORIES, other)
    assert refused.status_code == 400
    assert "use upsert flag to force update; different: username" in refused.json()["message"]
    assert (await world.send("POST", REPOSITORIES, other, upsert="true")).status_code == 200
    found = await kept(world, names.repository_name(URL, ""))
    assert (found["username"], found["password"]) == ("other", CANARY)


SECRETS_OF = {
    "githubAppPrivateKey": f"{CANARY}-1",
    "gcpServiceAccountKey": f"{CANARY}-2",
    "azureServicePrincipalClientSecret": f"{CANARY}-3",
    "bearerToken": f"{CANARY}-4",
    "sshPrivateKey": f"{CANARY}-5",
    "tlsClientCertKey": f"{CANARY}-6",
}
SHOWN = {
    "githubAppID": 1,
    "githubAppInstallationID": 2,
    "githubAppEnterpriseBaseUrl": "https://ghe.example/api/v3",
    "useAzureWorkloadIdentity": True,
    "azureServicePrincipalClientId": "client",
    "azureServicePrincipalTenantId": "tenant",
    "azureActiveDirectoryEndpoint": "https://login.example",
    "insecureOCIForceHttp": True,
    "depth": 3,
}


async def test_2_77_every_kind_of_credentials_is_kept_and_no_secret_is_shown(world):
    answer = await world.send("POST", REPOSITORIES, body(password="", **SECRETS_OF, **SHOWN))
    assert answer.status_code == 200, answer.text
    stored = await kept(world, names.repository_name(URL, ""))
    assert {key: stored[key] for key in SECRETS_OF} == SECRETS_OF
    assert (stored["githubAppID"], stored["useAzureWorkloadIdentity"], stored["depth"]) == ("1", "true", "3")
    encoded = URL.replace(":", "%3A").replace("/", "%2F")
    shown = await world.client.get(f"{REPOSITORIES}/{encoded}")
    assert {key: shown.json()[key] for key in SHOWN} == SHOWN
    listed = await world.send("GET", REPOSITORIES)
    changed = await world.send("POST", REPOSITORIES, body(password="", depth=4), upsert="true")
    assert changed.status_code == 200
    assert CANARY not in answer.text + shown.text + listed.text + changed.text
    again = await kept(world, names.repository_name(URL, ""))
    assert {key: again[key] for key in SECRETS_OF} == SECRETS_OF
    assert again["depth"] == "4"


async def test_what_cannot_be_reached_is_not_registered(world):
    world.manifests.refuse(Refused("access_denied", "authentication required"))
    refused = await world.send("POST", REPOSITORIES, body())
    assert refused.status_code == 400
    assert "authentication required" in refused.json()["message"]
    world.manifests.refuse(Unavailable("the repo server does not answer"))
    assert (await world.send("POST", REPOSITORIES, body())).status_code == 503
    assert (await world.send("GET", REPOSITORIES)).json()["items"] == []
    refused = await world.send("POST", f"{REPOSITORIES}/https%3A%2F%2Fnone.example/validate", {"password": CANARY})
    assert (refused.status_code, CANARY in refused.text) == (400, False)
    encoded = URL.replace(":", "%3A").replace("/", "%2F")
    assert (await world.send("POST", f"{REPOSITORIES}/{encoded}/validate", {"password": CANARY})).status_code == 200
    assert world.manifests.asked[-1].repository.password == CANARY


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"repo": ""}, "repo"),
        ({"repo": "--upload-pack=x"}, "repo"),
        ({"type": "svn"}, "type"),
        ({"depth": "deep"}, "depth"),
        ({"insecure": [CANARY]}, "insecure"),
        ({"githubAppID": CANARY}, "githubAppID"),
        ({"githubAppSecret": CANARY}, "githubAppSecret"),
        ({"url": "https://git.example/other"}, "url"),
    ],
)
async def test_a_malformed_entry_is_refused_by_field_without_repeating_it(world, fields, named):
    answer = await world.send("POST", REPOSITORIES, body(**fields))
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(f"{named}:")
    assert CANARY not in answer.text


async def test_a_secret_that_somebody_else_made_only_loses_its_label(world):
    manifest = world.secret("theirs", {"url": URL, "password": CANARY}, "repository")
    await world.put(SECRETS, manifest)
    await world.until(REPOSITORIES, lambda found: found["items"])
    headers = {"Content-Type": "application/json"}
    assert (await world.client.delete(f"{REPOSITORIES}/{URL}", headers=headers)).status_code == 200
    left = await world.cluster.get(SECRETS, "theirs", namespace=world.namespace)
    assert "argocd.argoproj.io/secret-type" not in left["metadata"].get("labels", {})
    assert (await world.send("GET", REPOSITORIES)).json()["items"] == []


def cluster_body(control_plane, **config):
    main = control_plane.main
    ca = base64.b64encode(main.certificate_authority.encode()).decode()
    return {
        "server": main.server,
        "name": "second",
        "config": {"bearerToken": main.token, "tlsClientConfig": {"caData": ca}, **config},
        "namespaces": ["team"],
    }


async def test_a_cluster_is_registered_listed_and_removed(world, control_plane):
    token = control_plane.main.token
    answer = await world.send("POST", CLUSTERS, cluster_body(control_plane))
    assert answer.status_code == 200, answer.text
    assert answer.json()["serverVersion"].startswith("v1.")
    listed = await world.send("GET", CLUSTERS)
    assert [each["name"] for each in listed.json()["items"]] == ["in-cluster", "second"]
    assert token not in listed.text + answer.text
    assert "caData" not in listed.text
    found = await kept(world, names.cluster_name(control_plane.main.server))
    assert json.loads(found["config"])["bearerToken"] == token
    by_name = await world.send("GET", f"{CLUSTERS}/second", **{"id.type": "name"})
    assert by_name.json()["namespaces"] == ["team"]
    rows = await world.store.audit.latest(limit=10)
    assert all(token not in repr(row) for row in rows)
    again = await world.send("POST", CLUSTERS, cluster_body(control_plane))
    assert again.status_code == 200
    renamed = {**cluster_body(control_plane), "name": "third"}
    assert (await world.send("POST", CLUSTERS, renamed)).status_code == 400
    assert (await world.send("POST", CLUSTERS, renamed, upsert="true")).status_code == 200
    encoded = control_plane.main.server.replace(":", "%3A").replace("/", "%2F")
    headers = {"Content-Type": "application/json"}
    assert (await world.client.delete(f"{CLUSTERS}/{encoded}", headers=headers)).status_code == 200
    assert [each["name"] for each in (await world.send("GET", CLUSTERS)).json()["items"]] == ["in-cluster"]


async def test_a_cluster_that_does_not_answer_is_not_registered(world, control_plane, unused_tcp_port):
    dead = {**cluster_body(control_plane), "server": f"https://127.0.0.1:{unused_tcp_port}"}
    assert (await world.send("POST", CLUSTERS, dead)).status_code == 400
    wrong = cluster_body(control_plane, bearerToken="wrong" * 10)
    refused = await world.send("POST", CLUSTERS, wrong)
    assert refused.status_code == 400
    assert "wrong" * 10 not in refused.text
    assert len((await world.send("GET", CLUSTERS)).json()["items"]) == 1


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"server": "ftp://x"}, "server"),
        ({"server": 5}, "server"),
        ({"config": []}, "config"),
        ({"config": {"execProviderConfig": {"command": "touch"}}}, "config.execProviderConfig"),
        ({"config": {"awsAuthConfig": {"clusterName": "x"}}}, "config.awsAuthConfig"),
        ({"config": {"tlsClientConfig": {"caData": "?"}}}, "config"),
        ({"namespaces": "team"}, "namespaces"),
        ({"unheardOf": 1}, "unheardOf"),
    ],
)
async def test_a_malformed_cluster_is_refused_by_field(world, control_plane, changed, named):
    answer = await world.send("POST", CLUSTERS, {**cluster_body(control_plane), **changed})
    assert answer.status_code == 400, answer.text
    assert answer.json()["message"].startswith(named)
    assert len((await world.send("GET", CLUSTERS)).json()["items"]) == 1


async def test_the_cluster_that_we_run_in_cannot_be_removed(world):
    answer = await world.send("DELETE", f"{CLUSTERS}/in-cluster", **{"id.type": "name"})
    assert answer.status_code == 400
    assert "cluster.inClusterEnabled" in answer.json()["message"]
    data = {"data": {"cluster.inClusterEnabled": "false"}}
    await world.cluster.patch(CONFIG_MAPS, "argocd-cm", data, namespace=world.namespace)
    await world.until(CLUSTERS, lambda found: found["items"] == [])


async def test_only_an_object_of_the_tree_is_deleted_and_only_where_the_project_permits_it(world):
    for name in ("ours", "theirs"):
        await world.put(CONFIG_MAPS, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}})
    await world.create()
    ours = await world.cluster.get(CONFIG_MAPS, "ours", namespace=world.namespace)
    node = ResourceNode(
        kind="ConfigMap", name="ours", version="v1", namespace=world.namespace, uid=ours["metadata"]["uid"]
    )
    world.live.trees[world.namespace, "guestbook"] = ApplicationTree(nodes=(node,))
    path = "/api/v1/applications/guestbook/resource"
    query = {"kind": "ConfigMap", "version": "v1", "namespace": world.namespace}
    assert (await world.send("DELETE", path, **query, resourceName="theirs")).status_code == 400
    assert (await world.send("DELETE", path, **query, resourceName="ours", force="true")).status_code == 501
    denied = {"spec": {"namespaceResourceBlacklist": [{"group": "", "kind": "ConfigMap"}]}}
    await world.cluster.patch(PROJECTS, "default", denied, namespace=world.namespace)
    await world.until("/api/v1/projects", lambda found: "namespaceResourceBlacklist" in found["items"][0]["spec"])
    assert (await world.send("DELETE", path, **query, resourceName="ours")).status_code == 403
    allowed = {"spec": {"namespaceResourceBlacklist": None}}
    await world.cluster.patch(PROJECTS, "default", allowed, namespace=world.namespace)
    await world.until("/api/v1/projects", lambda found: "namespaceResourceBlacklist" not in found["items"][0]["spec"])
    assert (await world.send("DELETE", path, **query, resourceName="ours")).status_code == 200
    await world.cluster.get(CONFIG_MAPS, "theirs", namespace=world.namespace)
    with pytest.raises(NotFound):
        await world.cluster.get(CONFIG_MAPS, "ours", namespace=world.namespace)


async def test_events_of_an_application(world):
    created = await world.create()
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": "guestbook.1", "namespace": world.namespace},
        "involvedObject": {
            "kind": "Application",
            "name": "guestbook",
            "namespace": world.namespace,
            "uid": created["metadata"]["uid"],
        },
        "reason": "OperationStarted",
        "message": "admin initiated sync",
        "type": "Normal",
    }
    from argosy.gateways.kubernetes.port import ApiResource

    events = ApiResource("", "v1", "Event", "events", namespaced=True, verbs=frozenset())
    await world.cluster.create(events, event)
    found = (await world.send("GET", "/api/v1/applications/guestbook/events")).json()
    assert [each["message"] for each in found["items"]] == ["admin initiated sync"]
    query = {"resourceName": "guestbook", "resourceNamespace": world.namespace}
    found = (await world.send("GET", "/api/v1/applications/guestbook/events", **query)).json()
    assert len(found["items"]) == 1
