"""Charts through the real worker against what the real command line gave: `tests/tool_worker/oracle.py` writes it."""

import io
import re
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from argosy.gateways.tools.errors import ToolFailed, ToolLimit
from argosy.gateways.tools.pool import Pool
from argosy.gateways.tools.port import (
    ChartArchive,
    ChartDependency,
    ChartFiles,
    ChartValue,
    File,
    HelmRequest,
    LintRequest,
    MissingDependencies,
    PackedChart,
    Parameter,
    ReadFile,
    SetFile,
    SetString,
    SetValue,
    UnreadableChart,
)
from argosy.gateways.tools.worker import MEBIBYTE, Limits, Program
from tests.contract.tools.charts import CHART_YAML, rendered, small
from tests.contract.tools.conftest import OpenPool
from tests.tool_worker.oracle import HERE, LINTS, RENDERS, Render

EXPECTED = HERE / "expected"


def request_of(render: Render, files: tuple[File, ...]) -> HelmRequest:
    """Read the arguments of the command line as a request."""
    request = HelmRequest(
        chart=ChartFiles(files),
        release_name="ship",
        namespace="harbour",
        kube_version=render.kube_version,
        include_crds=False,
    )
    for flag, _, value in (argument.partition("=") for argument in render.arguments):
        match flag:
            case "--include-crds":
                request = replace(request, include_crds=True)
            case "--skip-tests":
                request = replace(request, skip_tests=True)
            case "--values":
                request = replace(request, values=(*request.values, File(value, (HERE / value).read_bytes())))
            case "--api-versions":
                request = replace(request, api_versions=(*request.api_versions, value))
            case _:
                request = replace(request, parameters=(*request.parameters, parameter_of(flag, value)))
    return request


def parameter_of(flag: str, text: str) -> Parameter:
    name, _, value = text.partition("=")
    if flag == "--set-file":
        return SetFile(name, File(value, (HERE / value).read_bytes()))
    return {"--set": SetValue, "--set-string": SetString}[flag](name, value)


def canonical(objects: Any) -> list[bytes]:
    return sorted(msgspec.json.encode(each, order="sorted") for each in objects)


@pytest.mark.parametrize("render", RENDERS, ids=lambda render: render.name)
async def test_2_15_charts_render_to_what_helm_renders(pool: Pool, folder: Any, render: Render):
    answer = await rendered(pool, request_of(render, folder(f"charts/{render.chart}")))
    path = EXPECTED / f"helm-{render.name}.yaml"
    (expected,) = await pool.yaml([File(path.name, path.read_bytes())])
    assert isinstance(expected, ReadFile)
    assert canonical(document.manifest for document in answer.documents) == canonical(
        document.manifest for document in expected.documents
    )


async def test_a_render_says_which_api_versions_it_asked_for(pool: Pool, folder: Any):
    answer = await rendered(pool, request_of(RENDERS[0], folder("charts/fleet")))
    assert answer.asked == ("example.com/v1", "example.com/v1/Sail", "policy/v1/PodDisruptionBudget")


async def test_versions_that_were_not_asked_for_change_nothing_and_those_that_were_do(pool: Pool, folder: Any):
    request = request_of(RENDERS[0], folder("charts/fleet"))
    bare = await rendered(pool, request)
    crowd = tuple(f"group{n}.example.com/v1" for n in range(500))
    assert await rendered(pool, replace(request, api_versions=crowd)) == bare
    assert bare.asked is not None
    for version in bare.asked:
        assert (await rendered(pool, replace(request, api_versions=(*crowd, version)))).documents != bare.documents


