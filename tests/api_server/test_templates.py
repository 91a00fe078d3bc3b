"""Credential templates through REST, on the real control plane; no credential ever comes back."""

import base64
from typing import Any
from urllib.parse import quote

import pytest

from api_server.commands import secrets as names
from api_server.watching import SECRETS
from argosy.gateways.kubernetes.errors import NotFound

TEMPLATES = "/api/v1/repocreds"
REPOSITORIES = "/api/v1/repositories"
URL = "https://git.example/org"
REPOSITORY = f"{URL}/app"
CANARY = "c4n4ry"
JSON = {"Content-Type": "application/json"}


def at(path: str, url: str) -> str:
    return f"{path}/{quote(url, safe='')}"


async def kept(world: Any, name: str) -> dict[str, str]:
    manifest = await world.cluster.get(SECRETS, name, namespace=world.namespace)
    return {key: base64.b64decode(value).decode() for key, value in manifest["data"].items()}


def test_secrets_of_templates_are_named_as_argo_cd_names_them() -> None:
    assert names.template_name("") == "creds-2166136261"


async def test_a_template_is_registered_used_changed_and_removed(world: Any) -> None:
    template = {"url": URL, "username": "robot", "password": CANARY, "proxy": "http://u:pw@proxy.example"}
    created = await world.send("POST", TEMPLATES, template)
    assert created.status_code == 200, created.text
    shown = {"url": URL, "type": "git", "username": "robot", "proxy": "http://proxy.example"}
    assert created.json() == shown
    name = names.template_name(URL)
    assert await kept(world, name) == {**template, "type": "git"}
    manifest = await world.cluster.get(SECRETS, name, namespace=world.namespace)
    assert manifest["metadata"]["labels"] == {"argocd.argoproj.io/secret-type": "repo-creds"}

    assert (await world.send("POST", REPOSITORIES, {"repo": REPOSITORY})).json()["inheritedCreds"] is True
    assert world.manifests.asked[-1].repository.password == CANARY

    changed = await world.client.put(at(TEMPLATES, URL), json={"username": "other"}, headers=JSON)
    assert changed.json() == {"url": URL, "type": "git", "username": "other"}
    assert await kept(world, name) == {"url": URL, "type": "git", "username": "other", "password": CANARY}
    listed = await world.send("GET", TEMPLATES)
    assert listed.json() == {"items": [changed.json()]}
    assert (await world.send("GET", TEMPLATES, url="https://elsewhere.example")).json() == {"items": []}
    assert CANARY not in created.text + changed.text + listed.text

    assert (await world.client.delete(at(TEMPLATES, URL), headers=JSON)).status_code == 200
    with pytest.raises(NotFound):
        await kept(world, name)
    assert (await world.client.delete(at(TEMPLATES, URL), headers=JSON)).status_code == 404
    assert (await world.client.put(at(TEMPLATES, URL), json={}, headers=JSON)).status_code == 404


async def test_a_different_template_needs_upsert(world: Any) -> None:
    await world.send("POST", TEMPLATES, {"url": URL, "username": "robot", "password": CANARY})
    again = {"url": f"{URL}/", "username": "robot"}
    assert (await world.send("POST", TEMPLATES, again)).status_code == 200
    refused = await world.send("POST", TEMPLATES, {**again, "githubAppID": 1})
    assert refused.status_code == 400
    assert "existing repository credentials spec is different; use upsert" in refused.json()["message"]
    assert (await world.send("POST", TEMPLATES, {**again, "githubAppID": 1}, upsert="true")).status_code == 200
    found = await kept(world, names.template_name(URL))
    assert (found["githubAppID"], found["password"]) == ("1", CANARY)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"url": ""}, "url"),
        ({"repo": "https://git.example/x"}, "repo"),
        ({"name": "x"}, "name"),
        ({"project": "x"}, "project"),
        ({"depth": 1}, "depth"),
        ({"enableLfs": True}, "enableLfs"),
        ({"insecure": CANARY}, "insecure"),
    ],
)
async def test_a_malformed_template_is_refused_by_field(read: Any, fields: dict[str, Any], named: str) -> None:
    answer = await read.send("POST", TEMPLATES, {"url": URL, **fields})
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(f"{named}:")
    assert CANARY not in answer.text


async def test_a_repository_is_changed_by_put(world: Any) -> None:
    path = at(REPOSITORIES, REPOSITORY)
    assert (await world.client.put(path, json={"username": "robot"}, headers=JSON)).status_code == 404
    await world.send("POST", REPOSITORIES, {"repo": REPOSITORY, "username": "robot", "password": CANARY})
    changed = await world.client.put(path, json={"username": "other", "depth": 2}, headers=JSON)
    assert (changed.status_code, changed.json()["depth"], CANARY in changed.text) == (200, 2, False)
    found = await kept(world, names.repository_name(REPOSITORY, ""))
    assert (found["username"], found["password"], found["depth"]) == ("other", CANARY, "2")
