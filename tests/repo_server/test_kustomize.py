"""Kustomizations: what they reach inside the repository is handed over, and nothing else. Rules 2.30 to 2.36."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from argosy.engine.model.repository import Repository
from argosy.engine.model.source import KustomizeOptions, KustomizePatch
from repo_server.errors import Refused
from tests.repo_server.kitchen import Kitchen, config_map
from tests.repo_server.repositories import Link

BASE = {
    "base/kustomization.yaml": "resources: [map.yaml]\n",
    "base/map.yaml": config_map("map", color="base"),
}
PATCH = config_map("map", color="patched")


@pytest.mark.parametrize("name", ["kustomization.yaml", "kustomization.yml", "Kustomization"])
async def test_2_2_a_kustomization_is_found_by_its_file(kitchen: Kitchen, name: str):
    kitchen.forge.create().commit({f"app/{name}": "resources: [map.yaml]\n", "app/map.yaml": config_map("map")})
    (source,) = await kitchen.render(kitchen.source("app"))
    assert source.source_type == "Kustomize"
    assert [item.manifest["metadata"]["name"] for item in source.manifests] == ["map"]


@pytest.mark.parametrize(
    ("files", "data"),
    [
        ({"app/kustomization.yaml": "resources: [../base]\n"}, {"map": {"color": "base"}}),
        ({"app/kustomization.yaml": "bases: [../base]\nnamePrefix: x-\n"}, {"x-map": {"color": "base"}}),
        ({"app/kustomization.yaml": "resources: [../base]\npatches: [{path: p.yaml}]\n", "app/p.yaml": PATCH},
         {"map": {"color": "patched"}}),
        ({"app/kustomization.yaml": "resources: [../base]\npatchesStrategicMerge: [p.yaml]\n", "app/p.yaml": PATCH},
         {"map": {"color": "patched"}}),
        ({"app/kustomization.yaml": "resources: [../base]\ncomponents: [../part]\n",
          "part/kustomization.yaml":
              "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: p.yaml}]\n",
          "part/p.yaml": PATCH},
         {"map": {"color": "patched"}}),
        ({"app/kustomization.yaml":
              "generatorOptions: {disableNameSuffixHash: true}\n"
              "configMapGenerator: [{name: g, files: [one.txt, key=sub/two.txt], envs: [e.env]}]\n",
          "app/one.txt": "1", "app/sub/two.txt": "2", "app/e.env": "THREE=3\n"},
         {"g": {"one.txt": "1", "key": "2", "THREE": "3"}}),
        ({"app/kustomization.yaml": "resources: [../base]\ngenerators: [g.yaml]\n",
          "app/g.yaml":
              "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: g}\n"
              "options: {disableNameSuffixHash: true}\nfiles: [one.txt]\n",
          "app/one.txt": "1"},
         {"map": {"color": "base"}, "g": {"one.txt": "1"}}),
        ({"app/kustomization.yaml": "resources: [linked.yaml]\n", "app/linked.yaml": Link("../base/map.yaml")},
         {"map": {"color": "base"}}),
    ],
)  # fmt: skip
async def test_whatever_field_names_a_file_it_is_there(
    kitchen: Kitchen, files: dict[str, str | Link], data: dict[str, dict[str, str]]
):
    kitchen.forge.create().commit({**BASE, **files})
    assert await kitchen.data(kitchen.source("app")) == data


@pytest.mark.parametrize(
    ("options", "data"),
    [
        (KustomizeOptions(name_prefix="p-", name_suffix="-s"), {"p-map-s": {"color": "base"}}),
        (KustomizeOptions(patches=(KustomizePatch(path="p.yaml"),)), {"map": {"color": "patched"}}),
        (KustomizeOptions(patches=(KustomizePatch(path="../extra/p.yaml"),)), None),
        (KustomizeOptions(components=("../part",)), {"map": {"color": "patched"}}),
        (KustomizeOptions(components=("../gone",), ignore_missing_components=True), {"map": {"color": "base"}}),
    ],
)
async def test_2_30_and_2_33_options_are_edited_in(
    kitchen: Kitchen, options: KustomizeOptions, data: dict[str, dict[str, str]] | None
):
    component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: p.yaml}]\n"
    kitchen.forge.create().commit(
        {
            **BASE,
            "base/p.yaml": PATCH,
            "extra/p.yaml": PATCH,
            "part/kustomization.yaml": component,
            "part/p.yaml": PATCH,
        }
    )
    source = kitchen.source("base", kustomize=options)
    if data is not None:
        assert await kitchen.data(source) == data
        return
    # Kustomize's own rule: a patch may not come from outside of the folder.
    with pytest.raises(Refused, match="is not in or below"):
        await kitchen.render(source)


async def test_2_32_build_variables_in_annotations(kitchen: Kitchen):
    kitchen.forge.create().commit(BASE)
    annotations = {"from": "$ARGOCD_APP_NAME", "plain": "a"}
    options = KustomizeOptions(common_annotations=annotations, common_annotations_envsubst=True)
    (manifest,) = await kitchen.manifests(kitchen.source("base", kustomize=options))
    assert manifest["metadata"]["annotations"] == {"from": "shop", "plain": "a"}
    (manifest,) = await kitchen.manifests(
        kitchen.source("base", kustomize=KustomizeOptions(common_annotations=annotations))
    )
    assert manifest["metadata"]["annotations"] == annotations


async def test_2_32_build_variables_in_images(kitchen: Kitchen):
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: 'web:1'}]}\n"
    kitchen.forge.create().commit({"app/kustomization.yaml": "resources: [p.yaml]\n", "app/p.yaml": pod})
    options = KustomizeOptions(images=("web=registry.example.org/$ARGOCD_APP_NAME:${ARGOCD_APP_NAMESPACE}",))
    (manifest,) = await kitchen.manifests(kitchen.source("app", kustomize=options))
    assert manifest["spec"]["containers"][0]["image"] == "registry.example.org/shop:store"


@pytest.mark.parametrize(
    ("kustomization", "says"),
    [
        ("resources: [gone.yaml]\n", "gone.yaml"),
        ("resources: [../../../etc]\n", "../../../etc"),
        ("resources: [/etc/passwd]\n", "/etc/passwd"),
        ("resources: [out.yaml]\n", "symbolic link out of the repository"),
        ("resources: [map.yaml\n", "app/kustomization.yaml, line"),
        ("resources: [.]\n", "cycle"),
        ("resources: [../loop]\n", "cycle"),
    ],
)
async def test_what_cannot_be_built_is_refused_in_words(kitchen: Kitchen, kustomization: str, says: str):
    kitchen.forge.create().commit(
        {
            "app/kustomization.yaml": kustomization,
            "app/map.yaml": config_map("map"),
            "app/out.yaml": Link("/etc/passwd"),
            "loop/kustomization.yaml": "resources: [../app]\n",
        }
    )
    with pytest.raises(Refused) as refused:
        await kitchen.render(kitchen.source("app"))
    assert refused.value.code == "render_failed"
    assert says in refused.value.message


async def test_2_36_a_remote_base_is_asked_for_by_its_repository(kitchen: Kitchen):
    base = "resources:\n- https://example.org/team/base?ref=main\n"
    kitchen.forge.create().commit({"app/kustomization.yaml": base})
    with pytest.raises(Refused) as refused:
        await kitchen.render(kitchen.source("app"))
    assert refused.value.code == "repositories_needed"
    assert refused.value.repositories == ("https://example.org/team/base",)


async def test_2_36_a_remote_base_is_fetched_at_its_revision_with_what_it_reaches(kitchen: Kitchen):
    bases = kitchen.forge.create("bases")
    bases.commit(
        {
            "deep/base/kustomization.yaml": "resources: [../other]\n",
            "deep/other/kustomization.yaml": "resources: [map.yaml]\n",
            "deep/other/map.yaml": config_map("old"),
        }
    )
    bases.git("tag", "v1")
    bases.commit({"deep/other/map.yaml": config_map("new")})
    url = kitchen.forge.address("bases")
    for ref, name in (("v1", "old"), ("main", "new")):
        kustomization = f"namePrefix: my-\nresources:\n- {url}//deep/base?ref={ref}\n"
        revision = kitchen.forge.create(f"app-{ref}").commit({"app/kustomization.yaml": kustomization})
        source = kitchen.source("app", name=f"app-{ref}")
        found = await kitchen.data(source, revision=revision, repositories={url: Repository(url=url)})
        assert found == {f"my-{name}": None}


async def test_2_36_a_moved_branch_of_a_remote_base_is_rendered_again(kitchen: Kitchen):
    bases = kitchen.forge.create("bases")
    bases.commit({"kustomization.yaml": "resources: [map.yaml]\n", "map.yaml": config_map("old")})
    url = kitchen.forge.address("bases")
    kitchen.forge.create().commit({"app/kustomization.yaml": f"resources:\n- {url}?ref=main\n"})
    request = {"repositories": {url: Repository(url=url)}}
    assert await kitchen.data(kitchen.source("app"), **request) == {"old": None}
    assert await kitchen.data(kitchen.source("app"), **request) == {"old": None}
    assert kitchen.rendered == 1
    bases.commit({"map.yaml": config_map("new")})
    kitchen.clock.advance(timedelta(minutes=5))
    assert await kitchen.data(kitchen.source("app"), **request) == {"new": None}


async def test_files_that_nothing_refers_to_are_not_handed_over(kitchen: Kitchen):
    kitchen.forge.create().commit({**BASE, "base/huge.bin": "x" * 6_000_000, "other/huge.yaml": "x" * 6_000_000})
    assert await kitchen.data(kitchen.source("base")) == {"map": {"color": "base"}}


LABELLED = {
    "app/kustomization.yaml": (
        "resources: [deployment.yaml]\ncommonLabels: {team: own}\ncommonAnnotations: {note: own}\n"
    ),
    "app/deployment.yaml": (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n"
        "  selector: {matchLabels: {app: d}}\n  template: {metadata: {labels: {app: d}}}\n"
    ),
}


async def _deployment(kitchen: Kitchen, **options: object) -> Mapping[str, Any]:
    (manifest,) = await kitchen.manifests(kitchen.source("app", kustomize=KustomizeOptions(**options)))
    return manifest


@pytest.mark.parametrize("what", ["label", "annotation"])
async def test_2_31_a_key_that_is_there_is_an_error_unless_forced(kitchen: Kitchen, what: str):
    kitchen.forge.create().commit(LABELLED)
    key = {"label": "team", "annotation": "note"}[what]
    common = {f"common_{what}s": {key: "ours"}}
    with pytest.raises(Refused, match=f"{what} {key} already in kustomization file"):
        await _deployment(kitchen, **common)
    forced = await _deployment(kitchen, **common, **{f"force_common_{what}s": True})
    assert forced["metadata"][f"{what}s"][key] == "ours"


async def test_2_31_labels_may_be_kept_out_of_selectors_and_put_into_templates(kitchen: Kitchen):
    kitchen.forge.create().commit(LABELLED)
    labels = {"common_labels": {"tier": "front"}}
    everywhere = await _deployment(kitchen, **labels)
    assert everywhere["spec"]["selector"]["matchLabels"]["tier"] == "front"
    outside = await _deployment(kitchen, **labels, label_without_selector=True)
    assert outside["metadata"]["labels"]["tier"] == "front"
    assert "tier" not in outside["spec"]["selector"]["matchLabels"]
    assert "tier" not in outside["spec"]["template"]["metadata"]["labels"]
    within = await _deployment(kitchen, **labels, label_without_selector=True, label_include_templates=True)
    assert "tier" not in within["spec"]["selector"]["matchLabels"]
    assert within["spec"]["template"]["metadata"]["labels"]["tier"] == "front"
