"""B-22: parameters that are odd, many, or reach too far."""

from collections.abc import Mapping
from typing import Any

from argosy.engine.model.source import HelmOptions, HelmParameter
from tests.corpus.rendering.cases import MAP, Case, GivesData, Refuses


def _set(name: str, value: str, expected: Any, *, force_string: bool = False) -> Case:
    """Return a chart that shows its values as JSON, with one parameter."""
    return _all((HelmParameter(name=name, value=value, force_string=force_string),), expected)


def _all(parameters: tuple[HelmParameter, ...], expected: Any, shown: str = ".Values") -> Case:
    files = {
        "Chart.yaml": "apiVersion: v2\nname: odd\nversion: 1.0.0\n",
        "templates/a.yaml": MAP + "data: {x: {{ " + shown + " | toJson | quote }}}\n",
    }
    answer = expected if isinstance(expected, Refuses) else GivesData({"x": expected})
    return Case(lambda: files, answer, {"helm": HelmOptions(parameters=parameters)})


CASES: Mapping[str, Case] = {
    "B-22 an index of ten million": _set(
        "a.b[9999999].c", "1", Refuses("greater than maximum supported index of 65536")
    ),
    "B-22 an index below zero": _set("a[-1]", "1", Refuses("negative")),
    "B-22 an index that is a word": _set("a[x]", "1", Refuses("failed parsing --set data")),
    "B-22 too deep": _set(".".join("a" * 40), "1", Refuses("nested")),
    "B-22 an index in the middle": _set("a[1].b", "1", '{"a":[null,{"b":1}]}'),
    "B-22 dots in a key": _set(r"a\.b.c", "1", '{"a.b":{"c":1}}'),
    "B-22 = in a value": _set("a", "x=y", '{"a":"x=y"}'),
    "B-22 = in a key": _set(r"a\=b", "1", '{"a=b":1}'),
    "B-22 types": _set("a", "8080", '{"a":8080}'),
    "B-22 text": _set("a", "8080", '{"a":"8080"}', force_string=True),
    "B-22 truth": _set("a", "true", '{"a":true}'),
    "B-22 null": _set("a", "null", '{"a":null}'),
    "B-22 JSON is text": _set("a", '{"b": 1}', '{"a":["\\"b\\": 1"]}'),
    "B-22 no name": _set("", "1", "{}"),
    "B-22 new lines": _set("a", "1\n2", '{"a":"1\\n2"}'),
    "B-22 10,000 of them": _all(
        tuple(HelmParameter(name=f"a.k{n}", value=str(n)) for n in range(10_000)), "10000", "len .Values.a"
    ),
}
