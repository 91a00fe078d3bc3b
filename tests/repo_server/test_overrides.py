"""Options that a repository sets for its own applications. Argo CD 2.49."""

import pytest

from argosy.engine.model.source import HelmOptions, KustomizeOptions
from repo_server.errors import Refused
from tests.repo_server.kitchen import Kitchen, chart, config_map

KUSTOMIZATION = {"app/kustomization.yaml": "resources: [map.yaml]\n", "app/map.yaml": config_map("map")}


async def test_2_49_the_file_for_all_comes_before_the_one_for_the_application(kitchen: Kitchen):
    kitchen.forge.create().commit(
        {
            **KUSTOMIZATION,
            "app/.argocd-source.yaml": "kustomize: {namePrefix: all-, nameSuffix: -all}\n",
            "app/.argocd-source-shop.yaml": "kustomize: {nameSuffix: -shop}\n",
        }
    )
    assert set(await kitchen.data(kitchen.source("app"))) == {"all-map-shop"}
    assert set(await kitchen.data(kitchen.source("app"), application="other")) == {"all-map-all"}


async def test_2_49_they_are_merge_patches_on_the_source(kitchen: Kitchen):
    patch = "helm:\n  parameters: [{name: color, value: patched}]\n  releaseName: null\n"
    kitchen.forge.create().commit({**chart("web"), "web/.argocd-source.yaml": patch})
    source = kitchen.source("web", helm=HelmOptions(release_name="mine", values="list: [a, b]"))
    data = await kitchen.data(source)
    assert data["shop"]["color"] == "patched"
    assert data["shop"]["list"] == "a-b"


async def test_2_49_where_the_source_is_cannot_be_changed_from_within(kitchen: Kitchen):
    elsewhere = "repoURL: https://example.org/other\npath: other\ntargetRevision: v9\nchart: redis\n"
    kitchen.forge.create().commit({**KUSTOMIZATION, "app/.argocd-source.yaml": elsewhere})
    assert set(await kitchen.data(kitchen.source("app"))) == {"map"}


async def test_2_1_overrides_are_merged_before_the_tool_is_chosen(kitchen: Kitchen):
    files = {"app/a.yaml": config_map("a"), "app/sub/b.yaml": config_map("b")}
    kitchen.forge.create().commit({**files, "app/.argocd-source.yaml": "directory: {recurse: true}\n"})
    assert set(await kitchen.data(kitchen.source("app"))) == {"a", "b"}
    with pytest.raises(Refused, match="multiple application sources defined: Kustomize, Directory"):
        await kitchen.data(kitchen.source("app", kustomize=KustomizeOptions(name_prefix="x-")))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("helm: [1]\n", "app/.argocd-source.yaml does not fit a source"),
        ("helm: {valueFiles: 7}\n", "app/.argocd-source.yaml does not fit a source"),
        ("- a\n", "app/.argocd-source.yaml, line 1"),
        ("a: [\n", "app/.argocd-source.yaml, line"),
    ],
)
async def test_2_49_one_that_cannot_be_used_is_refused_in_words(kitchen: Kitchen, text: str, says: str):
    kitchen.forge.create().commit({**KUSTOMIZATION, "app/.argocd-source.yaml": text})
    with pytest.raises(Refused) as refused:
        await kitchen.render(kitchen.source("app"))
    assert refused.value.code == "render_failed"
    assert says in refused.value.message


async def test_2_49_a_file_that_a_link_puts_there_counts_and_one_that_leads_out_is_refused(kitchen: Kitchen):
    kitchen.forge.create().commit({**KUSTOMIZATION, "app/.argocd-source.yaml": "{}\n"})
    assert set(await kitchen.data(kitchen.source("app"))) == {"map"}
