"""B-21 and B-23: charts that are wrong or too much, and templates that print what nobody should."""

from collections.abc import Mapping

from argosy.engine.model.source import HelmOptions
from tests.corpus.rendering.cases import MAP, TOO_MUCH, Case, Files, Gives, GivesData, GivesMany, Refuses

HEAD = "apiVersion: v2\nname: odd\nversion: 1.0.0\n"


def _chart(expected: Gives | GivesMany | GivesData | Refuses, *, chart: str = HEAD, **files: str) -> Case:
    """Return a chart of these files; in their names `__` stands for `/` and `_yaml` for `.yaml`."""
    named = {name.replace("__", "/").replace("_yaml", ".yaml"): content for name, content in files.items()}
    return Case(lambda: {"Chart.yaml": chart, **named}, expected, {"helm": HelmOptions()})


def _prints(template: str, expected: Gives | GivesMany | GivesData | Refuses) -> Case:
    return _chart(expected, templates__a_yaml=template)


def _many() -> Files:
    templates = {f"templates/{n}.yaml": MAP.replace("name: a", f"name: a{n}") for n in range(5_000)}
    return {"Chart.yaml": HEAD, **templates}


def _circle() -> Files:
    def chart(name: str, other: str) -> str:
        dependency = f'dependencies: [{{name: {other}, version: 1.0.0, repository: "file://../{other}"}}]\n'
        return f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n{dependency}"

    return {"Chart.yaml": chart("app", "b"), "../b/Chart.yaml": chart("b", "app")}


ENDLESS = '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}'

CASES: Mapping[str, Case] = {
    "B-21 no Chart.yaml": Case(lambda: {"templates/a.yaml": MAP}, Refuses("Chart.yaml"), {"helm": HelmOptions()}),
    "B-21 an empty Chart.yaml": _chart(Refuses("Chart.yaml|metadata"), chart=""),
    "B-21 a Chart.yaml that is a list": _chart(Refuses("Chart.yaml"), chart="[]\n"),
    "B-21 a version that is none": _chart(Refuses("version"), chart="apiVersion: v2\nname: odd\nversion: one\n"),
    "B-21 apiVersion v3": _chart(Refuses("apiVersion .*v3"), chart="apiVersion: v3\nname: odd\nversion: 1.0.0\n"),
    "B-21 a dependency of nothing": _chart(Refuses("empty or null"), chart=HEAD + "dependencies: [null]\n"),
    "B-21 a clash of aliases": _chart(
        Refuses('more than one dependency with name or alias "a"'),
        chart=HEAD + "dependencies: [{name: a, version: 1}, {name: b, alias: a, version: 1}]\n",
    ),
    "B-21 dependencies in a circle": Case(_circle, Refuses("circle|depend|nest"), {"helm": HelmOptions()}),
    "B-21 a dependency that leads out": _chart(
        Refuses("the repository 'file://../../../a' of 'a' leads out of it"),
        chart=HEAD + 'dependencies: [{name: a, version: 1.0.0, repository: "file://../../../a"}]\n',
    ),
    "B-21 templates of one name": _chart(
        GivesData({"x": "first"}),
        templates__a_yaml=MAP + 'data: {x: {{ include "x" . }}}\n',
        **{
            "templates___a.tpl": '{{ define "x" }}first{{ end }}',
            "templates__b___a.tpl": '{{ define "x" }}second{{ end }}',
        },
    ),
    "B-21 5,000 templates": Case(_many, GivesMany(5_000), {"helm": HelmOptions()}),
    "B-21 other objects in crds": _chart(Gives(("a",)), crds__a_yaml=MAP, **{"crds__readme.md": "not yaml: [\n"}),
    "B-21 endless notes": _chart(Refuses("nested reference name|NOTES"), **{"templates__NOTES.txt": ENDLESS}),
    "B-21 an endless template": _prints(ENDLESS, Refuses("nested reference name")),
    "B-21 a template that does not parse": _prints("{{ if }}", Refuses(r"odd/templates/a\.yaml")),
    "B-21 a file out of the chart": _prints(
        MAP + 'data: {x: {{ .Files.Get "../../../etc/hostname" | quote }}}\n', GivesData({"x": ""})
    ),
    "B-21 a Kubernetes that it does not want": _chart(
        Refuses("incompatible with Kubernetes"), chart=HEAD + 'kubeVersion: "<1.0.0"\n'
    ),
    "B-23 1 GB": _prints('{{ repeat 1000000000 "x" }}', TOO_MUCH),
    "B-23 100 MB": _prints(
        MAP + 'data: {x: {{ repeat 100000000 "x" }}}\n',
        TOO_MUCH,
    ),
    "B-23 bytes": _prints(
        'a: {{ "AAEC/w==" | b64dec }}\n', Refuses(r"odd/templates/a\.yaml|control characters|invalid")
    ),
    "B-23 separators in a text": _prints(
        MAP + "data:\n  x: |\n    a\n    ---\n    b\n---\n---\n# nothing\n", GivesData({"x": "a\n---\nb\n"})
    ),
    "B-23 a separator in a value": _prints(
        MAP + 'data: {x: {{ "a\\n---\\nb" | quote }}}\n', GivesData({"x": "a\n---\nb"})
    ),
    "B-23 no YAML": _prints("a: [\n", Refuses(r"odd/templates/a\.yaml")),
    "B-23 no object": _prints("just words\n", Refuses(r"odd/templates/a\.yaml")),
    "B-23 the environment": _prints("a: {{ env `HOME` }}\n", Refuses('function "env" not defined')),
    "B-23 a name's address": _prints(
        MAP + "data: {x: {{ getHostByName `localhost` | quote }}}\n", GivesData({"x": ""})
    ),
    "B-23 what a cluster would know": _prints(
        MAP + "data: {x: {{ lookup `v1` `Secret` `a` `b` | len | quote }}}\n", GivesData({"x": "0"})
    ),
}
