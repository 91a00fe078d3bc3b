"""Charts from Git: names, values and their precedence, and where value files may be. Rules 2.14 to 2.22."""

import pytest

from argosy.engine.model.source import HelmFileParameter, HelmOptions, HelmParameter
from repo_server.errors import Refused
from tests.repo_server.kitchen import Kitchen, chart
from tests.repo_server.repositories import Link


async def test_2_2_a_chart_is_found_by_its_file_and_rendered_with_its_defaults(kitchen: Kitchen):
    commit = kitchen.forge.create().commit(chart("web"))
    (source,) = await kitchen.render(kitchen.source("web"), kube_version="1.31.4", api_versions=("example.org/v1",))
    assert (source.source_type, source.revision) == ("Helm", commit)
    assert [item.manifest["kind"] for item in source.manifests] == ["CustomResourceDefinition", "ConfigMap"]
    rendered = source.manifests[1]
    assert rendered.manifest["metadata"] == {"name": "shop", "namespace": "store"}
    assert rendered.manifest["data"] == {
        "color": "chart",
        "extra": None,
        "list": "",
        "kube": "v1.31.4",
        "known": "true",
    }
    assert rendered.origin.startswith("web/templates/map.yaml, document 1, line 1")
    assert "Thank you for shop." in source.notes


@pytest.mark.parametrize(
    ("application", "options", "name", "namespace"),
    [
        ("shop", HelmOptions(), "shop", "store"),
        ("team_shop", HelmOptions(), "shop", "store"),
        ("shop", HelmOptions(release_name="other"), "other", "store"),
        ("shop", HelmOptions(namespace="elsewhere"), "shop", "elsewhere"),
    ],
)
async def test_2_14_release_and_namespace(
    kitchen: Kitchen, application: str, options: HelmOptions, name: str, namespace: str
):
    kitchen.forge.create().commit(chart("web"))
    source = kitchen.source("web", helm=options)
    manifests = await kitchen.manifests(source, application=application)
    assert manifests[1]["metadata"] == {"name": name, "namespace": namespace}


async def test_2_15_crds_can_be_left_out(kitchen: Kitchen):
    kitchen.forge.create().commit(chart("web"))
    manifests = await kitchen.manifests(kitchen.source("web", helm=HelmOptions(skip_crds=True)))
    assert [manifest["kind"] for manifest in manifests] == ["ConfigMap"]


@pytest.mark.parametrize(
    ("options", "color"),
    [
        (HelmOptions(), "chart"),
        (HelmOptions(value_files=("first.yaml",)), "first"),
        (HelmOptions(value_files=("first.yaml", "second.yaml")), "second"),
        (HelmOptions(value_files=("second.yaml", "first.yaml")), "first"),
        (HelmOptions(value_files=("first.yaml",), values="color: inline"), "inline"),
        (HelmOptions(values="color: text", values_object={"color": "object"}), "object"),
        (HelmOptions(values="color: text", values_object={}), "chart"),
        (HelmOptions(values="color: text", parameters=(HelmParameter(name="color", value="set"),)), "set"),
        (
            HelmOptions(
                parameters=(HelmParameter(name="color", value="set"),),
                file_parameters=(HelmFileParameter(name="color", path="color.txt"),),
            ),
            "from a file",
        ),
    ],
)
async def test_2_16_precedence(kitchen: Kitchen, options: HelmOptions, color: str):
    files = {"first.yaml": "color: first", "second.yaml": "color: second", "color.txt": "from a file"}
    kitchen.forge.create().commit(chart("web", **files))
    assert (await kitchen.data(kitchen.source("web", helm=options)))["shop"]["color"] == color


@pytest.mark.parametrize(
    ("parameter", "color"),
    [
        (HelmParameter(name="color", value="a,b"), "a,b"),
        (HelmParameter(name="color", value="1e3", force_string=True), "1e3"),
        (HelmParameter(name="color", value="$ARGOCD_APP_NAME-$$x-${ARGOCD_APP_NAMESPACE}$UNKNOWN"), "shop-$x-store"),
    ],
)
async def test_2_17_and_2_21_parameters(kitchen: Kitchen, parameter: HelmParameter, color: str):
    kitchen.forge.create().commit(chart("web"))
    source = kitchen.source("web", helm=HelmOptions(parameters=(parameter,)))
    assert (await kitchen.data(source))["shop"]["color"] == color


