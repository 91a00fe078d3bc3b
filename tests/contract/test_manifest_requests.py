"""What is asked of the repo server for an application: the project's word counts, whatever the settings could lend."""

from dataclasses import replace
from typing import Any

import pytest

from argosy.engine.model import application as applications
from argosy.engine.model import project as projects
from argosy.engine.model.rendering import Integrity, ToolSettings
from argosy.engine.model.repository import Repository
from argosy.engine.settings import RepositoryEntry, Settings
from argosy.gateways.manifests import requests
from argosy.gateways.manifests.errors import Refused
from argosy.gateways.manifests.memory import MemoryManifests
from argosy.gateways.manifests.requests import Destination, Tenant

GIT = "https://git.example.org/app"
CHARTS = "https://charts.example.org"
HERE = Destination("1.37.2", ("apps/v1",))
A = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
SIGNED = {"git": {"policies": [{"repos": [{"url": "*"}], "gpg": {"mode": "strict", "keys": ["4AEE18F83AFDEB23"]}}]}}


def entry(url: str, **fields: Any) -> RepositoryEntry:
    return RepositoryEntry("secret", Repository(url=url, **fields), managed=True)


def tenant(
    *entries: RepositoryEntry,
    source_repos: tuple[str, ...] = (GIT,),
    annotations: dict[str, str] | None = None,
    sources: tuple[dict[str, Any], ...] = ({"repoURL": GIT, "path": "app"},),
    integrity: dict[str, Any] | None = None,
) -> Tenant:
    spec = {"project": "team", "destination": {"server": "s", "namespace": "shop"}, "sources": list(sources)}
    application = applications.read({"metadata": {"name": "web", "annotations": annotations or {}}, "spec": spec})
    rules = {"sourceRepos": list(source_repos), "sourceIntegrity": integrity or {}}
    project = projects.read({"metadata": {"name": "team"}, "spec": rules})
    tools = ToolSettings(kustomize_build_options="--enable-helm")
    return Tenant(application, project, Settings(repositories=entries, tools=tools, keyring=("armour",)))


def with_template(owner: Tenant, *templates: RepositoryEntry) -> Tenant:
    return replace(owner, settings=replace(owner.settings, repository_templates=templates))


def drawing(*names: str) -> MemoryManifests:
    """Return a repo server with an application that draws on these repositories."""
    manifests = MemoryManifests()
    manifests.commit(GIT, {"app": [A]})
    manifests.draws_on[GIT, "app"] = names
    return manifests


def request_of(owner: Tenant, **more: Any) -> Any:
    return requests.render_request(owner, "web", destination=HERE, **more)


def test_a_request_says_all_that_a_render_depends_on() -> None:
    marks = {"argosy/lint": "true", "argocd.argoproj.io/manifest-generate-paths": ".;/shared"}
    sources = ({"repoURL": GIT, "path": "app"}, {"repoURL": CHARTS, "chart": "web", "targetRevision": "1.*"})
    owner = tenant(entry(CHARTS, type="helm", password="p"), annotations=marks, sources=sources, integrity=SIGNED)
    request = requests.render_request(owner, "shop_web", destination=HERE, revisions=("c" * 40, "1.2.0"))
    assert (request.application, request.namespace, request.project) == ("shop_web", "shop", "team")
    assert (request.kube_version, request.api_versions) == ("1.37.2", ("apps/v1",))
    assert (request.lint, request.generate_paths, request.fresh) == (True, ".;/shared", False)
    assert request.tools == ToolSettings(kustomize_build_options="--enable-helm")
    first, second = request.sources
    assert (first.revision, first.repository.type) == ("c" * 40, "git")
    assert first.integrity == Integrity("strict", ("4AEE18F83AFDEB23",), ("armour",))
    assert (second.revision, second.repository.type, second.repository.password) == ("1.2.0", "helm", "p")
    assert second.integrity is None


@pytest.mark.parametrize("text", ["false", "yes", "", "True"])
def test_nothing_is_linted_unless_asked_for(text: str) -> None:
    assert not request_of(tenant(annotations={"argosy/lint": text})).lint


async def test_a_permitted_repository_is_lent_with_its_credentials_and_remembered() -> None:
    owner = tenant(entry(CHARTS, type="helm", username="u", password="p"), source_repos=("*",))
    manifests = drawing(CHARTS, "https://public.example.org")
    request, answer = await requests.render(manifests, request_of(owner), owner)
    assert answer.sources[0].manifests[0].manifest == A
    assert request.repositories[CHARTS].password == "p"
    assert request.repositories["https://public.example.org"] == Repository("https://public.example.org", type="helm")
    assert len(manifests.asked) == 2
    again = request_of(owner, needed=request.repositories)
    assert again == request
    await requests.render(manifests, again, owner)
    assert len(manifests.asked) == 3


