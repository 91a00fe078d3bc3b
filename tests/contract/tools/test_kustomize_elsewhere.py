"""Charts inflated by a kustomization, and references to other hosts, through the real worker.

What `kustomize build` gave is in `tests/tool_worker/expected`; `tests/tool_worker/oracle.py` writes it.
"""

from dataclasses import replace
from typing import Any

import pytest

from argosy.engine.model.source import KustomizeOptions
from argosy.gateways.tools.errors import ToolFailed
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.port import (
    Document,
    File,
    KustomizeAnswer,
    KustomizeNeeds,
    KustomizeRequest,
    PulledChart,
    ReadFile,
    RemoteFile,
    RemoteReference,
    RemoteRepository,
    WantedChart,
)
from tests.contract.tools.test_charts import canonical, packed
from tests.tool_worker.oracle import BUILDS, HERE

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {0}}}\n"
SAIL = File(
    "templates/sail.yaml",
    b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: sail, namespace: '{{ .Release.Namespace }}'}\n"
    b"data: {kube: '{{ .Capabilities.KubeVersion.Version }}', "
    b"""has: '{{ .Capabilities.APIVersions.Has "example.com/v1" }}'}\n""",
)


def text(path: str, content: str) -> File:
    return File(path, content.encode())


async def built(pool: Pool, request: KustomizeRequest) -> tuple[Document, ...]:
    answer = await pool.kustomize(request)
    assert isinstance(answer, KustomizeAnswer), answer
    return answer.documents


@pytest.mark.parametrize("name", BUILDS)
async def test_2_35_kustomizations_build_to_what_kustomize_builds(pool: Pool, folder: Any, name: str):
    directory, *flags = BUILDS[name]
    documents = await built(
        pool,
        KustomizeRequest(
            files=folder("kustomizations"), directory=directory, build_options=" ".join(flags), kube_version="1.20.0"
        ),
    )
    path = HERE / "expected" / f"kustomize-{name}.yaml"
    (expected,) = await pool.yaml([File(path.name, path.read_bytes())])
    assert isinstance(expected, ReadFile)
    assert canonical(document.manifest for document in documents) == canonical(
        document.manifest for document in expected.documents
    )


def inflating(entry: str, *files: File, **more: Any) -> KustomizeRequest:
    top = text("kustomization.yaml", f"helmCharts:\n- {{{entry}}}\n")
    return KustomizeRequest(files=(top, *files), build_options="--enable-helm", **more)


async def test_2_35_charts_see_the_destinations_versions(pool: Pool):
    request = inflating(
        "name: sail, repo: 'https://charts.example.com', version: 1.0.0, namespace: harbour",
        kube_version="1.33.1",
        api_versions=("example.com/v1",),
    )
    assert await pool.kustomize(request) == KustomizeNeeds(
        remotes=(),
        charts=(
            WantedChart(
                folder="charts/sail-1.0.0/sail",
                repository="https://charts.example.com",
                name="sail",
                version="1.0.0",
                file="kustomization.yaml",
            ),
        ),
    )
    chart = PulledChart(
        repository="https://charts.example.com", name="sail", version="1.0.0", content=packed("sail", "1.0.0", SAIL)
    )
    answer = await pool.kustomize(replace(request, charts=(chart,)))
    assert isinstance(answer, KustomizeAnswer)
    assert answer.asked == ("example.com/v1",)
    (sail,) = answer.documents
    assert sail.manifest["data"] == {"kube": "v1.33.1", "has": "true"}
    assert sail.manifest["metadata"] == {"name": "sail", "namespace": "harbour"}


async def test_a_chart_of_the_repository_needs_no_other(pool: Pool):
    chart = (text("charts/sail/Chart.yaml", "apiVersion: v2\nname: sail\nversion: 9.9.9\n"),)
    chart += (File("charts/sail/templates/sail.yaml", SAIL.content),)
    (sail,) = await built(pool, inflating("name: sail", *chart))
    assert sail.manifest["metadata"]["namespace"] == "default"
    outcome = await pool.kustomize(inflating("name: gone, repo: oci://ghcr.example.com/charts", *chart))
    assert isinstance(outcome, KustomizeNeeds)
    assert outcome.charts[0].folder == "charts/gone"


