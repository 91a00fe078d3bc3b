"""A chart and its values -> its manifests. Argo CD 2.14 to 2.23. The chart's files come from Git or from an archive."""

import msgspec

from argosy.engine import rendered
from argosy.engine.model.source import HelmOptions, HelmParameter
from argosy.gateways.tools.port import (
    ChartFiles,
    File,
    HelmRequest,
    Parameter,
    SetFile,
    SetString,
    SetValue,
)
from repo_server.render import value_files
from repo_server.render.job import Job, Product, encoded, written
from repo_server.tree import join

_IGNORE = ".helmignore"


async def render(job: Job) -> Product:
    """Render the chart in the application's folder. Raises `Refused`, `Stuck` or a `ToolError`."""
    options = job.source.helm or HelmOptions()
    answer = await job.tools.helm(
        HelmRequest(
            chart=ChartFiles(files=await _chart(job)),
            release_name=options.release_name or job.application.rpartition("_")[2],
            namespace=_namespace(job, options),
            values=(*await value_files.value_files(job, options), *_values(options)),
            parameters=await _parameters(job, options),
            kube_version=options.kube_version or job.kube_version,
            api_versions=options.api_versions or job.api_versions,
            include_crds=not options.skip_crds,
            skip_tests=options.skip_tests,
            skip_schema_validation=options.skip_schema_validation,
        )
    )
    manifests = rendered.manifests_of(written(answer.documents))
    return Product(source_type="Helm", manifests=encoded(manifests), notes=answer.notes)


def _namespace(job: Job, options: HelmOptions) -> str:
    kustomize = job.source.kustomize
    return options.namespace or (kustomize.namespace if kustomize else "") or job.namespace


def _values(options: HelmOptions) -> tuple[File, ...]:
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


async def _chart(job: Job) -> tuple[File, ...]:
    """Return the files of the chart by their paths in it, as its loader would see them."""
    names = await _names(job)
    contents = await job.tree.read([join(job.path, name) for name in names], limit=job.limits.tool_bytes)
    return tuple(File(path=name, content=contents[join(job.path, name)]) for name in names)


async def _names(job: Job) -> list[str]:
    start = len(job.path) + 1 if job.path else 0
    names = [path[start:] for path in await job.tree.files(job.path)]
    if job.source.chart:
        # Helm obeys `.helmignore` when it packs a chart, and not again when it reads the packed one.
        return [name for name in names if name != _IGNORE]
    return names
