"""`argosy chart`: lint and documentation of charts on this machine, by the tool worker."""

import asyncio
import hashlib
import json
import os
import tarfile
from pathlib import Path

import pytest

from argosy.wire import yaml_text
from repo_server.charts import index
from repo_server.local import offline

FILES = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\nicon: https://example.org/web.png\n",
    "values.yaml": "# -- How many run.\nreplicas: 1\nimage:\n  tag: a # Which one.\n",
    "values.schema.json": '{"type": "object", "properties": {"replicas": {"type": "integer"}}}',
    "templates/all.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"
    "data: {n: {{ .Values.replicas | quote }}}\n",
}


@pytest.fixture
def chart(tmp_path, monkeypatch):
    """A chart that nothing is wrong with, in the folder that the command runs in."""
    for name, text in FILES.items():
        (tmp_path / "web" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "web" / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "web"


@pytest.fixture
def run(run, monkeypatch):
    """Run a command line where git is."""
    monkeypatch.setenv("PATH", os.defpath)
    return run


@pytest.fixture
def packed(chart):
    with tarfile.open("web-1.0.0.tgz", "w:gz") as archive:
        archive.add("web")
    return chart


def test_a_good_chart_passes(run, chart):
    result = run("chart", "lint", "web")
    assert (result.code, result.err) == (0, "")
    assert result.out == "==> Linting web\n\n1 chart(s) linted, 0 chart(s) failed\n"


def test_a_good_chart_is_not_worth_a_word(run, chart):
    assert run("chart", "lint", "--quiet", "web").out == ""


def test_a_packed_chart_is_linted_too(run, packed):
    assert run("chart", "lint", "web-1.0.0.tgz").code == 0


def test_a_broken_template_fails_with_its_place(run, chart):
    (chart / "templates" / "bad.yaml").write_text("a: {{ .Values.missing.more }}\n")
    result = run("chart", "lint", "web", "web")
    assert result.code == 1
    assert "[ERROR] templates" in result.out
    assert "web/templates/bad.yaml:1" in result.out
    assert result.out.endswith("\n2 chart(s) linted, 2 chart(s) failed\n")


def test_values_are_checked_by_the_schema(run, chart, tmp_path):
    (tmp_path / "prod.yaml").write_text("replicas: many\n")
    result = run("chart", "lint", "web", "--values", "prod.yaml")
    assert result.code == 1
    assert "/replicas" in result.out
    assert run("chart", "lint", "web", "-f", "prod.yaml", "--skip-schema-validation").code == 0


def test_warnings_fail_only_if_they_are_to(run, chart):
    (chart / "Chart.yaml").write_text(FILES["Chart.yaml"] + "dependencies: [{name: gone, version: 1.0.0}]\n")
    assert "[WARNING]" in run("chart", "lint", "web").out
    assert run("chart", "lint", "web").code == 0
    assert run("chart", "lint", "web", "--strict").code == 1


@pytest.mark.parametrize("verb", ["lint", "docs"])
def test_what_is_no_chart_is_named(run, tmp_path, monkeypatch, verb):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    refused = run("chart", verb, "empty")
    assert refused.code == 20
    assert "empty' is no chart: it has no Chart.yaml" in refused.err
    refused = run("chart", verb, "nowhere.tgz")
    assert refused.code == 20
    assert "'nowhere.tgz' cannot be read: No such file" in refused.err


def test_s_087_a_link_out_of_the_chart_is_not_followed(run, chart, tmp_path):
    (tmp_path / "outside.yaml").write_text("secret: 1\n")
    (chart / "values-extra.yaml").symlink_to("../outside.yaml")
    refused = run("chart", "lint", "web")
    assert refused.code == 20
    assert "is a symbolic link out of" in refused.err


TABLE = """\
| Name | Type | Default | Description |
| --- | --- | --- | --- |
| `replicas` | int | `1` | How many run. |
| `image.tag` | string | `"a"` | Which one. |
"""


def test_values_are_written_down(run, chart):
    result = run("chart", "docs", "web")
    assert (result.code, result.err, result.out) == (0, "", TABLE)


def test_values_are_written_down_as_json(run, packed):
    document = json.loads(run("chart", "docs", "web-1.0.0.tgz", "-o", "json").out)
    assert [each["key"] for each in document["values"]] == ["replicas", "image.tag"]


def test_the_readme_is_kept_up_to_date(run, chart):
    assert run("chart", "docs", "web", "--write").out == "web/README.md changed\n"
    assert TABLE in (chart / "README.md").read_text()
    assert run("chart", "docs", "web", "--write").out == "web/README.md unchanged\n"
    (chart / "values.yaml").write_text("other: true\n")
    run("chart", "docs", "web", "--write")
    assert "`other`" in (chart / "README.md").read_text()
    assert "image.tag" not in (chart / "README.md").read_text()


def test_s_087_a_readme_that_leads_elsewhere_is_not_written(run, chart, tmp_path):
    (tmp_path / "elsewhere").write_text("mine\n")
    (chart / "README.md").symlink_to("../elsewhere")
    (tmp_path / ".git").mkdir()
    refused = run("chart", "docs", "web", "--write")
    assert refused.code == 20
    assert "web/README.md is not a file of its own" in refused.err
    assert (tmp_path / "elsewhere").read_text() == "mine\n"


def test_a_packed_chart_has_no_readme_to_write(run, packed):
    refused = run("chart", "docs", "web-1.0.0.tgz", "--write")
    assert refused.code == 20
    assert "is no folder" in refused.err


def test_a_folder_of_packed_charts_becomes_a_repository(run, packed, tmp_path):
    (tmp_path / "other").mkdir()
    Path("web-1.0.0.tgz").rename(tmp_path / "other" / "web-1.0.0.tgz")
    result = run("chart", "index", ".", "--url", "https://charts.example.org/")
    assert (result.code, result.out, result.err) == (0, "index.yaml changed: 1 chart(s)\n", "")
    (entry,) = yaml_text.load_all(Path("index.yaml").read_text())[0]["entries"]["web"]
    assert entry["urls"] == ["https://charts.example.org/other/web-1.0.0.tgz"]
    assert entry["digest"] == hashlib.sha256((tmp_path / "other" / "web-1.0.0.tgz").read_bytes()).hexdigest()
    assert entry["icon"] == "https://example.org/web.png"
    before = Path("index.yaml").read_text()
    assert (
        run("chart", "index", ".", "--url", "https://charts.example.org/").out == "index.yaml unchanged: 1 chart(s)\n"
    )
    assert Path("index.yaml").read_text() == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_an_index_is_for_a_web_server(run, packed, tmp_path):
    for url in ("charts.example.org", "oci://charts.example.org", "/charts"):
        result = run("chart", "index", ".", "--url", url)
        assert (result.code, result.out) == (20, "")
        assert f"--url {url} is no URL of a web server" in result.err
    assert not (tmp_path / "index.yaml").exists()


def test_charts_of_another_index_are_kept(run, packed, tmp_path):
    (tmp_path / "old.yaml").write_text("apiVersion: v1\nentries: {api: [{name: api, version: 1.0.0, urls: [x]}]}\n")
    run("chart", "index", ".", "--merge", "old.yaml")
    entries = yaml_text.load_all(Path("index.yaml").read_text())[0]["entries"]
    assert {name: [each["urls"] for each in entries[name]] for name in entries} == {
        "api": [["x"]],
        "web": [["web-1.0.0.tgz"]],
    }


@pytest.mark.parametrize(
    ("file", "said"), [("bad.tgz", "bad.tgz is no packed chart"), ("index.yaml", "is not the index of a chart")]
)
def test_what_cannot_be_indexed_is_named_and_nothing_is_written(run, packed, file, said):
    Path(file).write_text("no chart")
    before = Path("index.yaml").read_text() if Path("index.yaml").exists() else None
    refused = run("chart", "index", ".")
    assert refused.code == 20
    assert said in refused.err
    assert (Path("index.yaml").read_text() if Path("index.yaml").exists() else None) == before


def test_an_indexed_folder_is_read_as_a_chart_repository(run, packed):
    """What is written is what the repo server reads."""
    run("chart", "index", ".", "--url", "https://charts.example.org")
    content = Path("index.yaml").read_bytes()

    async def read():
        async with offline.workshop(os.environ) as workshop:
            return await index.parse(content, tools=workshop.tools, name="index.yaml")

    (version,) = asyncio.run(read())["web"]
    assert (version.version, version.urls) == ("1.0.0", ("https://charts.example.org/web-1.0.0.tgz",))