async def test_a_build_without_charts_asked_for_nothing(pool: Pool):
    answer = await pool.kustomize(
        KustomizeRequest(files=(text("kustomization.yaml", "resources: [m.yaml]\n"), text("m.yaml", MAP.format("m"))))
    )
    assert isinstance(answer, KustomizeAnswer)
    assert answer.asked == ()


async def test_a_chart_that_ranges_over_the_api_versions_asks_for_all(pool: Pool):
    template = File(
        "templates/a.yaml",
        b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {n: '{{ len .Capabilities.APIVersions }}'}\n",
    )
    chart = PulledChart(repository="r", name="a", version="", content=packed("a", "1.0.0", template))
    answer = await pool.kustomize(inflating("name: a, repo: r", charts=(chart,)))
    assert isinstance(answer, KustomizeAnswer)
    assert answer.asked is None


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("repo: r", "chart name cannot be empty"),
        ("name: a, repo: r, releaseName: A_b", "release name"),
        ("name: a, repo: r, releaseName: b, nameTemplate: c", "cannot set --name-template and also specify a name"),
        ("name: a, repo: r, nameTemplate: '{{ env `HOME` }}'", 'function "env" not defined'),
        ("name: a, repo: r, valuesMerge: mix, valuesInline: {a: b}", "valuesMerge must be one of"),
        ("name: a, repo: r, valuesFile: ../values.yaml", "security; file '/values.yaml' is not in or below"),
        ("name: a, repo: r, additionalValuesFiles: [gone.yaml]", "could not load additionalValuesFile"),
        ("name: ../../a, repo: r", "security; its chart home or name leads elsewhere"),
        ("name: a, repo: r, kubeVersion: new", "invalid kube version 'new'"),
        ("name: dependent, repo: r", "missing in charts/ directory: b"),
        ("name: broken, repo: r", r"broken/templates/a\.yaml"),
        ("name: page, repo: r", "cannot load the chart's archive"),
    ],
)
async def test_what_cannot_be_inflated_says_why(pool: Pool, entry: str, message: str):
    contents = {
        "a": packed("a", "1.0.0"),
        "broken": packed("broken", "1.0.0", File("templates/a.yaml", b"{{ fail `no` }}")),
        "dependent": packed("x", "1.0.0", text("requirements.yaml", "dependencies: [{name: b, version: 1.0.0}]\n")),
        "page": b"<html>",
    }
    charts = tuple(PulledChart(repository="r", name=name, version="", content=data) for name, data in contents.items())
    top = text("app/kustomization.yaml", f"helmCharts:\n- {{{entry}}}\n")
    request = KustomizeRequest(files=(top,), directory="app", build_options="--enable-helm", charts=charts)
    with pytest.raises(ToolFailed, match=message):
        await pool.kustomize(request)


async def test_s_111_charts_are_inflated_only_if_the_settings_say_so(pool: Pool):
    for kustomization in ("helmCharts: [{name: a}]\n", "helmChartInflationGenerator: [{chartName: a}]\n"):
        with pytest.raises(ToolFailed, match=r"must specify --enable-helm in kustomize\.buildOptions"):
            await pool.kustomize(KustomizeRequest(files=(text("kustomization.yaml", kustomization),)))


@pytest.mark.parametrize("field", ["generators", "transformers", "validators"])
@pytest.mark.parametrize(
    "function",
    [
        "config.kubernetes.io/function: 'exec: {path: /bin/true}'",
        "config.kubernetes.io/function: 'container: {image: example.com/x, network: true}'",
        "x: y",
    ],
)
async def test_s_111_functions_and_plugins_are_refused(pool: Pool, field: str, function: str):
    plugin = (
        f'apiVersion: example.com/v1\nkind: Evil\nmetadata:\n  name: e\n  annotations:\n    "a": b\n    {function}\n'
    )
    files = (
        text("kustomization.yaml", f"resources: [m.yaml]\n{field}: [e.yaml]\n"),
        text("m.yaml", MAP.format("m")),
        text("e.yaml", plugin),
    )
    with pytest.raises(ToolFailed, match=r"external plugins disabled|unable to load external plugin"):
        await pool.kustomize(KustomizeRequest(files=files))