async def test_2_24_what_the_project_does_not_permit_is_refused_by_name() -> None:
    owner = tenant(entry(CHARTS, type="helm", password="p"), source_repos=(GIT,))
    manifests = drawing(CHARTS, "https://u:c4n4ry@other.example.org/x")
    with pytest.raises(Refused) as refused:
        await requests.render(manifests, request_of(owner), owner)
    words = f"helm repos {CHARTS}, https://other.example.org/x are not permitted in project team"
    assert str(refused.value).startswith(words)
    assert len(manifests.asked) == 1


@pytest.mark.parametrize(
    "name",
    [
        "https://charts.example.org/ours/../theirs",
        "https://evil.example?@charts.example.org/ours",
        "https://evil.example#@charts.example.org/ours",
        "-https://charts.example.org/ours",
    ],
)
def test_a_url_that_leads_elsewhere_than_it_says_is_lent_nothing(name: str) -> None:
    template = entry(f"{CHARTS}/ours", username="u", password="c4n4ry")
    for permitted in ("*", f"{CHARTS}/ours/*", f"{CHARTS}/ours"):
        owner = with_template(tenant(source_repos=(permitted,)), template)
        with pytest.raises(Refused, match="not permitted"):
            requests.lend(owner, [name])


async def test_what_is_not_permitted_any_more_is_not_lent_from_memory() -> None:
    owner = tenant(entry(CHARTS, type="helm", password="p"), source_repos=("*",))
    request, _ = await requests.render(drawing(CHARTS), request_of(owner), owner)
    strict = tenant(entry(CHARTS, type="helm", password="p"), source_repos=(GIT,))
    assert request_of(strict, needed=request.repositories).repositories == {}


async def test_2_75_a_repository_of_the_project_is_permitted_and_preferred() -> None:
    owner = tenant(
        entry(CHARTS, type="helm", password="all"),
        entry(CHARTS, type="helm", password="ours", project="team"),
        entry(CHARTS, type="helm", password="theirs", project="other"),
    )
    assert requests.lend(owner, [CHARTS])[CHARTS].password == "ours"


@pytest.mark.parametrize("name", ["@shop", "alias:shop"])
def test_a_repository_by_its_name(name: str) -> None:
    ours = entry(CHARTS, name="shop", type="helm", password="ours", project="team")
    shared = entry(f"{CHARTS}/all", name="shop", type="helm", password="all")
    theirs = entry(f"{CHARTS}/theirs", name="shop", type="helm", password="theirs", project="other")
    lent = requests.lend(tenant(theirs, shared, ours), [name])[name]
    assert (lent.url, lent.password) == (CHARTS, "ours")
    lent = requests.lend(tenant(theirs, shared, source_repos=("*",)), [name])[name]
    assert (lent.url, lent.password) == (f"{CHARTS}/all", "all")
    for owner in (tenant(shared), tenant(theirs, source_repos=("*",))):
        with pytest.raises(Refused, match=f"helm repos {name} are not permitted in project team"):
            requests.lend(owner, [name])


def test_a_registry_may_be_registered_and_permitted_without_a_scheme() -> None:
    registry = entry("reg.example.org/charts", type="helm", enable_oci=True, password="p")
    for permitted in ("reg.example.org/charts", "oci://reg.example.org/charts", "*"):
        owner = tenant(registry, source_repos=(permitted,))
        lent = requests.lend(owner, ["oci://reg.example.org/charts"])["oci://reg.example.org/charts"]
        assert (lent.url, lent.password, lent.enable_oci) == ("oci://reg.example.org/charts", "p", True)
    template = entry("reg.example.org", type="helm", enable_oci=True, password="t", username="u")
    owner = with_template(tenant(source_repos=("*",)), template)
    assert requests.lend(owner, ["oci://reg.example.org/charts"])["oci://reg.example.org/charts"].password == "t"
    unknown = requests.lend(tenant(source_repos=("*",)), ["oci://reg.example.org/a"])["oci://reg.example.org/a"]
    assert unknown == Repository("oci://reg.example.org/a", type="oci")


async def test_a_repo_server_that_asks_for_what_it_has_is_not_asked_again() -> None:
    owner = tenant(source_repos=("*",))
    manifests = MemoryManifests()
    manifests.commit(GIT, {"app": [A]})
    refusal = Refused("repositories_needed", "more", repositories=(CHARTS,))
    manifests.refuse(refusal, refusal)
    with pytest.raises(Refused, match="more"):
        await requests.render(manifests, request_of(owner), owner)
    assert len(manifests.asked) == 2


async def test_repositories_without_end_are_refused() -> None:
    owner = tenant(source_repos=("*",))
    manifests = MemoryManifests()
    manifests.refuse(*(Refused("repositories_needed", "more", repositories=(f"{CHARTS}/{n}",)) for n in range(99)))
    with pytest.raises(Refused, match="levels deep") as refused:
        await requests.render(manifests, request_of(owner), owner)
    assert refused.value.code == "limit_exceeded"
    assert len(manifests.asked) < 20


async def test_other_refusals_are_passed_on() -> None:
    manifests = MemoryManifests()
    manifests.refuse(Refused("render_failed", "no"))
    with pytest.raises(Refused, match="no"):
        await requests.render(manifests, request_of(tenant()), tenant())
