"""Look into repositories: refs, charts, tags, folders, details; for whom, and of which repositories (S-066)."""

from typing import Any, cast
from urllib.parse import quote

import pytest

from api_server.connections import Connections
from api_server.errors import PermissionDenied
from api_server.queries import sources
from api_server.queries.repositories import Asked
from api_server.queries.sources import DetailsQuery
from api_server.server import Caller, Outside, Server
from api_server.watching import APPLICATIONS, CONFIG_MAPS, PROJECTS, SECRETS, Watches
from argosy.engine.access import LocalUser
from argosy.engine.model.source import HelmParameter, Source
from argosy.gateways.clock import SystemClock
from argosy.gateways.manifests.errors import Refused, Unavailable
from argosy.gateways.manifests.memory import MemoryManifests
from argosy.wire.repo_server import (
    Chart,
    Details,
    HelmDetails,
    KustomizeDetails,
    Maintainer,
    MetadataRequest,
    ParameterAnnouncement,
    RepositoryRequest,
    RevisionMetadata,
    RevisionReference,
)

GIT = "https://git.example/org/app"
"""What the fixture's repo server has, with a folder `guestbook`."""
CHARTS = "https://charts.example/stable"
REGISTRY = "oci://reg.example/org/config"
CANARY = "c4n4ry"
APPLICATION = "/api/v1/applications"


def at(url: str, part: str = "") -> str:
    whole = f"/api/v1/repositories/{quote(url, safe='')}"
    return f"{whole}/{part}" if part else whole


async def register(world: Any, name: str, /, **texts: str) -> None:
    await world.put(SECRETS, world.secret(name, texts, "repository"))
    await world.until(
        "/api/v1/repositories", lambda found: any(each["repo"] == texts["url"] for each in found["items"])
    )


async def put(world: Any, name: str, status: Any = None, **spec: Any) -> None:
    manifest = world.application(name, **spec)
    await world.put(APPLICATIONS, {**manifest, "status": status or {}})
    await world.until(APPLICATION, lambda found: any(each["metadata"]["name"] == name for each in found["items"]))


async def ask_details(world: Any, url: str = GIT, **query: Any) -> Any:
    source = query.pop("source", {"repoURL": url, "path": "guestbook"})
    return await world.send("POST", at(url, "appdetails"), {"source": source, **query})


async def test_branches_and_tags_of_a_registered_repository(read: Any) -> None:
    await register(read, "git", url=GIT, username="u", password=CANARY)
    commit = read.manifests.commit(GIT, {}, branch="main")
    read.manifests.tag(GIT, "v1", commit)
    assert (await read.send("GET", at(GIT, "refs"))).json() == {"branches": ["main"], "tags": ["v1"]}
    asked = read.manifests.asked[-1]
    assert (asked.repository.password, asked.fresh) == (CANARY, False)
    await read.send("GET", at(GIT, "refs"), forceRefresh="true")
    assert read.manifests.asked[-1].fresh


async def test_charts_and_tags(read: Any) -> None:
    await register(read, "charts", url=CHARTS, type="helm", name="stable")
    await register(read, "oci", url=REGISTRY, type="oci")
    read.manifests.offered[CHARTS] = (Chart("web", ("1.1.0", "1.0.0")),)
    read.manifests.pushed[REGISTRY] = ("v2", "v1")
    expected = {"items": [{"name": "web", "versions": ["1.1.0", "1.0.0"]}]}
    assert (await read.send("GET", at(CHARTS, "helmcharts"))).json() == expected
    assert (await read.send("GET", at(REGISTRY, "oci-tags"))).json() == {"tags": ["v2", "v1"]}


@pytest.mark.parametrize("part", ["refs", "helmcharts", "oci-tags"])
async def test_s_066_a_repository_that_nobody_uses_is_not_looked_into(read: Any, part: str) -> None:
    read.manifests.asked.clear()
    answer = await read.send("GET", at("https://internal.example/secrets", part))
    assert answer.status_code == 403
    assert "not registered" in answer.json()["message"]
    assert read.manifests.asked == []