async def test_b_31_s_110_build_options_that_run_something_are_refused(pool: Pool):
    for option in ("--enable-exec", "--enable-alpha-plugins", "--network", "--mount=x", "--helm-command=/x", "-o x"):
        with pytest.raises(ToolFailed, match=f"kustomize build option {option.split('=')[0].split(' ')[0]} is refused"):
            await pool.kustomize(KustomizeRequest(files=(), build_options=option))


async def test_s_112_2_36_references_to_other_hosts_are_answered_parsed(pool: Pool):
    files = (
        text("app/kustomization.yaml", "resources:\n- ../base\n- https://example.com/org/repo//deploy/x?ref=v1.2\n"),
        text(
            "base/kustomization.yaml", "resources: ['https://example.com/install.yaml', git@example.com:org/repo.git]\n"
        ),
    )
    assert await pool.kustomize(KustomizeRequest(files=files, directory="app")) == KustomizeNeeds(
        charts=(),
        remotes=(
            RemoteReference(
                "https://example.com/org/repo//deploy/x?ref=v1.2",
                "app/kustomization.yaml",
                (RemoteRepository("https://example.com/org/repo", "deploy/x", "v1.2", submodules=True),),
            ),
            RemoteReference(
                "https://example.com/install.yaml",
                "base/kustomization.yaml",
                (RemoteFile("https://example.com/install.yaml"),),
            ),
            RemoteReference(
                "git@example.com:org/repo.git",
                "base/kustomization.yaml",
                (RemoteRepository("git@example.com:org/repo.git", "", "", submodules=True),),
            ),
        ),
    )


async def test_2_36_what_was_fetched_is_built_in(pool: Pool):
    files = (
        text("app/kustomization.yaml", "namePrefix: a-\nresources: [github.com/org/repo/base]\n"),
        text("far/1/base/kustomization.yaml", "resources: [../m.yaml, ../other]\n"),
        text("far/1/m.yaml", MAP.format("m")),
        text("far/1/other/kustomization.yaml", "resources: [o.yaml]\n"),
        text("far/1/other/o.yaml", MAP.format("o")),
    )
    request = KustomizeRequest(files=files, directory="app", remotes={"github.com/org/repo/base": "far/1"})
    with pytest.raises(ToolFailed, match=r"security; file '/far/1/m\.yaml' is not in or below '/far/1/base'"):
        await pool.kustomize(request)
    inside = text("far/1/base/kustomization.yaml", "resources: [../other]\n")
    (other,) = await built(pool, replace(request, files=(files[0], inside, *files[3:])))
    assert other.manifest["metadata"]["name"] == "a-o"


async def test_2_33_a_component_of_another_repository_is_not_missing(pool: Pool):
    top = text("kustomization.yaml", "resources: [m.yaml]\n")
    options = KustomizeOptions(components=("github.com/org/parts//tls", "gone"), ignore_missing_components=True)
    outcome = await pool.kustomize(KustomizeRequest(files=(top, text("m.yaml", MAP.format("m"))), options=options))
    assert isinstance(outcome, KustomizeNeeds)
    assert [each.reference for each in outcome.remotes] == ["github.com/org/parts//tls"]


async def test_s_088_bases_in_a_circle_are_refused(pool: Pool):
    for first, second in (("../b", "../a"), ("../a", "../b"), (".", "../b"), ("../b", "..")):
        files = (
            text("a/kustomization.yaml", f"resources: ['{first}']\n"),
            text("b/kustomization.yaml", f"resources: ['{second}']\n"),
            text("kustomization.yaml", "resources: [a]\n"),
        )
        with pytest.raises(ToolFailed, match=r"cycle|contains visited root"):
            await pool.kustomize(KustomizeRequest(files=files, directory="a"))
    with pytest.raises(ToolFailed, match="etc"):
        await pool.kustomize(
            KustomizeRequest(files=(text("a/kustomization.yaml", "resources: [../../../etc]\n"),), directory="a")
        )


