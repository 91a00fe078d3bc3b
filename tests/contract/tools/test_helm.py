"""Rendering charts through the real worker, as `helm template` does."""

import io
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from argosy.gateways.tools.errors import ToolFailed
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.port import (
    ChartArchive,
    ChartFiles,
    Document,
    File,
    HelmAnswer,
    HelmRequest,
    MissingDependencies,
    SetFile,
    SetString,
    SetValue,
)
from tests.contract.tools.charts import CHART_YAML, rendered, small

EXPECTED = Path(__file__).parents[2] / "tool_worker" / "expected"


@pytest.fixture
def web(folder: Any) -> HelmRequest:
    return HelmRequest(
        chart=ChartFiles(folder("charts/web")), release_name="shop", namespace="prod", kube_version="1.37.2"
    )


def values_of(answer: HelmAnswer) -> Any:
    return answer.documents[0].manifest["values"]


def names(answer: HelmAnswer) -> list[str]:
    return [document.manifest["metadata"]["name"] for document in answer.documents]


async def test_the_chart_renders_to_what_was_checked_by_eye(pool: Pool, web: HelmRequest):
    answer = await rendered(pool, web)
    expected = yaml.safe_load((EXPECTED / "web.yaml").read_text())
    assert [
        {"file": got.file, "document": got.document, "line": got.line, "manifest": got.manifest}
        for got in answer.documents
    ] == expected
    assert answer.notes.strip() == "Open shop in prod."


async def test_the_same_chart_as_an_archive_renders_the_same_but_for_what_is_ignored(pool: Pool, web: HelmRequest):
    assert isinstance(web.chart, ChartFiles)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for file in web.chart.files:
            if file.path != "files/ignored.txt":
                entry = tarfile.TarInfo(f"web/{file.path}")
                entry.size = len(file.content)
                archive.addfile(entry, io.BytesIO(file.content))
    from_archive = await rendered(pool, replace(web, chart=ChartArchive(packed.getvalue())))
    assert from_archive == await rendered(pool, web)


async def test_values_win_in_helms_order(pool: Pool):
    request = small(
        "values: {{ pick .Values `a` `b` `c` `d` `e` | toJson }}\n",
        values=(File("one.yaml", b"{a: one, b: one, c: one, d: one, e: one}"), File("two.yaml", b"b: two\nc: two\n")),
        parameters=(
            SetFile("e", File("text.txt", b"from, a {file}\n")),
            SetString("d", "1"),
            SetString("e", "lost"),
            SetValue("c", "1"),
            SetValue("d", "lost"),
        ),
    )
    chart = ChartFiles((*request.chart.files, File("values.yaml", b"a: chart\nz: 1")))  # type: ignore[union-attr]
    answer = await rendered(pool, replace(request, chart=chart))
    assert values_of(answer) == {"a": "one", "b": "two", "c": 1, "d": "1", "e": "from, a {file}\n"}


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        ("a,b=c", "a,b=c"),
        ("a\\,b", "a,b"),
        ("{a,b}", ["a", "b"]),
        ("true", True),
        ("null", None),
        ("", ""),
        ("line\n---\nkind: X", "line\n---\nkind: X"),
    ],
)
async def test_a_parameter_is_one_value(pool: Pool, value: str, meaning: Any):
    answer = await rendered(pool, small("values: {{ .Values.x | toJson }}\n", parameters=(SetValue("x", value),)))
    assert values_of(answer) == meaning


async def test_a_condition_of_a_dependency_is_followed_and_forgotten(pool: Pool, web: HelmRequest):
    assert "shop-archive" not in names(await rendered(pool, web))
    enabled = replace(web, values=(File("v.yaml", b"archive: {enabled: true, size: 9Gi}\nstore: {enabled: false}\n"),))
    assert "shop-archive" in names(await rendered(pool, enabled))
    assert "shop-store" not in names(await rendered(pool, enabled))
    assert "shop-store" in names(await rendered(pool, web))


