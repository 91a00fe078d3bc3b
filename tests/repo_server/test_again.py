"""A request that was answered before is answered again only while its answer is right, though nobody looks closer."""

from pathlib import Path

import pytest

from argosy.engine.model.source import HelmOptions, KustomizeOptions, Source
from repo_server.errors import Refused
from tests.repo_server.kitchen import Kitchen, chart, config_map
from tests.repo_server.repositories import Link

OVERLAY = {"app/kustomization.yaml": "resources: [map.yaml]\n", "app/map.yaml": config_map("map")}
TAKES_OVER = """apiVersion: argoproj.io/v1alpha1
kind: ConfigManagementPlugin
metadata: {name: takes-over}
spec:
  discover: {fileName: "*.yaml"}
  generate: {command: [sh, -c, "sed s/color/taken/ *.yaml"]}
"""


async def test_an_override_behind_a_link_out_of_the_folder_counts(kitchen: Kitchen):
    tree = kitchen.forge.create()
    link = {"app/.argocd-source.yaml": Link("../shared/options.yaml")}
    for prefix in ("one-", "two-"):
        revision = tree.commit(
            {**OVERLAY, **link, "shared/options.yaml": f"kustomize: {{namePrefix: {prefix}}}\n"}, prefix
        )
        assert set(await kitchen.data(kitchen.source("app"), revision=revision)) == {f"{prefix}map"}


async def test_an_override_that_appears_and_goes_counts(kitchen: Kitchen):
    tree = kitchen.forge.create()
    for content, name in ((None, "map"), ("kustomize: {namePrefix: x-}\n", "x-map"), (None, "map")):
        revision = tree.commit({**OVERLAY, "app/.argocd-source-shop.yaml": content}, f"{name} {content}")
        assert set(await kitchen.data(kitchen.source("app"), revision=revision)) == {name}


async def test_a_plugin_that_is_declared_later_takes_a_folder_over(kitchen: Kitchen, plugin_folder: Path):
    revision = kitchen.forge.create().commit({"app/a.yaml": config_map("a", color="red")})
    assert await kitchen.data(kitchen.source("app"), revision=revision) == {"a": {"color": "red"}}
    (plugin_folder / "takes-over.yaml").write_text(TAKES_OVER)
    assert await kitchen.data(kitchen.source("app"), revision=revision) == {"a": {"taken": "red"}}
    (plugin_folder / "takes-over.yaml").unlink()
    assert await kitchen.data(kitchen.source("app"), revision=revision) == {"a": {"color": "red"}}


async def test_a_tool_that_the_folder_asks_for_is_noticed(kitchen: Kitchen):
    tree = kitchen.forge.create()
    plain = tree.commit({"app/map.yaml": config_map("map")})
    assert set(await kitchen.data(kitchen.source("app"), revision=plain)) == {"map"}
    overlay = tree.commit({"app/kustomization.yaml": "namePrefix: x-\nresources: [map.yaml]\n"})
    assert set(await kitchen.data(kitchen.source("app"), revision=overlay)) == {"x-map"}
    assert set(await kitchen.data(kitchen.source("app"), revision=plain)) == {"map"}


async def test_a_folder_that_is_a_link_is_the_one_that_it_leads_to_now(kitchen: Kitchen):
    tree = kitchen.forge.create()
    both = {"one/a.yaml": config_map("one"), "two/a.yaml": config_map("two")}
    for name in ("one", "two", "one"):
        revision = tree.commit({**both, "app": Link(name)}, f"to {name}")
        assert set(await kitchen.data(kitchen.source("app"), revision=revision)) == {name}
    changed = tree.commit({"one/a.yaml": config_map("changed")})
    assert set(await kitchen.data(kitchen.source("app"), revision=changed)) == {"changed"}


async def test_a_file_outside_of_the_folder_counts(kitchen: Kitchen):
    tree = kitchen.forge.create()
    for color in ("red", "blue"):
        revision = tree.commit({**chart("app"), "values.yaml": f"color: {color}"}, color)
        source = kitchen.source("app", helm=HelmOptions(value_files=("/values.yaml",)))
        assert (await kitchen.data(source, revision=revision))["shop"]["color"] == color


async def test_a_file_of_another_source_counts(kitchen: Kitchen):
    kitchen.forge.create("web").commit(chart("app"))
    values = kitchen.forge.create("values")
    main = kitchen.source("app", "web", helm=HelmOptions(value_files=("$other/prod.yaml",)))
    for color in ("red", "blue", "red"):
        values.commit({"prod.yaml": f"color: {color}"}, color)
        other = Source(repo_url=kitchen.forge.address("values"), ref="other")
        await kitchen.resolve(other)
        assert (await kitchen.data(main, other))["shop"]["color"] == color
    assert kitchen.rendered == 2


@pytest.mark.parametrize("request_", [{"namespace": "other"}, {"kube_version": "1.30.0"}, {"application": "other"}])
async def test_whatever_else_is_asked_for_counts(kitchen: Kitchen, request_: dict[str, str]):
    revision = kitchen.forge.create().commit(chart("app"))
    first = await kitchen.manifests(kitchen.source("app"), revision=revision)
    other = await kitchen.manifests(kitchen.source("app"), revision=revision, **request_)
    assert other != first
    assert await kitchen.manifests(kitchen.source("app"), revision=revision) == first
    assert kitchen.rendered == 2


async def test_a_folder_that_goes_is_not_there(kitchen: Kitchen):
    tree = kitchen.forge.create()
    await kitchen.data(kitchen.source("app"), revision=tree.commit({**OVERLAY, "other.txt": ""}))
    gone = tree.commit(dict.fromkeys(OVERLAY))
    with pytest.raises(Refused, match="'app' does not exist"):
        await kitchen.data(kitchen.source("app"), revision=gone)


async def test_a_hard_refresh_renders_and_is_remembered(kitchen: Kitchen):
    revision = kitchen.forge.create().commit(OVERLAY)
    source = kitchen.source("app", kustomize=KustomizeOptions(name_prefix="x-"))
    for fresh, rendered in ((False, 1), (False, 1), (True, 2), (False, 2)):
        await kitchen.data(source, revision=revision, fresh=fresh)
        assert kitchen.rendered == rendered


async def test_what_had_to_leave_memory_is_read_from_disk(kitchen: Kitchen):
    names = [*map(str, range(30)), "100"]
    large = {f"{name}/a.yaml": config_map("a", text=name * 30_000) for name in names}
    revision = kitchen.forge.create().commit(large)
    first = [await kitchen.manifests(kitchen.source(name), revision=revision) for name in names]
    assert [await kitchen.manifests(kitchen.source(name), revision=revision) for name in names] == first
    assert kitchen.rendered == len(names)