async def test_s_066_a_repository_of_an_application_that_one_may_read_is_looked_into(read: Any) -> None:
    await put(read, "a")
    assert (await read.send("GET", at(GIT, "refs"))).status_code == 200
    other_way = await read.send("GET", at(f"{GIT}.git", "refs"))
    assert "there is no such repository" in other_way.json()["message"], "asked for, and not in the memory"


async def test_a_url_that_ends_like_a_question_is_a_url(read: Any) -> None:
    for part in ("apps", "refs", "helmcharts", "oci-tags"):
        url = f"https://git.example/org/{part}"
        await register(read, part, url=url)
        read.manifests.commit(url, {"x": []}, branch="main")
        assert (await read.send("GET", at(url))).json()["repo"] == url
        assert (await read.send("GET", at(url, "refs"))).json() == {"branches": ["main"]} | {"tags": []}
    assert (await read.send("GET", at("https://git.example/org"))).status_code == 404


async def test_what_the_repo_server_refuses_is_said(read: Any) -> None:
    await put(read, "a")
    read.manifests.refuse(Refused("access_denied", "authentication required"), Unavailable("gone"))
    refused = await read.send("GET", at(GIT, "refs"))
    assert (refused.status_code, refused.json()["message"]) == (400, "authentication required")
    assert (await read.send("GET", at(GIT, "refs"))).status_code == 503


async def test_folders_that_could_be_applications(read: Any) -> None:
    found = await read.send("GET", at(GIT, "apps"), appProject="default", appName="new")
    assert found.json() == {"items": [{"type": "Directory", "path": "guestbook"}]}
    assert (await read.send("GET", at(GIT, "apps"), revision="none")).status_code == 400


async def test_folders_and_details_of_what_the_project_does_not_permit(read: Any) -> None:
    await read.put(PROJECTS, read.project("team", sourceRepos=["https://elsewhere.example/*"]))
    await read.until("/api/v1/projects", lambda found: len(found["items"]) == 2)
    read.manifests.asked.clear()
    denied = await read.send("GET", at(GIT, "apps"), appProject="team")
    assert denied.status_code == 403
    assert denied.json()["message"] == f"repository {GIT!r} is not permitted in project 'team'"
    assert (await ask_details(read, appName="new", appProject="team")).status_code == 403
    assert (await ask_details(read, appName="new", appProject="none")).status_code == 404
    assert read.manifests.asked == []


async def test_2_29_details_of_each_type(read: Any) -> None:
    helm = HelmDetails(name="web", values="a: 1\n", value_files=("prod.yaml",), parameters=(HelmParameter("a", "1"),))
    announced = ParameterAnnouncement(name="n", item_type="string")
    cases = [
        (Details("Directory"), {"type": "Directory", "directory": {}}),
        (
            Details("Helm", helm=helm),
            {
                "type": "Helm",
                "helm": {
                    "name": "web",
                    "valueFiles": ["prod.yaml"],
                    "values": "a: 1\n",
                    "parameters": [{"name": "a", "value": "1"}],
                },
            },
        ),
        (
            Details("Kustomize", kustomize=KustomizeDetails(("nginx:1",))),
            {"type": "Kustomize", "kustomize": {"images": ["nginx:1"]}},
        ),
        (
            Details("Plugin", plugin=(announced,)),
            {"type": "Plugin", "plugin": {"parametersAnnouncement": [{"name": "n", "itemType": "string"}]}},
        ),
    ]
    for described, expected in cases:
        read.manifests.described[GIT, "guestbook"] = described
        assert (await ask_details(read, appName="new", appProject="default")).json() == expected


