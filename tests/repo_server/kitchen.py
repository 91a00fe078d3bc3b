"""The service on real repositories, with what tests ask of it in one line."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source
from argosy.gateways.clock import ManualClock
from argosy.gateways.tools.port import (
    Document,
    File,
    HelmOutcome,
    HelmRequest,
    JsonnetRequest,
    KustomizeOutcome,
    KustomizeRequest,
    Tools,
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
from repo_server.render.source import Renderer
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

    async def kustomize(self, request: KustomizeRequest) -> KustomizeOutcome:
        self.renders.append("kustomize")
        return await self.tools.kustomize(request)

    async def jsonnet(self, request: JsonnetRequest) -> tuple[tuple[Document, ...], ...]:
        self.renders.append("jsonnet")
        return await self.tools.jsonnet(request)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.tools, name)


@dataclass
class Kitchen:
    """Renders sources of the forge; `again` starts the service anew on what the last one left on disk."""

    make: Callable[..., tuple[Service, Renderer]]
    forge: Forge
    tools: CountingTools
    clock: ManualClock
    settle: Callable[[], Awaitable[None]]
    service: Service = field(init=False)
    renderer: Renderer = field(init=False)

    def __post_init__(self) -> None:
        self.service, self.renderer = self.make()

    async def again(self) -> None:
        await self.settle()
        self.service, self.renderer = self.make()

    @property
    def rendered(self) -> int:
        """How often a tool had to be asked, since the service was started."""
        return self.renderer.rendered

    async def render(
        self, *sources: Source, application: str = "shop", revision: str = "", **request: Any
    ) -> tuple[RenderedSource, ...]:
        """Render sources as the wire carries the answer."""
        asked = RenderRequest(
            application=application,
            namespace=request.pop("namespace", "store"),
            project=request.pop("project", "default"),
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

    def shop(self, name: str, content: bytes) -> str:
        """Put a file where the forge serves plain files, and return its URL."""
        folder = self.forge.root.with_name("charts")
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
        return f"{self.forge.url}/charts/{name}"

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