async def test_2_17_braces_make_a_list(kitchen: Kitchen):
    kitchen.forge.create().commit(chart("web"))
    source = kitchen.source("web", helm=HelmOptions(parameters=(HelmParameter(name="list", value="{a,b}"),)))
    assert (await kitchen.data(source))["shop"]["list"] == "a-b"


async def test_2_22_the_source_may_say_which_cluster_it_is_for(kitchen: Kitchen):
    kitchen.forge.create().commit(chart("web"))
    options = HelmOptions(kube_version="1.28.0", api_versions=("example.org/v1",))
    data = (await kitchen.data(kitchen.source("web", helm=options), kube_version="1.31.4"))["shop"]
    assert (data["kube"], data["known"]) == ("v1.28.0", "true")


async def test_2_22_a_version_of_kubernetes_is_its_numbers_to_a_chart(kitchen: Kitchen):
    files = chart("web")
    wants = 'kubeVersion: ">=1.28.0"\n'
    kitchen.forge.create().commit({**files, "web/Chart.yaml": files["web/Chart.yaml"] + wants})
    plain, said = kitchen.source("web"), kitchen.source("web", helm=HelmOptions(kube_version="1.29+"))
    assert (await kitchen.data(plain, kube_version="v1.31.2-eks-7f9249a"))["shop"]["kube"] == "v1.31.2"
    assert (await kitchen.data(plain, kube_version="v1.31.2+k3s1"))["shop"]["kube"] == "v1.31.2"
    assert (await kitchen.data(said, kube_version="v1.31.2"))["shop"]["kube"] == "v1.29"
    assert kitchen.rendered == 2
    with pytest.raises(Refused, match=r">=1\.28\.0 which is incompatible with Kubernetes v1\.27\.9"):
        await kitchen.render(plain, kube_version="v1.27.9-gke.1")


async def test_2_21_the_path_of_a_file_parameter_may_hold_build_variables(kitchen: Kitchen):
    kitchen.forge.create().commit({**chart("web"), "web/shop/color.txt": "of shop"})
    parameter = HelmFileParameter(name="color", path="$ARGOCD_APP_NAME/color.txt")
    source = kitchen.source("web", helm=HelmOptions(file_parameters=(parameter,)))
    assert (await kitchen.data(source))["shop"]["color"] == "of shop"


VALUES = {
    "values/prod.yaml": "color: prod",
    "charts/web/env/eu/a.yaml": "color: a",
    "charts/web/env/eu/b.yaml": "color: b",
    "charts/web/env/c.yaml": "color: c",
    "shop.yaml": "color: named",
}


@pytest.mark.parametrize(
    ("files", "color"),
    [
        (("../../values/prod.yaml",), "prod"),
        (("/values/prod.yaml",), "prod"),
        (("/${ARGOCD_APP_NAME}.yaml",), "named"),
        (("/$ARGOCD_APP_NAME.yaml",), "named"),
        (("env/eu/*.yaml",), "b"),
        (("env/**/*.yaml",), "b"),
        (("env/**/?.yaml", "env/c.yaml"), "c"),
        (("env/eu/b.yaml", "env/eu/*.yaml"), "a"),
        (("env/eu/[a]*",), "a"),
        (("/values/*.yaml",), "prod"),
        (("env/eu/b*.yaml", "env/eu/*.yaml"), "a"),
        (("env/eu/*.yaml", "/values/prod.yaml", "env/eu/a.yaml"), "a"),
        (("env/eu/*.yaml", "env/c.yaml", "env/../env/c.yaml"), "c"),
        (("env/../env/c.yaml", "env/eu/*.yaml", "env/c.yaml"), "b"),
    ],
)
async def test_2_18_and_2_19_value_files(kitchen: Kitchen, files: tuple[str, ...], color: str):
    kitchen.forge.create().commit({**chart("charts/web"), **VALUES})
    source = kitchen.source("charts/web", helm=HelmOptions(value_files=files))
    assert (await kitchen.data(source))["shop"]["color"] == color


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("missing.yaml", "'charts/web/missing.yaml' does not exist"),
        ("nothing/*.yaml", 'values file glob "nothing/*.yaml" matched no files'),
        ("../../../outside.yaml", "leads out of the repository"),
        ("/../outside.yaml", "leads out of the repository"),
        ("$ARGOCD_APP_NAME/../../../../../etc/passwd", "leads out of the repository"),
        ("file:///etc/passwd", "'file' URLs are not allowed; allowed by helm.valuesFileSchemes and spoken here: http"),
        ("secrets://values.yaml", "'secrets' URLs are not allowed"),
        ("FILE:///etc/passwd", "'file' URLs are not allowed"),
        ("$unknown/values.yaml", "does not exist"),
        ("$unknown", "names no file"),
    ],
)
async def test_2_20_a_value_file_that_cannot_be_used_is_refused(kitchen: Kitchen, file: str, says: str):
    kitchen.forge.create().commit({**chart("charts/web"), **VALUES})
    source = kitchen.source("charts/web", helm=HelmOptions(value_files=(file,)))
    with pytest.raises(Refused) as refused:
        await kitchen.render(source)
    assert says in refused.value.message
    with pytest.raises(Refused):
        await kitchen.render(
            kitchen.source("charts/web", helm=HelmOptions(file_parameters=(HelmFileParameter("x", file),)))
        )


