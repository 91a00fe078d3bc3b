"""What could be set about a source: a chart's values, a kustomization's images, a plugin's parameters. Argo CD 2.29.

Comes in: a job and the tool for it. Goes out: `Details` for the page's Parameters tab and `argosy app get`. Called by
`render.source`; nothing here is remembered.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from argosy.engine.model.source import HelmOptions, HelmParameter
from argosy.gateways.tools.port import ChartFiles
from argosy.wire.repo_server import Details, HelmDetails, KustomizeDetails, RenderedManifest
from repo_server.render import helm, kustomize
from repo_server.render.job import Job

_MANIFESTS = msgspec.json.Decoder(tuple[RenderedManifest, ...])


async def of_helm(job: Job) -> Details:
    """Describe a chart as the source's value files and values leave it. Raises `Refused` or a `ToolError`."""
    chart = await job.tools.chart(ChartFiles(files=await helm.chart(job)), values=await helm.values(job))
    options = job.source.helm or HelmOptions()
    return Details(
        source_type="Helm",
        helm=HelmDetails(
            name=chart.metadata.name,
            value_files=chart.value_files,
            values=chart.values,
            parameters=tuple(HelmParameter(name=name, value=value) for name, value in chart.parameters.items()),
            file_parameters=options.file_parameters,
        ),
    )


async def of_kustomize(job: Job) -> Details:
    """Describe a kustomization by the images in what it builds to. Raises `Refused` or a `ToolError`."""
    product = await kustomize.render(job)
    manifests = _MANIFESTS.decode(product.manifests)
    images = {image for each in manifests for image in _images(each.manifest)}
    return Details(source_type="Kustomize", kustomize=KustomizeDetails(images=tuple(sorted(images))))


def _images(value: Any) -> Iterator[str]:
    """Yield the images of every list of containers, wherever in an object it is."""
    match value:
        case Mapping():
            for name, member in value.items():
                if name in ("containers", "initContainers") and isinstance(member, list):
                    yield from (
                        container["image"]
                        for container in member
                        if isinstance(container, Mapping) and isinstance(container.get("image"), str)
                    )
                yield from _images(member)
        case list():
            for member in value:
                yield from _images(member)
        case _:
            pass