async def test_tests_and_crds_can_be_left_out(pool: Pool, web: HelmRequest):
    everything = names(await rendered(pool, web))
    less = names(await rendered(pool, replace(web, skip_tests=True, include_crds=False)))
    assert set(everything) - set(less) == {"test-ready", "widgets.example.com"}


async def test_api_versions_of_the_destination_are_seen(pool: Pool, web: HelmRequest):
    answer = await rendered(pool, replace(web, api_versions=("example.com/v1", "policy/v1/PodDisruptionBudget")))
    config = next(document for document in answer.documents if document.manifest["metadata"]["name"] == "config")
    assert config.manifest["data"]["widgets"] == "true"
    assert config.manifest["data"]["policy"] == "true"


async def test_a_time_zone_is_known_without_the_disk(pool: Pool):
    template = 'values: {{ dateInZone "15:04" (toDate "2006-01-02" "2024-07-01") "Europe/Vienna" | quote }}\n'
    assert values_of(await rendered(pool, small(template))) == "02:00"


@pytest.mark.parametrize(
    ("template", "message", "file", "line"),
    [
        ("a: 1\nb: {{ .Values.x.y.z }}\n", "nil pointer evaluating", "small/templates/a.yaml", 2),
        ('a: 1\n\nb: {{ required "x is needed" .Values.x }}\n', "x is needed", "small/templates/a.yaml", 3),
        ('{{ fail "not like this" }}', "not like this", "small/templates/a.yaml", 1),
        ("a: 1\nb: {{ if }}\n", "missing value for if", "small/templates/a.yaml", 2),
        ('a: {{ include "gone" . }}', 'no template "gone"', "small/templates/a.yaml", 1),
        ("a: {{ env `HOME` }}", 'function "env" not defined', "small/templates/a.yaml", 1),
        ("a: 1\n---\nb: 2\n\tc: 3\nd: 4\n", "YAML parse error on small/templates/a.yaml", "small/templates/a.yaml", 4),
        ("- a\n", "it is a list", "small/templates/a.yaml", 1),
    ],
)
async def test_a_template_that_fails_is_named_in_helms_words(
    pool: Pool, template: str, message: str, file: str, line: int
):
    with pytest.raises(ToolFailed, match=message) as caught:
        await pool.helm(small(template))
    assert (caught.value.place.file, caught.value.place.line) == (file, line)


async def test_endless_recursion_is_refused(pool: Pool):
    helpers = File("templates/_h.tpl", b'{{ define "a" }}{{ include "a" . }}{{ end }}')
    request = small('a: {{ include "a" . }}')
    assert isinstance(request.chart, ChartFiles)
    with pytest.raises(ToolFailed, match="nested reference name"):
        await pool.helm(replace(request, chart=ChartFiles((*request.chart.files, helpers))))


async def test_missing_dependencies_are_named(pool: Pool, web: HelmRequest):
    assert isinstance(web.chart, ChartFiles)
    without = tuple(file for file in web.chart.files if not file.path.startswith("charts/"))
    missing = await pool.helm(replace(web, chart=ChartFiles(without)))
    assert isinstance(missing, MissingDependencies)
    assert [(each.name, each.alias, each.condition) for each in missing.dependencies] == [
        ("store", "", "store.enabled"),
        ("store", "archive", "archive.enabled"),
    ]


async def test_the_kubernetes_version_must_fit(pool: Pool, web: HelmRequest):
    with pytest.raises(ToolFailed, match=r"requires kubeVersion: >=1.25.0-0 which is incompatible with .* v1\.20\.1"):
        await pool.helm(replace(web, kube_version="1.20.1"))
    await pool.helm(replace(web, kube_version="v1.29.3-gke.1"))
    with pytest.raises(ToolFailed, match="invalid kube version 'new'"):
        await pool.helm(replace(web, kube_version="new"))