@pytest.mark.parametrize(
    "template",
    [
        "{{ range .Capabilities.APIVersions }}a{{ . | len }}: 1\n{{ end }}",
        'a: {{ has "v1" .Capabilities.APIVersions }}',
        "a: {{ .Capabilities.APIVersions | toJson }}",
        "a: {{ .Capabilities | toYaml | b64enc }}",
        "a: {{ index .Capabilities.APIVersions 0 }}",
        "a: {{ len .Capabilities.APIVersions }}",
        'a: {{ join "," .Capabilities.APIVersions }}',
        "a: {{ printf `%v` .Capabilities | quote }}",
        "a: {{ .Capabilities.APIVersions | toString | quote }}",
        "a: {{ kindOf .Capabilities.APIVersions }}",
        "a: {{ typeOf .Capabilities.APIVersions }}",
        'a: {{ has "v1" (deepCopy (dict "l" .Capabilities.APIVersions)).l }}',
        "a: {{ dict `a` .Capabilities.APIVersions | toToml | quote }}",
        "a: {{ first .Capabilities.APIVersions }}",
        "a: {{ tpl `{{ range .Capabilities.APIVersions }}{{ . }},{{ end }}` . }}",
    ],
)
async def test_a_template_that_wants_the_whole_list_sees_it_and_says_so(pool: Pool, template: str):
    answer = await rendered(pool, small(template, api_versions=("example.com/v1",)))
    assert answer.asked is None
    assert not any("map[]" in str(document.manifest) for document in answer.documents)


@pytest.mark.parametrize(
    ("template", "asked"),
    [
        ("a: 1", ()),
        ('a: {{ .Capabilities.APIVersions.Has "v1" }}{{ .Capabilities.APIVersions.Has "v1" }}', ("v1",)),
        ('{{ $all := .Capabilities.APIVersions }}a: {{ $all.Has "b/v1" }}{{ $all.Has "a/v1" }}', ("a/v1", "b/v1")),
        ('{{ with .Capabilities }}a: {{ .APIVersions.Has "a/v1" }}{{ end }}', ("a/v1",)),
        ('a: {{ tpl `{{ .Capabilities.APIVersions.Has "a/v1" }}` . }}', ("a/v1",)),
        ('{{ if .Capabilities.APIVersions }}a: {{ .Capabilities.APIVersions.Has "a/v1" }}{{ end }}', ("a/v1",)),
        ("a: {{ .Capabilities.KubeVersion.Minor }} {{ .Capabilities.HelmVersion.Version }}", ()),
    ],
)
async def test_a_template_that_asks_says_for_what(pool: Pool, template: str, asked: tuple[str, ...]):
    assert (await rendered(pool, small(template))).asked == asked


async def test_2_24_dependencies_come_with_the_versions_of_the_lock(pool: Pool):
    declared = "dependencies:\n- {name: a, version: ^1.0.0, repository: 'https://example.com/charts'}\n"
    declared += "- {name: a, alias: again, version: ^2.0.0, repository: '@ours', condition: again.on}\n"
    chart = File("Chart.yaml", CHART_YAML.content + declared.encode())
    lock = File(
        "Chart.lock",
        b"dependencies:\n- {name: a, repository: 'https://example.com/charts', version: 1.2.3}\n"
        b"- {name: a, repository: '@ours', version: 2.0.1}\n"
        b"digest: sha256:bb3d1c08d0b8a9b9ae0c2ed1ad3c2b4a0b0e9a4ba5dd1b1e3a3b1d2df4b0d0ff\n",
    )
    request = HelmRequest(chart=ChartFiles((chart,)), release_name="r", namespace="n")
    assert await pool.helm(request) == MissingDependencies(
        (
            ChartDependency(name="a", version="^1.0.0", repository="https://example.com/charts"),
            ChartDependency(name="a", version="^2.0.0", repository="@ours", alias="again", condition="again.on"),
        )
    )
    with pytest.raises(ToolFailed, match=r"the lock file \(Chart\.lock\) is out of sync") as caught:
        await pool.helm(replace(request, chart=ChartFiles((chart, lock))))
    assert caught.value.place.file == "Chart.lock"


def packed(name: str, version: str, *files: File, folder: str = "") -> bytes:
    archive = io.BytesIO()
    metadata = File("Chart.yaml", f"apiVersion: v2\nname: {name}\nversion: {version}\n".encode())
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for file in (metadata, *files):
            entry = tarfile.TarInfo(f"{folder or name}/{file.path}")
            entry.size = len(file.content)
            tar.addfile(entry, io.BytesIO(file.content))
    return archive.getvalue()


