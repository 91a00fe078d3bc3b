"""What was rendered is rendered again exactly when something that it read has changed."""

from datetime import timedelta

import pytest

from argosy.engine.model.source import HelmOptions, HelmParameter, KustomizeOptions
from repo_server.errors import Refused
from tests.repo_server.kitchen import Kitchen, chart, config_map
from tests.repo_server.repositories import Link


async def test_a_missing_file_that_appears_is_noticed(kitchen: Kitchen):
    tree = kitchen.forge.create()
    tree.commit(chart("web"))
    options = HelmOptions(value_files=("prod.yaml",), ignore_missing_value_files=True)
    source = kitchen.source("web", helm=options)
    assert (await kitchen.data(source))["shop"]["color"] == "chart"
    revision = tree.commit({"web/prod.yaml": "color: prod"})
    assert (await kitchen.data(source, revision=revision))["shop"]["color"] == "prod"


async def test_the_commit_counts_only_where_it_is_put_in(kitchen: Kitchen):
    tree = kitchen.forge.create()
    first = tree.commit(chart("web"))
    told = HelmOptions(parameters=(HelmParameter(name="color", value="at $ARGOCD_APP_REVISION"),))
    for revision in (first, tree.commit({}, "second")):
        assert (await kitchen.data(kitchen.source("web", helm=told), revision=revision))["shop"][
            "color"
        ] == f"at {revision}"
        await kitchen.data(kitchen.source("web"), revision=revision)
    assert kitchen.tools.renders == ["helm", "helm", "helm"]


async def test_for_whom_it_is_counts_for_charts_only(kitchen: Kitchen):
    kitchen.forge.create().commit({**chart("web"), "plain/a.yaml": config_map("a")})
    for application in ("one", "two"):
        assert application in await kitchen.data(kitchen.source("web"), application=application)
        await kitchen.data(kitchen.source("plain"), application=application)
    assert kitchen.tools.renders == ["helm", "yaml", "helm"]


async def test_a_chart_that_asks_for_an_api_version_depends_on_the_answer(kitchen: Kitchen):
    kitchen.forge.create().commit(chart("web"))
    for versions, known in (((), "false"), (("v1",), "false"), (("example.org/v1", "v1"), "true")):
        data = await kitchen.data(kitchen.source("web"), api_versions=versions)
        assert data["shop"]["known"] == known
    assert kitchen.tools.renders == ["helm", "helm"]


async def test_a_chart_that_lists_all_api_versions_depends_on_each(kitchen: Kitchen):
    listing = {"templates/all.yaml": config_map("all", n="{{ len .Capabilities.APIVersions }}")}
    kitchen.forge.create().commit(chart("web", **listing))
    for versions in ((), ("v1",), ("example.org/v1", "v1"), ("v1", "example.org/v1")):
        await kitchen.data(kitchen.source("web"), api_versions=versions)
    assert kitchen.tools.renders == ["helm", "helm", "helm"]


async def test_applications_that_ask_the_same_share_a_render(kitchen: Kitchen):
    kitchen.forge.create().commit(
        {"app/kustomization.yaml": "resources: [map.yaml]\n", "app/map.yaml": config_map("m")}
    )
    for number in range(20):
        source = kitchen.source("app", kustomize=KustomizeOptions(name_suffix=f"-{number % 4}"))
        assert list(await kitchen.data(source, application=f"app-{number}")) == [f"m-{number % 4}"]
    assert kitchen.rendered == 4


async def test_applications_share_the_render_of_a_chart(kitchen: Kitchen):
    kitchen.forge.create().commit(chart("web"))
    for number in range(20):
        helm = HelmOptions(release_name="same", values=f"color: {number % 4}")
        data = await kitchen.data(kitchen.source("web", helm=helm), application=f"app-{number}")
        assert data["same"]["color"] == str(number % 4)
    assert kitchen.rendered == 4