async def test_values_must_fit_the_schema_unless_told_otherwise(pool: Pool, web: HelmRequest):
    bad = replace(web, values=(File("v.yaml", b"replicas: -1"),))
    with pytest.raises(ToolFailed, match=r"don't meet the specifications of the schema"):
        await pool.helm(bad)
    await pool.helm(replace(bad, skip_schema_validation=True))


async def test_a_schema_cannot_read_files_or_hosts(pool: Pool):
    request = small("a: 1")
    assert isinstance(request.chart, ChartFiles)
    for reference in ("file:///etc/hostname", "http://127.0.0.1:1/x"):
        schema = File("values.schema.json", f'{{"$ref": "{reference}"}}'.encode())
        with pytest.raises(ToolFailed, match=f"it refers to {reference}: a schema is one file here"):
            await pool.helm(replace(request, chart=ChartFiles((*request.chart.files, schema))))


async def test_a_values_file_that_is_broken_is_named(pool: Pool):
    with pytest.raises(ToolFailed, match=r"failed to parse values-prod\.yaml") as caught:
        await pool.helm(small("a: 1", values=(File("values-prod.yaml", b"a: 1\nb: [\n"),)))
    assert caught.value.place.file == "values-prod.yaml"
    assert caught.value.place.line in (2, 3)


async def test_an_alias_bomb_in_values_is_refused(pool: Pool):
    levels = ["a0: &a0 [x, x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    with pytest.raises(ToolFailed, match="aliases expand"):
        await pool.helm(small("a: 1", values=(File("v.yaml", "\n".join(levels).encode()),)))


@pytest.mark.parametrize("name", ["", "Upper", "a/b", "-dash", "x" * 54])
async def test_a_release_name_must_be_one(pool: Pool, name: str):
    with pytest.raises(ToolFailed, match="release name"):
        await pool.helm(replace(small("a: 1"), release_name=name))


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ((), "Chart.yaml file is missing"),
        ((File("Chart.yaml", b"name: x\n"),), "version is required|validation"),
        ((File("Chart.yaml", b"[1]"),), "cannot load Chart.yaml"),
        ((File("Chart.yaml", b"apiVersion: v2\nname: x\nversion: 1.0.0\ntype: library\n"),), "library charts"),
        ((CHART_YAML, File("values.yaml", b"a: [")), "cannot load values.yaml"),
    ],
)
async def test_a_chart_that_is_none_is_refused(pool: Pool, files: tuple[File, ...], message: str):
    with pytest.raises(ToolFailed, match=message):
        await pool.helm(HelmRequest(chart=ChartFiles(files), release_name="r", namespace="n"))


async def test_an_archive_that_is_none_or_reaches_out_is_refused(pool: Pool):
    with pytest.raises(ToolFailed, match="cannot load the chart's archive"):
        await pool.helm(HelmRequest(chart=ChartArchive(b"<html>"), release_name="r", namespace="n"))
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("web/../../out"), io.BytesIO())
    with pytest.raises(ToolFailed, match="illegally references parent directory"):
        await pool.helm(HelmRequest(chart=ChartArchive(packed.getvalue()), release_name="r", namespace="n"))


async def test_an_archive_that_unpacks_to_much_is_refused(pool: Pool):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as archive:
        for number in range(3):
            entry = tarfile.TarInfo(f"web/{number}")
            entry.size = 40 * 1024 * 1024
            archive.addfile(entry, io.BytesIO(bytes(entry.size)))
    with pytest.raises(ToolFailed, match="larger than the maximum size"):
        await pool.helm(HelmRequest(chart=ChartArchive(packed.getvalue()), release_name="r", namespace="n"))


async def test_origin_is_what_messages_say(pool: Pool):
    answer = await rendered(pool, small("a: 1\n---\nb: 2\n"))
    assert answer.documents[1].origin == "small/templates/a.yaml, document 2, line 3"
    assert Document({}).origin == ""
