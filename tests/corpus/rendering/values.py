"""B-20: value files that are missing, that are none, and that are somewhere else."""

from collections.abc import Mapping

from argosy.engine.model.source import HelmOptions
from tests.corpus.rendering.cases import Case, Gives, GivesData, GivesMany, Refuses

CHART = {
    "Chart.yaml": "apiVersion: v2\nname: odd\nversion: 1.0.0\n",
    "templates/a.yaml": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {color: {{ .Values.color | quote }}}\n"
    ),
}


def _file(content: str | bytes, expected: Gives | GivesMany | GivesData | Refuses) -> Case:
    """Return a chart with a value file."""
    return Case(lambda: {**CHART, "v.yaml": content}, expected, {"helm": HelmOptions(value_files=("v.yaml",))})


def _named(file: str, expected: Gives | GivesData | Refuses, *, ignore_missing: bool = False) -> Case:
    """Return a chart that names a value file of which nothing is there."""
    options = HelmOptions(value_files=(file,), ignore_missing_value_files=ignore_missing)
    return Case(lambda: CHART, expected, {"helm": options})


def _bomb(levels: int) -> str:
    steps = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(["a0: &a0 [canary, x, x, x, x, x, x, x, x]", *steps]) + "\n"


PLAIN = GivesData({"color": None})

CASES: Mapping[str, Case] = {
    "B-20 a missing file": _named(
        "v.yaml", Refuses(r"'app/v\.yaml' does not exist in .*'app' holds: Chart\.yaml, templates", "path_not_found")
    ),
    "B-20 a missing file that may be missing": _named("v.yaml", PLAIN, ignore_missing=True),
    "B-20 a list": _file("- canary\n", Refuses(r"app/v\.yaml")),
    "B-20 words": _file("canary\n", Refuses(r"app/v\.yaml")),
    "B-20 nothing": _file("", PLAIN),
    "B-20 only a comment": _file("# nothing\n", PLAIN),
    "B-20 null": _file("null\n", PLAIN),
    "B-20 two documents": _file("color: one\n---\ncolor: two\n", GivesData({"color": "two"})),
    "B-20 no UTF-8": _file(b"color: caf\xe9\n", Refuses(r"app/v\.yaml")),
    "B-20 50 MB": _file("color: " + "x" * 50_000_000, Refuses("the limit is 5,000,000 bytes", "limit_exceeded")),
    "B-20 a bomb": _file(_bomb(9), Refuses(r"app/v\.yaml.*alias")),
    "B-20 100,000 levels": _file("color: " + "[" * 100_000, Refuses(r"app/v\.yaml.*(depth|nested)")),
    "B-20 http, and nobody there": _named(
        "http://127.0.0.1:9/v.yaml", Refuses(r"127\.0\.0\.1:9/v\.yaml could not be reached", "unavailable")
    ),
    "B-20 http with a password": _named(
        "http://ada:canary@127.0.0.1:9/v.yaml", Refuses("could not be reached|credentials", "unavailable")
    ),
    "B-20 file": _named("file:///etc/passwd", Refuses("'file' URLs are not allowed")),
    "B-20 s3": _named("s3://bucket/v.yaml", Refuses("'s3' URLs are not allowed")),
    "B-20 secrets": _named("secrets://v.yaml", Refuses("'secrets' URLs are not allowed")),
    "B-20 git+https": _named("git+https://example.org/a@v.yaml", Refuses(r"'git\+https' URLs are not allowed")),
    "B-20 a scheme in capitals": _named("FILE:///etc/passwd", Refuses("'file' URLs are not allowed")),
    "B-20 a space before it": _named(" file:///etc/passwd", Refuses("does not exist", "path_not_found")),
    "B-20 a source that is not there": _named("$gone/v.yaml", Refuses("does not exist", "path_not_found")),
    "B-20 no name": _named("", Refuses("names no file")),
    "B-20 a NUL": _named("a\0b", Refuses("leads out of the repository")),
    "B-20 out of the repository": _named("../../v.yaml", Refuses("leads out of the repository")),
    "B-20 what may be missing does not lead out": _named(
        "../../v.yaml", Refuses("leads out of the repository"), ignore_missing=True
    ),
}