async def test_2_24_a_packed_dependency_that_is_handed_in_counts(pool: Pool):
    chart = File("Chart.yaml", CHART_YAML.content + b"dependencies: [{name: a, version: ^1.0.0}]\n")
    below = packed("a", "1.2.3", File("templates/a.yaml", b"from: {{ .Chart.Version }}\n"))
    answer = await rendered(
        pool,
        HelmRequest(chart=ChartFiles((chart, File("charts/a-1.2.3.tgz", below))), release_name="r", namespace="n"),
    )
    assert [(each.file, each.manifest) for each in answer.documents] == [
        ("small/charts/a/templates/a.yaml", {"from": "1.2.3"})
    ]


async def test_a_dependency_that_a_condition_switches_off_must_be_there_all_the_same(pool: Pool):
    chart = File("Chart.yaml", CHART_YAML.content + b"dependencies: [{name: a, version: 1.0.0, condition: a.on}]\n")
    values = File("values.yaml", b"a: {on: false}\n")
    outcome = await pool.helm(HelmRequest(chart=ChartFiles((chart, values)), release_name="r", namespace="n"))
    assert isinstance(outcome, MissingDependencies)


async def test_2_27_crd_install_hooks_are_kept_and_unknown_ones_are_not(pool: Pool):
    hook = "---\nkind: X\nmetadata: {{name: {0}, annotations: {{helm.sh/hook: '{1}'}}}}\n"
    kinds = {
        "a": "crd-install",
        "b": "pre-install, CRD-Install",
        "c": "whenever",
        "d": "pre-install",
        "e": "test-success",
    }
    answer = await rendered(pool, small("".join(hook.format(name, kind) for name, kind in kinds.items())))
    assert [each.manifest["metadata"]["name"] for each in answer.documents] == ["a", "b", "d", "e"]


@pytest.mark.parametrize("name", LINTS)
async def test_lint_says_what_helm_lint_says(pool: Pool, folder: Any, name: str):
    chart, *arguments = LINTS[name]
    request = LintRequest(
        chart=ChartFiles(folder(f"charts/{chart}")),
        kube_version="1.30.0",
        skip_schema_validation="--skip-schema-validation" in arguments,
    )
    said = [f"[{each.severity.upper()}] {each.path}: {each.message}" for each in await pool.lint(request)]
    lines = (EXPECTED / f"lint-{name}.txt").read_text().rpartition("\n\n")[0].rstrip("\n")
    expected = re.split(r"\n+(?=\[)", lines.partition("\n")[2])
    assert said == expected


async def test_2_29_a_chart_is_described(pool: Pool, folder: Any):
    over = File("over.yaml", b"engine: {size: huge}\n")
    details = await pool.chart(ChartFiles(folder("charts/fleet")), values=[over])
    assert (details.metadata.name, details.metadata.app_version, details.metadata.kube_version) == (
        "fleet",
        "2026.1",
        ">=1.28.0-0 <2.0.0-0",
    )
    assert [each.alias or each.name for each in details.metadata.dependencies] == [
        "engine",
        "spare",
        "sail",
        "parts",
        "cargo",
    ]
    assert details.metadata.dependencies[2].import_values == ({"child": "rig.mast", "parent": "imported.mast"},)
    assert details.value_files == ("values.yaml",)
    assert details.parameters["engine.size"] == "huge"
    assert details.parameters["big"] == "12345678901"
    assert details.parameters[r"labels.example\.com/team"] == "blue"
    assert details.values.startswith("global:\n")


async def test_the_metadata_of_packed_charts_is_what_an_index_says(pool: Pool):
    archives = [
        File("a-1.0.0.tgz", packed("a", "1.0.0")),
        File("b.tgz", b"<html>"),
        File("c.tgz", packed("c", "2.0.0")),
    ]
    one, other, last = await pool.packed_charts(archives)
    assert isinstance(one, PackedChart)
    assert msgspec.to_builtins(one.metadata) == {"name": "a", "version": "1.0.0", "apiVersion": "v2"}
    assert isinstance(other, UnreadableChart)
    assert other.message.startswith("cannot load the chart's archive")
    assert isinstance(last, PackedChart)


async def test_values_are_documented(pool: Pool):
    values = File("values.yaml", b"# -- How many run\nreplicas: 2\nimage:\n  tag: x # the version\n")
    assert await pool.chart_values(ChartFiles((CHART_YAML, values))) == (
        ChartValue("replicas", "int", "2", "How many run"),
        ChartValue("image.tag", "string", '"x"', "the version"),
    )


