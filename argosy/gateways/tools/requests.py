"""From the port's requests to what goes on the pipe: the options and the groups of files of each operation. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from argosy.gateways.tools.frames import Groups
from argosy.gateways.tools.port import (
    ChartArchive,
    ChartFiles,
    File,
    Glob,
    HelmRequest,
    JsonnetRequest,
    KustomizeRequest,
    LintRequest,
    Parameter,
    SetFile,
    SetString,
    SetValue,
)
from argosy.gateways.tools.scripts import SCRIPT_SECONDS

Options = Mapping[str, Any]

# What the caller has done by the time the worker is asked, or what is not for Kustomize at all.
_DONE_BY_THE_CALLER = frozenset({"commonAnnotationsEnvsubst", "version", "kubeVersion", "apiVersions"})


def helm(request: HelmRequest) -> tuple[Options, Groups]:
    """Return the options and files of a chart's render."""
    contents = [parameter.file for parameter in request.parameters if isinstance(parameter, SetFile)]
    options = {
        "releaseName": request.release_name,
        "namespace": request.namespace,
        "parameters": _parameters(request.parameters),
        "kubeVersion": request.kube_version,
        "includeCrds": request.include_crds,
        "skipTests": request.skip_tests,
        "skipSchemaValidation": request.skip_schema_validation,
    }
    groups = {**_chart(request.chart), "values": request.values, "parameters": contents}
    return options, {**groups, "apiVersions": _api_versions(request.api_versions)}


def _api_versions(versions: Sequence[str]) -> Sequence[File]:
    """Return them as lines of a file: the worker reads hundreds of names in no time, and knows the last list again."""
    return (File("", "\n".join(versions).encode()),) if versions else ()


def _chart(chart: ChartFiles | ChartArchive) -> Groups:
    match chart:
        case ChartFiles(files):
            return {"chart": files}
        case ChartArchive(content):
            return {"archive": (File("chart.tgz", content),)}


def _parameters(parameters: Sequence[Parameter]) -> list[dict[str, str]]:
    """A file's value is its number among the files of the parameters: its path could hold what Helm reads as syntax."""
    found: list[dict[str, str]] = []
    files = 0
    for parameter in parameters:
        match parameter:
            case SetValue(name, value):
                found.append({"kind": "value", "name": name, "value": value})
            case SetString(name, value):
                found.append({"kind": "string", "name": name, "value": value})
            case SetFile(name, _):
                found.append({"kind": "file", "name": name, "value": str(files)})
                files += 1
    return found


def chart(chart: ChartFiles | ChartArchive, values: Sequence[File]) -> tuple[Options, Groups]:
    """Return the options and files of a chart's description."""
    return {}, {**_chart(chart), "values": values}


def lint(request: LintRequest) -> tuple[Options, Groups]:
    """Return the options and files of a chart's lint."""
    options = {
        "namespace": request.namespace,
        "kubeVersion": request.kube_version,
        "skipSchemaValidation": request.skip_schema_validation,
    }
    return options, {**_chart(request.chart), "values": request.values}


def kustomize(request: KustomizeRequest) -> tuple[Options, Groups]:
    """Return the options and files of a kustomization's build; packed charts are named by their number."""
    edits: Mapping[str, Any] = msgspec.to_builtins(request.options)
    options = {
        "directory": request.directory,
        "options": {name: value for name, value in edits.items() if name not in _DONE_BY_THE_CALLER},
        "buildOptions": request.build_options,
        "kubeVersion": request.kube_version,
        "remotes": request.remotes,
        "charts": [
            {"repository": chart.repository, "name": chart.name, "version": chart.version} for chart in request.charts
        ],
    }
    contents = [File(f"{chart.name}.tgz", chart.content) for chart in request.charts]
    return options, {
        "files": request.files,
        "charts": contents,
        "apiVersions": _api_versions(request.api_versions),
    }


def jsonnet(request: JsonnetRequest) -> tuple[Options, Groups]:
    """Return the options and files of an evaluation."""
    options = {
        "libraries": request.libraries,
        "extVars": request.ext_vars,
        "tlas": request.tlas,
    }
    return options, {"programs": request.programs, "files": request.files}


def globs(asked: Sequence[Glob]) -> Options:
    """Return the options of matching globs; what is not UTF-8 in a text is matched as an odd character."""
    items = [
        {"pattern": glob.pattern, "separators": glob.separators, "texts": [_readable(text) for text in glob.texts]}
        for glob in asked
    ]
    return {"seconds": SCRIPT_SECONDS, "items": items}


def _readable(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
