"""A chart and its values -> its manifests. Argo CD 2.14 to 2.28. The chart's files come from Git or from an archive."""

from dataclasses import replace

import msgspec

from argosy.engine import rendered, versions
from argosy.engine.model.source import HelmOptions, HelmParameter
from argosy.gateways.tools.port import (
    ChartFiles,
    File,
    HelmAnswer,
    HelmRequest,
    LintRequest,
    MissingDependencies,
    Parameter,
    SetFile,
    SetString,
    SetValue,
)
from repo_server.errors import Refused
from repo_server.product import Product
from repo_server.render import commands, value_files
from repo_server.render.job import Job, encoded, written
from repo_server.tree import join

_IGNORE = ".helmignore"


async def render(job: Job) -> Product:
    """Render the chart in the application's folder. Raises `Refused`, `Stuck` or a `ToolError`."""
    options = job.source.helm or HelmOptions()
    request = HelmRequest(
        chart=ChartFiles(files=await chart(job)),
        release_name=_release_name(job, options),
        namespace=_namespace(job, options),
        values=await values(job),
        parameters=await _parameters(job, options),
        kube_version=_kube_version(job, options),
        api_versions=options.api_versions or job.api_versions,
        include_crds=not options.skip_crds,
        skip_tests=options.skip_tests,
        skip_schema_validation=options.skip_schema_validation,
    )
    request, answer = await _rendered(job, request)
    manifests = rendered.manifests_of(written(answer.documents))
    return Product(
        source_type="Helm",
        manifests=encoded(manifests),
        notes=answer.notes,
        warnings=await _lint(job, request) if job.lint else (),
        commands=(commands.helm(request, asked=answer.asked),),
        api_versions=() if options.api_versions else answer.asked,
        random=answer.random,
    )


def told(job: Job) -> object:
    """Return what decides a render besides the source and the files: the release that templates see."""
    options = job.source.helm or HelmOptions()
    return [_release_name(job, options), _namespace(job, options), _kube_version(job, options)]


async def chart(job: Job) -> tuple[File, ...]:
    """Return the files of the chart by their paths in it, as its loader would see them."""
    names = await _names(job)
    contents = await job.tree.read([join(job.path, name) for name in names], limit=job.limits.tool_bytes)
    return tuple(File(path=name, content=contents[join(job.path, name)]) for name in names)


async def values(job: Job) -> tuple[File, ...]:
    """Return the values that lie over the chart's own, lowest precedence first: files, then what is inline."""
    options = job.source.helm or HelmOptions()
    return (*await value_files.value_files(job, options), *_inline(options))


async def _rendered(job: Job, request: HelmRequest) -> tuple[HelmRequest, HelmAnswer]:
    """Render, with the charts that it depends on fetched if they are missing; return the request that was answered."""
    outcome = await job.tools.helm(request)
    if isinstance(outcome, MissingDependencies):
        vendored = await job.elsewhere.dependencies(outcome.dependencies, tree=job.tree, folder=job.path)
        assert isinstance(request.chart, ChartFiles)
        request = replace(request, chart=ChartFiles(files=(*request.chart.files, *vendored)))
        outcome = await job.tools.helm(request)
    if isinstance(outcome, MissingDependencies):
        names = ", ".join(dependency.name for dependency in outcome.dependencies)
        raise Refused("render_failed", f"Chart.yaml depends on {names}, which could not be put into charts/")
    return request, outcome


async def _lint(job: Job, request: HelmRequest) -> tuple[str, ...]:
    messages = await job.tools.lint(
        LintRequest(
            chart=request.chart,
            namespace=request.namespace,
            values=request.values,
            kube_version=request.kube_version,
            skip_schema_validation=request.skip_schema_validation,
        )
    )
    return tuple(
        f"{message.severity}: {message.path + ': ' if message.path else ''}{message.message}"
        for message in messages
        if message.severity != "info"
    )


def _release_name(job: Job, options: HelmOptions) -> str:
    return options.release_name or job.application.rpartition("_")[2]


def _namespace(job: Job, options: HelmOptions) -> str:
    kustomize = job.source.kustomize
    return options.namespace or (kustomize.namespace if kustomize else "") or job.namespace


def _kube_version(job: Job, options: HelmOptions) -> str:
    return versions.plain(options.kube_version or job.kube_version)


def _inline(options: HelmOptions) -> tuple[File, ...]:
    """Return the inline values; the object wins over the text."""
    if options.values_object is not None:
        return (File(path="helm.valuesObject", content=msgspec.json.encode(options.values_object)),)
    return (File(path="helm.values", content=options.values.encode()),) if options.values else ()


async def _parameters(job: Job, options: HelmOptions) -> tuple[Parameter, ...]:
    files = [
        SetFile(parameter.name, await value_files.file_parameter(job, parameter.path))
        for parameter in options.file_parameters
    ]
    return (*(_parameter(job, parameter) for parameter in options.parameters), *files)


def _parameter(job: Job, parameter: HelmParameter) -> Parameter:
    value = job.variables.substitute(parameter.value)
    return (SetString if parameter.force_string else SetValue)(parameter.name, value)


async def _names(job: Job) -> list[str]:
    start = len(job.path) + 1 if job.path else 0
    names = [path[start:] for path in await job.tree.files(job.path)]
    if job.source.chart:
        # Helm obeys `.helmignore` when it packs a chart, and not again when it reads the packed one.
        return [name for name in names if name != _IGNORE]
    return names