async def test_s_091_names_that_lead_elsewhere_are_refused(pool: Pool):
    for name in (".", "..", "a/../../b", "../a"):
        chart = File("Chart.yaml", f"apiVersion: v2\nname: '{name}'\nversion: 1.0.0\n".encode())
        for given in (ChartFiles((chart,)), ChartArchive(packed(name, "1.0.0", folder="x"))):
            with pytest.raises(ToolFailed, match=r"is invalid|not allowed|illegally|parent directory|base directory"):
                await pool.helm(HelmRequest(chart=given, release_name="r", namespace="n"))


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('a: {{ lookup "v1" "Secret" "n" "s" | toJson | quote }}', "{}"),
        ("a: {{ getHostByName `localhost` | quote }}", ""),
        ('a: {{ .Files.Get "../../etc/passwd" | quote }}', ""),
        ('a: {{ .Files.Get "/etc/passwd" | quote }}', ""),
        ('a: {{ .Files.Glob "/etc/**" | toJson | quote }}', "{}"),
    ],
)
async def test_s_114_templates_see_nothing_but_the_chart(pool: Pool, template: str, text: str):
    answer = await rendered(pool, small(template))
    assert answer.documents[0].manifest == {"a": text}


@pytest.mark.parametrize("function", ["env", "expandenv"])
async def test_s_114_templates_have_no_environment(pool: Pool, function: str):
    with pytest.raises(ToolFailed, match=f'function "{function}" not defined'):
        await pool.helm(small(f"a: {{{{ {function} `HOME` }}}}"))


async def test_s_123_leading_dashes_are_data(pool: Pool):
    with pytest.raises(ToolFailed, match="release name"):
        await pool.helm(replace(small("a: 1"), release_name="--post-renderer=x"))
    answer = await rendered(
        pool, replace(small("a: {{ .Release.Namespace | quote }}\n"), namespace="--kubeconfig=/etc/passwd")
    )
    assert answer.documents[0].manifest == {"a": "--kubeconfig=/etc/passwd"}


async def test_s_126_newlines_in_values_stay_data(pool: Pool):
    evil = "x\n---\nkind: Evil\n"
    request = small("a: {{ .Values.a | quote }}\nb: {{ .Values.b | toJson }}\n")
    answer = await rendered(pool, replace(request, parameters=(SetString("a", evil), SetValue("b", evil))))
    assert [document.manifest for document in answer.documents] == [{"a": evil, "b": evil}]


CHAIN = ", ".join(f'"d{n}": {{"$ref": "#/definitions/d{n + 1}"}}' for n in range(20_000))


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ('{"$ref": "https://example.com/schema.json"}', "it refers to https://example.com/schema.json"),
        ('{"properties": {"a": {"$ref": "other.json"}}}', r"it refers to file:///other\.json"),
        ('{"$schema": "https://example.com/meta.json"}', "it refers to https://example.com/meta.json"),
        ('{"$ref": "#"}', "infinite loop|cycle|recurs"),
        (
            '{"$ref": "#/definitions/a", "definitions": {"a": {"$ref": "#/definitions/a"}}}',
            "infinite loop|cycle|recurs",
        ),
        ('{"a": ' + "[" * 600 + "]" * 600 + "}", "nested deeper than 500 levels"),
        ('{"properties": {"a": {"pattern": "(((a{900}){900}){900})"}}}', "regex|pattern"),
        ("{", "values.schema.json"),
        ('{"type": 1}', "values.schema.json"),
    ],
)
async def test_s_133_schemas_cannot_reach_out_or_run_away(pool: Pool, schema: str, message: str):
    files = (CHART_YAML, File("values.yaml", b"a: x\n"), File("values.schema.json", schema.encode()))
    with pytest.raises(ToolFailed, match=message) as caught:
        await pool.helm(HelmRequest(chart=ChartFiles(files), release_name="r", namespace="n"))
    assert caught.value.place.file == "small/values.schema.json"


