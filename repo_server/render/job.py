"""What the renderers work on, and what they give back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from argosy.engine import rendered
from argosy.engine.model.rendering import ToolSettings
from argosy.engine.model.source import Source
from argosy.gateways.tools.port import Document, Tools
from argosy.wire.repo_server import RenderedManifest
from repo_server.render.elsewhere import Elsewhere
from repo_server.render.environment import Variables
from repo_server.render.parsed import Parsed
from repo_server.tree import Tree


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much one render may read, in bytes: of plain manifests together, and of a chart or kustomization."""

    directory_bytes: int = 10 * 1024 * 1024
    tool_bytes: int = 64 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Job:
    """One source to be rendered: its options, its files, and for whom.

    `project` and `application` are whose it is; `path` is the application's folder in `tree`; `refs` are the roots of
    the sources that value files may name as `$name`; `elsewhere` hands out what is in neither; `variables` is the build
    environment; `namespace` the destination's; `settings` the caller's; with `lint`, warnings are wanted.
    """

    source: Source
    tree: Tree
    path: str
    refs: Mapping[str, Tree] = field(default_factory=dict)
    elsewhere: Elsewhere
    variables: Variables
    project: str
    application: str
    namespace: str
    kube_version: str
    api_versions: tuple[str, ...]
    settings: ToolSettings = field(default_factory=ToolSettings)
    lint: bool = False
    generate_paths: str = ""
    limits: Limits
    tools: Tools
    parsed: Parsed


def written(documents: Iterable[Document]) -> list[rendered.Written]:
    """Return a tool's documents with their places."""
    return [rendered.Written(manifest=document.manifest, origin=document.origin) for document in documents]


def encoded(manifests: Iterable[rendered.Written]) -> bytes:
    """Return the JSON of checked manifests, as the answer holds them."""
    return msgspec.json.encode([RenderedManifest(manifest=item.manifest, origin=item.origin) for item in manifests])
