"""The service on real repositories, with what tests ask of it in one line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source
from argosy.gateways.clock import ManualClock
from argosy.gateways.tools.port import (
    ChartArchive,
    ChartDetails,
    ChartFiles,
    ChartValue,
    File,
    HelmOutcome,
    HelmRequest,
    KustomizeOutcome,
    KustomizeRequest,
    LintMessage,
    LintRequest,
    PackedFile,
    Tools,
    VersionChoice,
    YamlFile,
)
from argosy.wire.repo_server import (
    RenderAnswer,
    RenderedSource,
    RenderRequest,
    ResolveRequest,
    SourceRequest,
    encode,
)
from repo_server.service import Service
from tests.repo_server.repositories import Forge


@dataclass
class CountingTools:
    """The real tools, which count what they are asked to render."""

    tools: Tools
    renders: list[str] = field(default_factory=list)
    helm_requests: list[HelmRequest] = field(default_factory=list)

    async def yaml(self, files: Sequence[File]) -> tuple[YamlFile, ...]:
        self.renders.append("yaml")
        return await self.tools.yaml(files)

    async def helm(self, request: HelmRequest) -> HelmOutcome:
        self.renders.append("helm")
        self.helm_requests.append(request)
        return await self.tools.helm(request)

    async def chart(self, chart: ChartFiles | ChartArchive, *, values: Sequence[File] = ()) -> ChartDetails:
        return await self.tools.chart(chart, values=values)

    async def lint(self, request: LintRequest) -> tuple[LintMessage, ...]:
        return await self.tools.lint(request)

    async def chart_values(self, chart: ChartFiles | ChartArchive) -> tuple[ChartValue, ...]:
        return await self.tools.chart_values(chart)

    async def packed_charts(self, archives: Sequence[File]) -> tuple[PackedFile, ...]:
        return await self.tools.packed_charts(archives)

    async def kustomize(self, request: KustomizeRequest) -> KustomizeOutcome:
        self.renders.append("kustomize")
        return await self.tools.kustomize(request)

    async def semver(self, constraint: str, versions: Sequence[str]) -> VersionChoice:
        return await self.tools.semver(constraint, versions)

    async def versions(self) -> Mapping[str, str]:
        return await self.tools.versions()

    async def close(self) -> None:
        await self.tools.close()


@dataclass(frozen=True)
class Kitchen:
    """Renders sources of the forge."""

    service: Service
    forge: Forge
    tools: CountingTools
    clock: ManualClock

    async def render(
        self, *sources: Source, application: str = "shop", revision: str = "", **request: Any
    ) -> tuple[RenderedSource, ...]:
        """Render sources as the wire carries the answer."""
        asked = RenderRequest(
            application=application,
            namespace=request.pop("namespace", "store"),
            project="default",
            sources=tuple(
                SourceRequest(source=source, repository=self.entry(source), revision=revision) for source in sources
            ),
            **request,
        )
        answer = encode(await self.service.render(asked))
        return msgspec.json.decode(answer, type=RenderAnswer).sources

    async def manifests(self, *sources: Source, **request: Any) -> list[Mapping[str, Any]]:
        """Render sources and return their manifests, one after another."""
        rendered = await self.render(*sources, **request)
        return [item.manifest for source in rendered for item in source.manifests]

    async def data(self, *sources: Source, **request: Any) -> dict[str, Any]:
        """Render sources to ConfigMaps and return the data of each by its name."""
        manifests = await self.manifests(*sources, **request)
        return {manifest["metadata"]["name"]: manifest.get("data") for manifest in manifests}

    async def resolve(self, source: Source, *, fresh: bool = True) -> str:
        """Return what the target revision of a source means."""
        request = ResolveRequest(source=source, repository=self.entry(source), fresh=fresh)
        return (await self.service.resolve(request)).revision

    def entry(self, source: Source) -> Repository:
        """Return the entry of a source's repository."""
        return Repository(url=source.repo_url, type="helm" if source.chart else "git")

    def source(self, path: str = "", name: str = "demo", **options: Any) -> Source:
        """Return a source in a repository of the forge."""
        return Source(repo_url=self.forge.address(name), path=path, **options)


def config_map(name: str, **data: str) -> str:
    """Return a ConfigMap as YAML."""
    lines = "".join(f'  {key}: "{value}"\n' for key, value in data.items())
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n" + (f"data:\n{lines}" if data else "")


CHART = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2.3\n",
    "values.yaml": "color: chart\nlist: []\n",
    "templates/map.yaml": (
        "apiVersion: v1\nkind: ConfigMap\n"
        "metadata:\n  name: {{ .Release.Name }}\n  namespace: {{ .Release.Namespace }}\n"
        "data:\n  color: {{ .Values.color | quote }}\n  extra: {{ .Values.extra | quote }}\n"
        '  list: {{ join "-" .Values.list | quote }}\n  kube: {{ .Capabilities.KubeVersion.Version | quote }}\n'
        '  known: {{ .Capabilities.APIVersions.Has "example.org/v1" | quote }}\n'
    ),
    "templates/NOTES.txt": "Thank you for {{ .Release.Name }}.\n",
    "crds/crd.yaml": (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: xs.example.org}\n"
    ),
}


def chart(folder: str, **files: str) -> dict[str, str]:
    """Return the files of a small chart in a folder."""
    return {f"{folder}/{name}": content for name, content in {**CHART, **files}.items()}
