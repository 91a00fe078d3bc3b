"""What can be asked of sources and repositories besides rendering: details, applications, refs. Argo CD 2.2, 2.29."""

import pytest

from argosy.engine.model.rendering import ToolSettings
from argosy.engine.model.repository import Repository
from argosy.engine.model.source import HelmOptions, KustomizeOptions, Source
from argosy.wire.repo_server import AppsRequest, Details, DetailsRequest, RepositoryRequest, SourceRequest
from repo_server.errors import Refused
from tests.repo_server.kitchen import Kitchen, chart, config_map
from tests.repo_server.repositories import Link


async def _details(kitchen: Kitchen, *sources: Source, position: int = 0) -> Details:
    asked = tuple(SourceRequest(source, kitchen.entry(source)) for source in sources)
    return await kitchen.service.details(
        DetailsRequest(application="shop", project="default", sources=asked, position=position)
    )


async def test_2_29_a_charts_details_are_its_values_as_text_and_as_flat_parameters(kitchen: Kitchen):
    files = {"values-prod.yaml": "color: prod\n", "values.yaml": "color: chart\nimage: {tag: 1.0, args: [a, b]}\n"}
    kitchen.forge.create().commit(chart("web", **files))
    details = await _details(kitchen, kitchen.source("web"))
    assert details.source_type == "Helm"
    assert details.helm is not None
    assert details.helm.name == "web"
    assert details.helm.values == files["values.yaml"]
    assert details.helm.value_files == ("values-prod.yaml", "values.yaml")
    assert {each.name: each.value for each in details.helm.parameters} == {
        "color": "chart",
        "image.tag": "1",
        "image.args[0]": "a",
        "image.args[1]": "b",
    }


async def test_2_29_value_files_of_other_sources_count_in_the_parameters(kitchen: Kitchen):
    kitchen.forge.create("values").commit({"prod.yaml": "color: prod\n"})
    kitchen.forge.create().commit(chart("web"))
    helm = kitchen.source("web", helm=HelmOptions(value_files=("$values/prod.yaml",)))
    details = await _details(kitchen, helm, kitchen.source(name="values", ref="values"))
    assert details.helm is not None
    assert {each.name: each.value for each in details.helm.parameters}["color"] == "prod"


async def test_2_29_a_kustomizations_details_are_its_images(kitchen: Kitchen):
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: 'example.org/a:1'}]}\n"
    kitchen.forge.create().commit({"app/kustomization.yaml": "resources: [pod.yaml]\n", "app/pod.yaml": pod})
    details = await _details(kitchen, kitchen.source("app", kustomize=KustomizeOptions(images=("example.org/a:2",))))
    assert details.kustomize is not None
    assert details.kustomize.images == ("example.org/a:2",)


async def test_2_29_a_directory_has_no_details(kitchen: Kitchen):
    kitchen.forge.create().commit({"app/a.yaml": config_map("a")})
    assert await _details(kitchen, kitchen.source("app")) == Details(source_type="Directory")


async def test_s_083_values_behind_a_link_that_leads_out_are_not_told(kitchen: Kitchen):
    kitchen.forge.create().commit({**chart("web"), "web/values.yaml": Link("/etc/passwd")})
    with pytest.raises(Refused, match="symbolic link out of the repository"):
        await _details(kitchen, kitchen.source("web"))


async def test_a_position_that_no_source_has_is_refused(kitchen: Kitchen):
    with pytest.raises(Refused) as refused:
        await _details(kitchen, kitchen.source("web"), position=1)
    assert refused.value.code == "invalid"


async def test_2_2_the_folders_that_could_be_applications_are_listed_with_their_tools(kitchen: Kitchen):
    kitchen.forge.create().commit(
        {
            **chart("charts/web"),
            "overlays/prod/kustomization.yml": "resources: []\n",
            "plain/a.yaml": config_map("a"),
            ".github/kustomization.yaml": "resources: []\n",
            "Kustomization": "resources: []\n",
        }
    )
    repository = Repository(url=kitchen.forge.address())
    answer = await kitchen.service.apps(AppsRequest(repository, revision="main"))
    found = {item.path: item.source_type for item in answer.items}
    assert found == {".": "Kustomize", "charts/web": "Helm", "overlays/prod": "Kustomize"}
    without = await kitchen.service.apps(AppsRequest(repository, tools=ToolSettings(helm=False)))
    assert "charts/web" not in {item.path for item in without.items}


async def test_branches_and_tags_are_listed_by_their_short_names(kitchen: Kitchen):
    tree = kitchen.forge.create()
    tree.commit({"a.yaml": config_map("a")})
    tree.git("branch", "feature/x")
    tree.git("tag", "v1.0.0")
    tree.git("tag", "-a", "v2.0.0", "-m", "two")
    refs = await kitchen.service.refs(RepositoryRequest(Repository(url=kitchen.forge.address())))
    assert refs.branches == ("feature/x", "main")
    assert refs.tags == ("v1.0.0", "v2.0.0")


async def test_2_5_the_answer_says_what_one_would_type_for_it(kitchen: Kitchen):
    kitchen.forge.create().commit({**chart("web"), "app/kustomization.yaml": "resources: []\n"})
    helm = HelmOptions(values="color: x", skip_crds=True)
    (source,) = await kitchen.render(kitchen.source("web", helm=helm), kube_version="1.30.0")
    (command,) = source.commands
    assert command.startswith("helm template . --name-template shop --namespace store --kube-version 1.30.0")
    assert "--include-crds" not in command
    kustomize = KustomizeOptions(images=("a=b:1",), name_prefix="x-")
    (source,) = await kitchen.render(kitchen.source("app", kustomize=kustomize))
    assert source.commands == (
        "kustomize edit set nameprefix -- x-",
        "kustomize edit set image a=b:1",
        "kustomize build .",
    )


async def test_a_charts_notes_are_not_manifests_and_are_told(kitchen: Kitchen):
    kitchen.forge.create().commit(chart("web"))
    (source,) = await kitchen.render(kitchen.source("web"))
    assert source.notes == "Thank you for shop.\n"


async def test_a_linters_warnings_come_along_when_asked_for(kitchen: Kitchen):
    kitchen.forge.create().commit(chart("web", **{"Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2\n"}))
    for lint in (False, True):
        (source,) = await kitchen.render(kitchen.source("web"), lint=lint)
        assert bool(source.warnings) is lint


async def test_manifests_that_the_caller_still_has_are_not_sent_again(kitchen: Kitchen):
    tree = kitchen.forge.create()
    first = tree.commit({"app/a.yaml": config_map("a")})
    (source,) = await kitchen.render(kitchen.source("app"), revision=first)
    assert source.manifests
    assert not source.unchanged
    unrelated = tree.commit({"other.yaml": "x"})
    (again,) = await kitchen.render(kitchen.source("app"), revision=unrelated, known=(source.fingerprint,))
    assert (again.unchanged, again.manifests, again.fingerprint) == (True, (), source.fingerprint)
    assert again.revision == unrelated
    changed = tree.commit({"app/a.yaml": config_map("b")})
    (other,) = await kitchen.render(kitchen.source("app"), revision=changed, known=(source.fingerprint,))
    assert not other.unchanged
    assert other.fingerprint != source.fingerprint