async def test_s_066_details_of_an_application_are_of_its_sources_and_of_those_that_it_had(read: Any) -> None:
    old = read.manifests.commit(GIT, {"old": [], "guestbook": []})
    entry = {"id": 3, "deployedAt": "2026-01-01T00:00:00Z", "revision": old, "source": {"repoURL": GIT, "path": "old"}}
    await put(read, "a", status={"history": [entry]})
    assert (await ask_details(read, appName="a", appProject="default")).status_code == 200
    deployed = {"repoURL": GIT, "path": "old", "targetRevision": old}
    assert (await ask_details(read, appName="argocd/a", appProject="default", source=deployed)).status_code == 200
    read.manifests.asked.clear()
    for other in ({"repoURL": GIT, "path": "old"}, {"repoURL": GIT, "path": "secret"}):
        denied = await ask_details(read, appName="a", appProject="default", source=other)
        assert (denied.status_code, denied.json()["message"]) == (
            403,
            "permission denied: the application has and had no such source",
        )
    assert (await ask_details(read, appName="a", appProject="other")).status_code == 403
    assert read.manifests.asked == []


async def test_details_of_one_of_several_sources_take_the_others_along(read: Any) -> None:
    several = [{"repoURL": GIT, "ref": "values"}, {"repoURL": GIT, "path": "guestbook"}]
    await put(read, "a", source=None, sources=several)
    await read.cluster.patch(CONFIG_MAPS, "argocd-cm", {"data": {"helm.enable": "false"}}, namespace="argocd")
    assert (await ask_details(read, appName="a", appProject="default", source=several[1])).status_code == 200
    asked = read.manifests.asked[-1]
    assert (asked.position, len(asked.sources), asked.application) == (1, 2, "a")


@pytest.mark.parametrize("body", [{}, {"source": {"repoURL": "https://other.example", "path": "x"}}, []])
async def test_details_need_the_source_of_the_path(read: Any, body: Any) -> None:
    assert (await read.send("POST", at(GIT, "appdetails"), body)).status_code == 400


async def test_who_may_not_read_sees_nothing_and_nothing_is_asked() -> None:
    manifests, watches, clock = MemoryManifests(), Watches(), SystemClock()
    manifests.commit(GIT, {"guestbook": []})
    outside = Outside(
        cast("Any", None), cast("Any", None), cast("Any", None), manifests, cast("Any", None), cast("Any", None), clock
    )
    server = Server("argocd", outside, watches, cast("Any", None), Connections(manifests, clock))
    caller, asked = Caller(LocalUser("bob"), "1"), Asked(GIT, "default")
    query = DetailsQuery(Source(GIT, "guestbook"), "new", "default")
    for question in (
        sources.refs(server, caller, asked),
        sources.charts(server, caller, asked),
        sources.tags(server, caller, asked),
        sources.apps(server, caller, asked, revision="", name="new"),
        sources.details(server, caller, GIT, query),
    ):
        with pytest.raises(PermissionDenied):
            await question
    assert manifests.asked == []
    watches.close()


async def test_2_58_what_a_commit_says_as_argo_cd_shows_it(read: Any) -> None:
    made_from = RevisionReference(repo_url="https://git.example/dry", sha="d" * 40, author="Ann <a@example.org>")
    said = RevisionMetadata(author="Bob <b@example.org>", date="2026-01-02T03:04:05Z", tags=("v1",), message="why")
    commit = read.manifests.commit(
        GIT,
        {},
        metadata=RevisionMetadata(
            author=said.author, date=said.date, tags=said.tags, message=said.message, references=(made_from,)
        ),
    )
    await put(read, "a")
    assert (await read.send("GET", f"{APPLICATION}/a/revisions/{commit}/metadata")).json() == {
        "author": "Bob <b@example.org>",
        "date": "2026-01-02T03:04:05Z",
        "tags": ["v1"],
        "message": "why",
        "references": [
            {"commit": {"repoURL": "https://git.example/dry", "sha": "d" * 40, "author": "Ann <a@example.org>"}}
        ],
    }