async def test_a_repository_that_refers_to_itself_is_refused(pool: Pool):
    files = (
        text("app/kustomization.yaml", "resources: [github.com/org/repo]\n"),
        text("far/kustomization.yaml", "resources: [github.com/org/repo]\n"),
    )
    with pytest.raises(ToolFailed, match="cycle"):
        await pool.kustomize(KustomizeRequest(files=files, directory="app", remotes={"github.com/org/repo": "far"}))


async def test_b_30_a_diamond_and_a_thousand_bases_build(pool: Pool):
    diamond = (
        text("app/kustomization.yaml", "resources: [../l, ../r]\n"),
        text("l/kustomization.yaml", "namePrefix: l-\nresources: [../base]\n"),
        text("r/kustomization.yaml", "namePrefix: r-\nresources: [../base]\n"),
        text("base/kustomization.yaml", "resources: [m.yaml]\n"),
        text("base/m.yaml", MAP.format("m")),
    )
    documents = await built(pool, KustomizeRequest(files=diamond, directory="app"))
    assert [document.manifest["metadata"]["name"] for document in documents] == ["l-m", "r-m"]
    many = [text("kustomization.yaml", "resources:\n" + "".join(f"- b{n}\n" for n in range(1_000)))]
    for n in range(1_000):
        many += [text(f"b{n}/kustomization.yaml", "resources: [m.yaml]\n"), text(f"b{n}/m.yaml", MAP.format(f"m{n}"))]
    assert len(await built(pool, KustomizeRequest(files=tuple(many)))) == 1_000


async def test_one_base_cannot_inflate_for_two_namespaces(pool: Pool):
    files = (
        text("app/kustomization.yaml", "resources: [../l, ../r]\n"),
        text("l/kustomization.yaml", "namespace: l\nresources: [../base]\n"),
        text("r/kustomization.yaml", "namespace: r\nnamePrefix: r-\nresources: [../base]\n"),
        text("base/kustomization.yaml", "helmCharts: [{name: sail}]\n"),
        text("base/charts/sail/Chart.yaml", "apiVersion: v2\nname: sail\nversion: 1.0.0\n"),
        File("base/charts/sail/templates/sail.yaml", SAIL.content),
    )
    with pytest.raises(ToolFailed, match="give its helmCharts a namespace of their own"):
        await pool.kustomize(KustomizeRequest(files=files, directory="app", build_options="--enable-helm"))


@pytest.mark.parametrize(
    ("kustomization", "message"),
    [
        ("resources: [m.yaml]\nnamePrefix: ../\n", ""),
        ("resources: [m.yaml, m.yaml]\n", "may not add resource with an already registered id"),
        (
            "resources: [m.yaml]\npatches: [{target: {kind: ConfigMap}, patch: '- {op: test, path: /x, value: X}'}]\n",
            "testing (path|value) /x",
        ),
        ("resources: [m.yaml]\nopenapi: {path: gone.json}\n", "gone.json"),
        ("resources: [m.yaml]\nopenapi: {version: v0}\n", "openapi|version"),
        ("resources: [m.yaml]\nbuildMetadata: [originAnnotations]\n", ""),
        ("configMapGenerator: [{name: big, literals: ['k=" + "x" * 2_000_000 + "']}]\n", ""),
        (
            "resources: [m.yaml]\nreplacements: [{source: {kind: Gone}, targets: [{select: {kind: Too}}]}]\n",
            "nothing selected|found",
        ),
        ("kind: Component\nresources: [m.yaml]\n", ""),
        ("", "is empty|kustomization"),
    ],
)
async def test_b_30_odd_kustomizations_build_or_say_why_not(pool: Pool, kustomization: str, message: str):
    request = KustomizeRequest(files=(text("kustomization.yaml", kustomization), text("m.yaml", MAP.format("m"))))
    if not message:
        assert len(await built(pool, request)) == 1
        return
    with pytest.raises(ToolFailed, match=message):
        await pool.kustomize(request)