async def test_s_133_a_long_chain_of_references_ends(pool: Pool):
    schema = f'{{"$ref": "#/definitions/d0", "definitions": {{{CHAIN}, "d20000": {{"type": "object"}}}}}}'
    files = (CHART_YAML, File("values.schema.json", schema.encode()), File("templates/a.yaml", b"a: 1\n"))
    outcome = await pool.helm(HelmRequest(chart=ChartFiles(files), release_name="r", namespace="n"))
    assert outcome == await pool.helm(small("a: 1\n"))


async def test_a_schema_names_the_path_of_what_it_refuses(pool: Pool):
    schema = File("values.schema.json", b'{"properties": {"image": {"properties": {"tag": {"type": "string"}}}}}')
    files = (CHART_YAML, File("values.yaml", b"image: {tag: 1}\n"), schema)
    with pytest.raises(ToolFailed, match=r"small:\n- at '/image/tag': got number, want string") as caught:
        await pool.helm(HelmRequest(chart=ChartFiles(files), release_name="r", namespace="n"))
    assert caught.value.place.file == "small/values.schema.json"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a[1000000000]", "index of 1000000000 is greater than maximum supported index of 65536"),
        ("a.b[9999999].c", "greater than maximum supported index"),
        ("a[-1]", "negative"),
        (".".join("a" * 40), "nested"),
        ("a[x]", "failed parsing --set data"),
    ],
)
async def test_s_134_parameters_have_limits(pool: Pool, name: str, message: str):
    with pytest.raises(ToolFailed, match=message):
        await pool.helm(small("a: 1", parameters=(SetValue(name, "1"),)))


async def test_b_22_parameters_are_read_as_helm_reads_them(pool: Pool):
    parameters = (
        SetValue(r"a\.b.c", "x=y"),
        SetValue("list[1].name", "null"),
        SetValue("number", "8080"),
        SetString("text", "8080"),
        SetValue("yes", "true"),
        *(SetValue(f"many.k{n}", str(n)) for n in range(10_000)),
    )
    answer = await rendered(pool, small("v: {{ .Values | toJson }}\n", parameters=parameters))
    values = answer.documents[0].manifest["v"]
    assert values["a.b"] == {"c": "x=y"}
    assert values["list"] == [None, {"name": None}]
    assert (values["number"], values["text"], values["yes"]) == (8080, "8080", True)
    assert len(values["many"]) == 10_000


