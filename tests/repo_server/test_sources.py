"""Several sources of one application, and sources that are not served. Rules 2.1, 2.50 to 2.52."""

import msgspec
import pytest

from argosy.engine.model.source import (
    DirectoryOptions,
    HelmFileParameter,
    HelmOptions,
    KustomizeOptions,
    Source,
)
from repo_server.errors import Refused
from tests.repo_server.kitchen import Kitchen, chart, config_map


async def test_2_50_sources_render_separately_and_in_order(kitchen: Kitchen):
    one = kitchen.forge.create("one").commit({"app/a.yaml": config_map("a")})
    two = kitchen.forge.create("two").commit({"app/b.yaml": config_map("b")})
    first, second = await kitchen.render(kitchen.source("app", "one"), kitchen.source("app", "two"))
    assert (first.revision, second.revision) == (one, two)
    assert [first.manifests[0].manifest["metadata"]["name"], second.manifests[0].manifest["metadata"]["name"]] == [
        "a",
        "b",
    ]


async def test_2_51_a_ref_names_the_root_of_another_source(kitchen: Kitchen):
    kitchen.forge.create("apps").commit(chart("web"))
    revision = kitchen.forge.create("values").commit({"prod/web.yaml": "color: prod", "prod/extra.txt": "more"})
    helm = HelmOptions(
        value_files=("$settings/prod/web.yaml",),
        file_parameters=(HelmFileParameter(name="extra", path="$settings/prod/extra.txt"),),
    )
    rendered, referred = await kitchen.render(
        kitchen.source("web", "apps", helm=helm), kitchen.source("", "values", ref="settings")
    )
    data = rendered.manifests[1].manifest["data"]
    assert (data["color"], data["extra"]) == ("prod", "more")
    assert (referred.revision, referred.manifests) == (revision, ())


async def test_2_51_a_ref_does_not_lead_out_of_its_repository(kitchen: Kitchen):
    kitchen.forge.create("apps").commit(chart("web"))
    kitchen.forge.create("values").commit({"a.yaml": "a: a"})
    helm = HelmOptions(value_files=("$settings/../apps/web/values.yaml",))
    with pytest.raises(Refused, match="leads out of the repository"):
        await kitchen.render(kitchen.source("web", "apps", helm=helm), kitchen.source("", "values", ref="settings"))


async def test_2_51_a_ref_with_a_path_renders_too(kitchen: Kitchen):
    kitchen.forge.create().commit({"app/a.yaml": config_map("a")})
    (source,) = await kitchen.render(kitchen.source("app", ref="x"))
    assert len(source.manifests) == 1


async def test_2_52_one_repository_at_two_revisions_is_refused(kitchen: Kitchen):
    tree = kitchen.forge.create()
    tree.commit({"a": "1"})
    tree.git("tag", "old")
    tree.commit({"a": "2"})
    new = kitchen.source(ref="b")
    for other in (new, msgspec.structs.replace(new, repo_url=f"{new.repo_url}/")):
        with pytest.raises(Refused, match="two different revisions"):
            await kitchen.render(kitchen.source(ref="a", target_revision="old"), other)
    assert len(await kitchen.render(kitchen.source(ref="a"), new)) == 2


@pytest.mark.parametrize(
    ("options", "source_type"),
    [
        ({}, "Helm"),
        ({"helm": HelmOptions()}, "Helm"),
        ({"kustomize": KustomizeOptions()}, "Kustomize"),
        ({"directory": DirectoryOptions()}, "Directory"),
    ],
)
async def test_2_1_an_explicit_block_decides_before_the_files(
    kitchen: Kitchen, options: dict[str, object], source_type: str
):
    files = {**chart("app"), "app/kustomization.yaml": "resources: [map.yaml]\n", "app/map.yaml": config_map("a")}
    kitchen.forge.create().commit(files)
    (source,) = await kitchen.render(kitchen.source("app", **options))
    assert source.source_type == source_type


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (
            Source(repo_url="https://x.org/a", helm=HelmOptions(), kustomize=KustomizeOptions()),
            "multiple application sources",
        ),
        (Source(repo_url="https://x.org/a", chart="c", ref="r"), "must be a Git repository"),
        (Source(repo_url="file:///etc"), "not allowed here"),
        (Source(repo_url="ext::sh -c id"), "cannot be used"),
    ],
)
async def test_a_source_that_is_not_served_is_refused_in_words(kitchen: Kitchen, source: Source, says: str):
    if "multiple" in says:
        kitchen.forge.create().commit({})
        source = kitchen.source("", helm=source.helm, kustomize=source.kustomize)
    with pytest.raises(Refused) as refused:
        await kitchen.render(source)
    assert (refused.value.code, says in refused.value.message) == ("invalid", True)