@pytest.mark.parametrize(
    "template",
    ["{{ randAlphaNum 20 }}", "{{ genPrivateKey `ed25519` | sha256sum }}", "{{ now }}", '{{ htpasswd "a" "b" }}'],
)
async def test_what_a_template_makes_by_chance_is_for_its_application_alone(kitchen: Kitchen, template: str):
    secret = {"templates/secret.yaml": config_map("secret").rstrip() + "\ndata: {password: '" + template + "'}\n"}
    kitchen.forge.create().commit(chart("web", **secret))
    source = kitchen.source("web", helm=HelmOptions(release_name="same"))
    made: dict[str, set[str]] = {}
    for _ in range(2):
        for project, application in (("a", "one"), ("a", "two"), ("b", "one")):
            data = await kitchen.data(source, application=application, project=project)
            made.setdefault(f"{project}/{application}", set()).add(data["secret"]["password"])
    assert [len(each) for each in made.values()] == [1, 1, 1]
    assert len(set.union(*made.values())) == 3


async def test_2_60_a_hard_refresh_renders_anew(kitchen: Kitchen):
    kitchen.forge.create().commit(chart("web"))
    for fresh in (False, False, True):
        await kitchen.data(kitchen.source("web"), fresh=fresh)
    assert kitchen.rendered == 2


BROKEN = "kind: Pod\nmetadata: {name: a}\n"


async def _fails(kitchen: Kitchen, **request: object) -> str:
    with pytest.raises(Refused, match="apiVersion must be set") as refused:
        await kitchen.render(kitchen.source("app"), **request)
    return refused.value.message


async def test_2_60_after_three_failures_the_same_is_not_tried_for_an_hour(kitchen: Kitchen):
    kitchen.forge.create().commit({"app/a.yaml": BROKEN})
    for _ in range(5):
        message = await _fails(kitchen)
    assert kitchen.rendered == 3
    assert "failed 3 times" in message
    kitchen.clock.advance(timedelta(minutes=61))
    await _fails(kitchen)
    assert kitchen.rendered == 4


async def test_2_60_a_pause_hides_no_fix(kitchen: Kitchen):
    tree = kitchen.forge.create()
    tree.commit({"app/a.yaml": BROKEN})
    for _ in range(4):
        await _fails(kitchen)
    unrelated = tree.commit({"elsewhere.yaml": "x"})
    assert (await _fails(kitchen, revision=unrelated)).count(" at ") == 1  # the commit that is asked for, once
    assert kitchen.rendered == 3
    fixed = tree.commit({"app/a.yaml": config_map("a")})
    assert await kitchen.data(kitchen.source("app"), revision=fixed) == {"a": None}


async def test_2_60_a_pause_ends_with_a_hard_refresh(kitchen: Kitchen):
    kitchen.forge.create().commit({"app/a.yaml": BROKEN})
    for _ in range(4):
        await _fails(kitchen)
    await _fails(kitchen, fresh=True)
    assert kitchen.rendered == 4


async def test_a_link_that_leads_out_is_looked_at_again_when_it_was_mended(kitchen: Kitchen):
    tree = kitchen.forge.create()
    tree.commit({"app/a.yaml": Link("../../out.yaml")})
    for _ in range(4):
        with pytest.raises(Refused, match="out of the repository"):
            await kitchen.render(kitchen.source("app"))
    mended = tree.commit({"app/a.yaml": Link("../b.yaml"), "b.yaml": config_map("b")})
    assert await kitchen.data(kitchen.source("app"), revision=mended) == {"b": None}


async def test_where_the_files_are_does_not_count_but_for_failures(kitchen: Kitchen):
    for name in ("one", "two"):
        kitchen.forge.create(name).commit({**chart("web"), "app/a.yaml": BROKEN})
        await kitchen.data(kitchen.source("web", name=name))
    assert kitchen.rendered == 1
    for name in ("one", "two"):
        for _ in range(4):
            with pytest.raises(Refused) as refused:
                await kitchen.render(kitchen.source("app", name=name))
        assert kitchen.forge.address(name) in refused.value.message
