"""What the caller's settings say of the tools. Argo CD 2.3 and 2.34."""

import pytest

from argosy.engine.model.rendering import ToolSettings
from argosy.engine.model.source import HelmOptions, KustomizeOptions
from repo_server.errors import Refused
from tests.repo_server.kitchen import Kitchen, chart, config_map

APP = {"app/kustomization.yaml": "resources: [map.yaml]\nnamePrefix: my-\n", "app/map.yaml": config_map("map")}


async def test_2_3_a_tool_that_is_switched_off_is_not_found_by_its_files(kitchen: Kitchen):
    kitchen.forge.create().commit(APP)
    assert set(await kitchen.data(kitchen.source("app"))) == {"my-map"}
    (source,) = await kitchen.render(kitchen.source("app"), tools=ToolSettings(kustomize=False))
    assert source.source_type == "Directory"
    assert [item.manifest["metadata"]["name"] for item in source.manifests] == ["map"]


@pytest.mark.parametrize(
    ("off", "options"),
    [
        (ToolSettings(kustomize=False), {"kustomize": KustomizeOptions(name_suffix="-x")}),
        (ToolSettings(helm=False), {"helm": HelmOptions(values="a: 1")}),
    ],
)
async def test_2_3_one_that_is_asked_for_and_off_leaves_a_plain_directory(
    kitchen: Kitchen, off: ToolSettings, options: dict[str, object]
):
    kitchen.forge.create().commit({"app/map.yaml": config_map("map")})
    (source,) = await kitchen.render(kitchen.source("app", **options), tools=off)
    assert source.source_type == "Directory"


async def test_s_124_a_setting_that_changes_a_render_is_part_of_its_key(kitchen: Kitchen):
    kitchen.forge.create().commit(APP)
    for on in (True, False, True):
        data = await kitchen.data(kitchen.source("app"), tools=ToolSettings(kustomize=on))
        assert set(data) == ({"my-map"} if on else {"map"})


async def test_2_34_build_options_are_the_settings_or_those_of_the_version(kitchen: Kitchen):
    inflates = "helmCharts: [{name: web, releaseName: inflated}]\nhelmGlobals: {chartHome: charts}\n"
    kitchen.forge.create().commit({**chart("app/charts/web"), "app/kustomization.yaml": inflates})
    tools = ToolSettings(
        kustomize_build_options="--enable-helm", kustomize_versions={"v5.0.0": "", "v4.5.7": "--enable-helm"}
    )
    assert "inflated" in await kitchen.data(kitchen.source("app"), tools=tools)
    old = KustomizeOptions(version="v4.5.7")
    assert "inflated" in await kitchen.data(kitchen.source("app", kustomize=old), tools=tools)
    with pytest.raises(Refused, match="enable-helm"):
        await kitchen.data(kitchen.source("app", kustomize=KustomizeOptions(version="v5.0.0")), tools=tools)
    with pytest.raises(Refused, match=r"kustomize version v9 is not registered"):
        await kitchen.data(kitchen.source("app", kustomize=KustomizeOptions(version="v9")), tools=tools)


async def test_2_35_inflated_charts_see_the_destinations_versions(kitchen: Kitchen):
    inflates = "helmCharts: [{name: web, releaseName: inflated}]\nhelmGlobals: {chartHome: charts}\n"
    kitchen.forge.create().commit({**chart("app/charts/web"), "app/kustomization.yaml": inflates})
    tools = ToolSettings(kustomize_build_options="--enable-helm")
    for versions, known in ((("example.org/v1",), "true"), ((), "false")):
        data = await kitchen.data(kitchen.source("app"), tools=tools, kube_version="1.30.4", api_versions=versions)
        assert data["inflated"]["kube"] == "v1.30.4"
        assert data["inflated"]["known"] == known


@pytest.mark.parametrize("flag", ["--enable-exec", "--enable-alpha-plugins", "--helm-command=/bin/sh", "--nonsense"])
async def test_s_110_dangerous_and_unknown_build_options_are_refused_by_name(kitchen: Kitchen, flag: str):
    kitchen.forge.create().commit(APP)
    with pytest.raises(Refused, match=flag.partition("=")[0]):
        await kitchen.data(kitchen.source("app"), tools=ToolSettings(kustomize_build_options=flag))


async def test_2_18_value_files_from_urls_are_fetched_unless_the_scheme_is_switched_off(kitchen: Kitchen):
    kitchen.forge.create().commit(chart("web"))
    url = kitchen.shop("values.yaml", b"color: fetched\n")
    source = kitchen.source("web", helm=HelmOptions(value_files=(url,)))
    assert (await kitchen.data(source))["shop"]["color"] == "fetched"
    kitchen.shop("values.yaml", b"color: changed\n")
    assert (await kitchen.data(source))["shop"]["color"] == "changed"
    with pytest.raises(Refused, match="'http' URLs are not allowed"):
        await kitchen.data(source, tools=ToolSettings(value_files_schemes=("https",)))
    with pytest.raises(Refused, match=r"spoken here: none"):
        await kitchen.data(source, tools=ToolSettings(value_files_schemes=()))