async def test_2_19_a_url_is_no_glob(kitchen: Kitchen):
    kitchen.forge.create().commit(chart("web"))
    kitchen.shop("a.yaml", b"color: a\n")
    url = kitchen.shop("*.yaml", b"color: of the star\n")
    assert (await kitchen.data(kitchen.source("web", helm=HelmOptions(value_files=(url,)))))["shop"][
        "color"
    ] == "of the star"


@pytest.mark.parametrize("file", ["missing.yaml", "nothing/*.yaml"])
async def test_2_20_missing_value_files_may_be_allowed(kitchen: Kitchen, file: str):
    kitchen.forge.create().commit({**chart("charts/web"), **VALUES})
    options = HelmOptions(value_files=(file, "/values/prod.yaml"), ignore_missing_value_files=True)
    assert (await kitchen.data(kitchen.source("charts/web", helm=options)))["shop"]["color"] == "prod"


async def test_a_value_file_behind_a_link_out_of_the_repository_is_refused(kitchen: Kitchen):
    kitchen.forge.create().commit({**chart("web"), "web/out.yaml": Link("/etc/hostname")})
    with pytest.raises(Refused, match="symbolic link out of the repository"):
        await kitchen.render(kitchen.source("web", helm=HelmOptions(value_files=("out.yaml",))))


async def test_a_broken_value_file_names_the_file_and_quotes_nothing(kitchen: Kitchen):
    kitchen.forge.create().commit({**chart("web"), "web/prod.yaml": "password: [s3cr3t\n"})
    with pytest.raises(Refused) as refused:
        await kitchen.render(kitchen.source("web", helm=HelmOptions(value_files=("prod.yaml",))))
    assert "prod.yaml" in refused.value.message
    assert "s3cr3t" not in refused.value.message


async def test_a_chart_that_fails_to_render_says_so_in_helms_own_words(kitchen: Kitchen):
    kitchen.forge.create().commit(
        chart("web", **{"templates/bad.yaml": '{{ required "a color is needed" .Values.none }}'})
    )
    with pytest.raises(Refused) as refused:
        await kitchen.render(kitchen.source("web"))
    assert refused.value.code == "render_failed"
    assert "a color is needed" in refused.value.message
    assert "web/templates/bad.yaml" in refused.value.message
    assert kitchen.forge.address() in refused.value.message


async def test_2_24_the_repository_of_a_missing_dependency_is_asked_for(kitchen: Kitchen):
    needs = 'dependencies: [{name: redis, version: "1.x", repository: "https://charts.example.org"}]\n'
    files = chart("web")
    kitchen.forge.create().commit({**files, "web/Chart.yaml": files["web/Chart.yaml"] + needs})
    with pytest.raises(Refused) as refused:
        await kitchen.render(kitchen.source("web"))
    assert refused.value.code == "repositories_needed"
    assert refused.value.repositories == ("https://charts.example.org",)


async def test_links_in_a_chart_are_followed_and_helmignore_is_obeyed(kitchen: Kitchen):
    kitchen.forge.create().commit(
        {
            **chart("web"),
            "shared/templates/_name.tpl": '{{ define "shared" }}from a link{{ end }}',
            "web/templates/shared": Link("../../shared/templates"),
            "web/templates/more.yaml": (
                'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\ndata: {x: {{ include "shared" . }}}\n'
            ),
            "web/templates/ignored.yaml": "{{ fail }}",
            "web/.helmignore": "# not ours\ntemplates/ignored.yaml\n",
        }
    )
    assert (await kitchen.data(kitchen.source("web")))["more"] == {"x": "from a link"}