async def test_2_58_how_a_commit_stands_with_the_projects_policy(read: Any) -> None:
    key = "4AEE18F83AFDEB23"
    signed = read.manifests.commit(GIT, {}, metadata=RevisionMetadata(message="a"), signed_by=key)
    unsigned = read.manifests.commit(GIT, {"b": []}, metadata=RevisionMetadata(message="b"))
    policy = {"repos": [{"url": "*"}], "gpg": {"mode": "head", "keys": [key]}}
    await read.put(PROJECTS, read.project("team", sourceIntegrity={"git": {"policies": [policy]}}))
    await read.until("/api/v1/projects", lambda found: len(found["items"]) == 2)
    await put(read, "a", project="team")
    await put(read, "b")
    path = f"{APPLICATION}/a/revisions"
    assert (await read.send("GET", f"{APPLICATION}/b/revisions/{unsigned}/metadata")).json() == {"message": "b"}
    assert (await read.send("GET", f"{path}/{signed}/metadata")).json() == {
        "message": "a",
        "sourceIntegrityResult": {"checks": [{"name": "GIT/GPG"}]},
    }
    (check,) = (await read.send("GET", f"{path}/{unsigned}/metadata")).json()["sourceIntegrityResult"]["checks"]
    assert check["problems"] == [f"commit {unsigned[:7]} is not signed by a key that may sign"]


async def test_2_58_what_a_chart_says(read: Any) -> None:
    people = (Maintainer("Ann", "ann@example.org"), Maintainer("Bob"))
    said = RevisionMetadata(description="a web", home="https://web.example", maintainers=people)
    version = read.manifests.commit(CHARTS, {"web": []}, metadata=said)
    await put(read, "a", source={"repoURL": CHARTS, "chart": "web", "targetRevision": "1.*"})
    await put(read, "b")
    assert (await read.send("GET", f"{APPLICATION}/a/revisions/{version}/chartdetails")).json() == {
        "description": "a web",
        "home": "https://web.example",
        "maintainers": ["Ann <ann@example.org>", "Bob"],
    }
    assert (await read.send("GET", f"{APPLICATION}/b/revisions/{version}/chartdetails")).status_code == 400


async def test_2_58_what_an_artifact_says(read: Any) -> None:
    said = RevisionMetadata(created_at="2026-01-02T03:04:05Z", docs_url="https://docs.example", version="2")
    digest = read.manifests.commit(REGISTRY, {".": []}, metadata=said)
    await put(read, "a", source={"repoURL": REGISTRY, "path": ".", "targetRevision": "v2"})
    await put(read, "b")
    assert (await read.send("GET", f"{APPLICATION}/a/revisions/{digest}/ocimetadata")).json() == {
        "createdAt": "2026-01-02T03:04:05Z",
        "docsUrl": "https://docs.example",
        "version": "2",
    }
    assert (await read.send("GET", f"{APPLICATION}/b/revisions/{digest}/ocimetadata")).status_code == 400


async def test_a_revision_of_an_earlier_source(read: Any) -> None:
    other = "https://git.example/org/earlier"
    commit = read.manifests.commit(other, {}, metadata=RevisionMetadata(author="Ann <a@example.org>"))
    entry = {"id": 4, "deployedAt": "2026-01-01T00:00:00Z", "revision": commit, "source": {"repoURL": other}}
    await put(read, "a", status={"history": [entry]})
    path = f"{APPLICATION}/a/revisions/{commit}/metadata"
    assert (await read.send("GET", path)).status_code == 400
    assert (await read.send("GET", path, versionId="4")).json() == {"author": "Ann <a@example.org>"}
    assert isinstance(read.manifests.asked[-1], MetadataRequest)
    assert (await read.send("GET", path, versionId="5")).status_code == 404
    assert (await read.send("GET", path, versionId="4", sourceIndex="1")).status_code == 400
    assert not isinstance(read.manifests.asked[-1], RepositoryRequest)