CLASHING_ALIAS = """\
apiVersion: v2
name: x
version: 1.0.0
dependencies: [{name: a, version: 1}, {name: b, alias: a, version: 1}]
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "chart.metadata is required|apiVersion|name is required|Chart.yaml"),
        ("null", "metadata|name is required"),
        ("[]", "cannot load Chart.yaml"),
        ("apiVersion: v2\nname: x\nversion: 1.0.0\ndependencies: [null]\n", "must not contain empty or null nodes"),
        ("apiVersion: v2\nname: x\nversion: 1.0.0\nmaintainers: [null]\n", "must not contain empty or null nodes"),
        ("apiVersion: v2\nname: x\nversion: one\n", "version"),
        ("apiVersion: v3\nname: x\nversion: 1.0.0\n", 'invalid chart apiVersion "v3"'),
        (
            CLASHING_ALIAS,
            'more than one dependency with name or alias "a"',
        ),
    ],
)
async def test_s_135_b_21_a_chart_file_that_is_wrong_is_refused(pool: Pool, text: str, message: str):
    chart = ChartFiles((File("Chart.yaml", text.encode()),))
    for ask in (pool.helm(HelmRequest(chart=chart, release_name="r", namespace="n")), pool.chart(chart)):
        with pytest.raises(ToolFailed, match=message):
            await ask


@pytest.mark.parametrize(
    "template",
    ['{{ define "a" }}{{ include "b" . }}{{ end }}{{ define "b" }}{{ include "a" . }}{{ end }}{{ include "a" . }}'],
)
async def test_s_136_templates_that_include_each_other_end(pool: Pool, template: str):
    with pytest.raises(ToolFailed, match=r" \[\.\.\.\] .*nested reference name") as failed:
        await pool.helm(small(template))
    assert len(failed.value.message) < 2_010


async def test_s_136_a_template_of_a_value_that_calls_itself_ends(open_pool: OpenPool, tool_worker_program: Path):
    pool = open_pool(Program(path=tool_worker_program, limits=Limits(memory=256 * MEBIBYTE)), size=1)
    values = File("values.yaml", b"x: '{{ tpl .Values.x . }}'\n")
    with pytest.raises(ToolLimit) as caught:
        await pool.helm(replace(small("{{ tpl .Values.x . }}"), values=(values,)))
    assert caught.value.limit == "memory"
    await rendered(pool, small("a: 1"))


async def test_s_131_archives_in_an_archive_end_at_the_limit_of_memory(open_pool: OpenPool, tool_worker_program: Path):
    pool = open_pool(Program(path=tool_worker_program, limits=Limits(memory=256 * MEBIBYTE)), size=1)
    large = tuple(File(f"f{n}", bytes(4_900_000)) for n in range(10))
    below = packed("below", "1.0.0", *large)
    outer = packed("outer", "1.0.0", *(File(f"charts/below-{n}.tgz", below) for n in range(10)))
    with pytest.raises(ToolLimit) as caught:
        await pool.helm(HelmRequest(chart=ChartArchive(outer), release_name="r", namespace="n"))
    assert caught.value.limit == "memory"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("- a\n", "failed to parse v.yaml: .*cannot unmarshal array"),
        ("words\n", "failed to parse v.yaml: .*cannot unmarshal string"),
        ("a: 1\n---\nb: [\n", "failed to parse v.yaml: "),
    ],
)
async def test_b_20_a_values_file_that_is_none_is_refused(pool: Pool, content: str, message: str):
    with pytest.raises(ToolFailed, match=message) as caught:
        await pool.helm(small("a: 1", values=(File("v.yaml", content.encode()),)))
    assert caught.value.place.file == "v.yaml"


async def test_b_21_notes_that_never_end_are_refused(pool: Pool):
    notes = File("templates/NOTES.txt", b'{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}')
    with pytest.raises(ToolFailed, match="nested reference name"):
        await pool.helm(HelmRequest(chart=ChartFiles((CHART_YAML, notes)), release_name="r", namespace="n"))


async def test_b_21_file_names_that_lead_out_of_the_chart_lead_nowhere(pool: Pool):
    files = (
        CHART_YAML,
        File("templates/../../x.yaml", b"a: 1\n"),
        File("templates/a.yaml", b'a: {{ .Files.Get "../../etc/hostname" | len }}\n'),
    )
    answer = await rendered(pool, HelmRequest(chart=ChartFiles(files), release_name="r", namespace="n"))
    assert [(each.file, each.manifest) for each in answer.documents] == [("small/templates/a.yaml", {"a": 0})]


async def test_b_21_odd_charts_render(pool: Pool):
    many = tuple(File(f"templates/t{n}.yaml", b"a: {{ .Template.Name }}\n") for n in range(5_000))
    answer = await rendered(pool, HelmRequest(chart=ChartFiles((CHART_YAML, *many)), release_name="r", namespace="n"))
    assert len(answer.documents) == 5_000
    odd = (
        CHART_YAML,
        File("templates/_a.tpl", b'{{ define "x" }}first{{ end }}'),
        File("templates/b/_a.tpl", b'{{ define "x" }}second{{ end }}'),
        File("templates/a.yaml", b'a: {{ include "x" . }}\n'),
        File("crds/not-a-crd.yaml", b"kind: ConfigMap\n"),
        File("crds/readme.md", b"not yaml: [\n"),
    )
    answer = await rendered(pool, HelmRequest(chart=ChartFiles(odd), release_name="r", namespace="n"))
    assert [document.manifest for document in answer.documents] == [{"kind": "ConfigMap"}, {"a": "first"}]


async def test_b_23_what_templates_print_is_read_as_helm_reads_it(pool: Pool):
    answer = await rendered(pool, small("a: |\n  x\n  ---\n  y\n--- \nb: 1\n---\n---\n# c\n"))
    assert [document.manifest for document in answer.documents] == [{"a": "x\n---\ny\n"}, {"b": 1}]
    with pytest.raises(ToolFailed, match=r"control characters|invalid"):
        await pool.helm(small('a: {{ "AAEC/w==" | b64dec }}\n'))


def test_expected_files_do_not_tell_where_they_were_made():
    for path in EXPECTED.glob("*"):
        assert str(HERE) not in path.read_text()