async def test_an_endless_template_costs_only_its_own_render(kitchen: Kitchen):
    endless = "{{ range $i := until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}"
    kitchen.forge.create().commit({**chart("web"), **chart("bad", **{"templates/bad.yaml": endless})})
    with pytest.raises(Refused) as refused:
        await kitchen.render(kitchen.source("bad"))
    assert refused.value.code == "limit_exceeded"
    assert "shop" in await kitchen.data(kitchen.source("web"))


@pytest.mark.parametrize(
    "file",
    [
        "../../../values.yaml",
        "/../../../../etc/passwd",
        "$other/../../../etc/passwd",
        "file://../values.yaml",
        "$UP/../../../x.yaml",
        "../chart-evil/../../../x.yaml",
        "./a/../../../../x.yaml",
    ],
)
async def test_s_080_and_s_086_no_value_file_leads_out_and_no_message_tells_a_path_of_ours(kitchen: Kitchen, file: str):
    kitchen.forge.create("other").commit({"values.yaml": "color: other"})
    kitchen.forge.create().commit({**chart("charts/web"), "charts/chart-evil/x.yaml": "a: 1"})
    source = kitchen.source("charts/web", helm=HelmOptions(value_files=(file,)))
    for missing_too in (False, True):
        helm = HelmOptions(value_files=(file,), ignore_missing_value_files=missing_too)
        source = kitchen.source("charts/web", helm=helm)
        with pytest.raises(Refused) as refused:
            await kitchen.render(source, kitchen.source(name="other", ref="other"))
        assert refused.value.code == "render_failed"
        assert str(kitchen.forge.root) not in refused.value.message


async def test_s_080_a_percent_sign_is_a_character_like_any_other(kitchen: Kitchen):
    kitchen.forge.create().commit({**chart("web"), "web/%2e%2e%2fx.yaml": "color: percent"})
    source = kitchen.source("web", helm=HelmOptions(value_files=("%2e%2e%2fx.yaml",)))
    assert (await kitchen.data(source))["shop"]["color"] == "percent"


async def test_s_081_a_file_that_is_no_yaml_is_refused_without_its_content(kitchen: Kitchen):
    kitchen.forge.create().commit({**chart("web"), "secret.txt": "root:x:0:0\n\tcanary: [\n"})
    helm = HelmOptions(value_files=("/secret.txt",))
    with pytest.raises(Refused) as refused:
        await kitchen.render(kitchen.source("web", helm=helm))
    assert "secret.txt" in refused.value.message
    assert "canary" not in refused.value.message


@pytest.mark.parametrize("path", ["a/../b", "/etc", "..", "a/..", "../a", "a\0b"])
async def test_s_084_a_path_with_dots_or_from_the_root_is_refused(kitchen: Kitchen, path: str):
    kitchen.forge.create().commit(chart("b"))
    with pytest.raises(Refused) as refused:
        await kitchen.render(kitchen.source(path))
    assert refused.value.code == "invalid"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("- a\n- b\n", "values.yaml"),
        ("just words\n", "values.yaml"),
        ("a: &a [x, x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(3)) + "a: [", "values.yaml"),
        ("x: " + "[" * 100_000, "values.yaml"),
    ],
)
async def test_b_20_a_values_file_that_is_no_map_is_refused_by_name(kitchen: Kitchen, content: str, says: str):
    kitchen.forge.create().commit({**chart("web"), "web/other-values.yaml": content})
    with pytest.raises(Refused) as refused:
        await kitchen.render(kitchen.source("web", helm=HelmOptions(value_files=("other-values.yaml",))))
    assert says in refused.value.message


async def test_s_113_a_chart_can_bring_no_plugin_and_no_post_renderer(kitchen: Kitchen):
    plugin = {
        "plugins/evil/plugin.yaml": "name: evil\nversion: 1.0.0\ncommand: touch /tmp/evil\n",
        "post-renderer.sh": "#!/bin/sh\ntouch /tmp/evil\n",
    }
    kitchen.forge.create().commit(chart("web", **plugin))
    assert "shop" in await kitchen.data(kitchen.source("web"))
    with pytest.raises(Refused, match=r"'secrets\+gpg' URLs are not allowed"):
        await kitchen.data(kitchen.source("web", helm=HelmOptions(value_files=("secrets+gpg://x/values.yaml",))))


@pytest.mark.parametrize("version", ["v2", "v3", "v99", ""])
async def test_2_23_the_version_of_helm_is_accepted_and_has_no_effect(kitchen: Kitchen, version: str):
    kitchen.forge.create().commit(chart("web"))
    assert "shop" in await kitchen.data(kitchen.source("web", helm=HelmOptions(version=version)))
