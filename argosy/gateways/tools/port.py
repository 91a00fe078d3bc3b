"""What the repo server asks of the tool worker: files in, JSON objects out.

Everyone imports this; only `wiring` modules import `pool`. All methods raise the errors of
`argosy.gateways.tools.errors`. Nothing is fetched: what a render may read is what the request holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from argosy.engine.model.resource import Manifest
from argosy.engine.model.source import KustomizeOptions


@dataclass(frozen=True, slots=True)
class File:
    """A file handed to a tool; `path` is relative, with `/`, and is what messages name it by."""

    path: str
    content: bytes


class Document(msgspec.Struct, frozen=True):
    """An object as the tool gave it; `document` and `line` count from 1 within `file`, 0 where a tool does not say."""

    manifest: Manifest
    file: str = ""
    document: int = 0
    line: int = 0

    @property
    def origin(self) -> str:
        """Where it was written, for messages: "app/web.yaml, document 2, line 14"."""
        parts = (self.file, self.document and f"document {self.document}", self.line and f"line {self.line}")
        return ", ".join(str(part) for part in parts if part)


class ReadFile(msgspec.Struct, frozen=True, tag="read", tag_field="kind"):
    """A file that was read; documents that are empty or only comments are left out."""

    path: str
    documents: tuple[Document, ...]


class UnreadableFile(msgspec.Struct, frozen=True, tag="unreadable", tag_field="kind"):
    """A file that is not YAML or JSON objects; `document` is the first bad one, those before it were good."""

    path: str
    document: int
    line: int
    message: str


YamlFile = ReadFile | UnreadableFile


@dataclass(frozen=True, slots=True)
class ChartFiles:
    """A chart as its files, `Chart.yaml` at the top and its dependencies under `charts/`."""

    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class ChartArchive:
    """A chart as the `.tgz` that a chart repository serves."""

    content: bytes


@dataclass(frozen=True, slots=True)
class SetValue:
    """`--set name=value`: Helm guesses the type; a comma in `value` is data unless the whole of it is in `{}`."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class SetString:
    """`--set-string name=value`: the value stays a string; commas as with `SetValue`."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class SetFile:
    """`--set-file name=path`: the value is the text of the file."""

    name: str
    file: File


Parameter = SetValue | SetString | SetFile


@dataclass(frozen=True, slots=True, kw_only=True)
class HelmRequest:
    """Render a chart as `helm template` does, without a release and without a cluster.

    `values` are YAML documents, lowest precedence first, above the chart's own and below `parameters` (of which, as
    in Helm, all `SetString` win over all `SetValue` and all `SetFile` over both). `kube_version` ("1.37.2", empty for
    Helm's default) and `api_versions` ("apps/v1", "apps/v1/Deployment", besides Helm's own) are what templates see.
    """

    chart: ChartFiles | ChartArchive
    release_name: str
    namespace: str
    values: tuple[File, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    kube_version: str = ""
    api_versions: tuple[str, ...] = ()
    include_crds: bool = True
    skip_tests: bool = False
    skip_schema_validation: bool = False


class HelmAnswer(msgspec.Struct, frozen=True):
    """CRDs first, then the templates' objects by file, hooks among them as they were written; and the chart's notes."""

    documents: tuple[Document, ...]
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KustomizeRequest:
    """Build the kustomization in `directory` ("" is the top) of `files`, with `options` edited into it first.

    `files` hold everything that it may refer to. Variables in annotations and images are substituted by the caller
    (`common_annotations_envsubst` has no effect here), and so is the version chosen.
    """

    files: tuple[File, ...]
    directory: str = ""
    options: KustomizeOptions = field(default_factory=KustomizeOptions)


class Pin(msgspec.Struct, frozen=True, tag="pin", tag_field="kind"):
    """The constraint is itself a version: look for exactly this tag or chart version."""


class Match(msgspec.Struct, frozen=True, tag="match", tag_field="kind"):
    """The highest of the versions that satisfies the constraint, as it was spelled."""

    version: str


class NoMatch(msgspec.Struct, frozen=True, tag="no-match", tag_field="kind"):
    """It is a constraint, and none of the versions satisfies it."""


class NotConstraint(msgspec.Struct, frozen=True, tag="not-constraint", tag_field="kind"):
    """It is neither a version nor a constraint: a branch, a commit, a word."""


VersionChoice = Pin | Match | NoMatch | NotConstraint


class Tools(Protocol):
    """Computes what others have defined, without looking anywhere but at what it was handed."""

    async def yaml(self, files: Sequence[File]) -> tuple[YamlFile, ...]:
        """Read YAML and (by the ending `.json`) JSON as Kubernetes does; one answer a file, in their order.

        Of duplicate keys the last wins, as with kubectl and Argo CD.
        """
        ...

    async def helm(self, request: HelmRequest) -> HelmAnswer:
        """Render a chart. Raises `ToolFailed` with Helm's own words, template file and line."""
        ...

    async def kustomize(self, request: KustomizeRequest) -> tuple[Document, ...]:
        """Build a kustomization. Raises `ToolFailed` with Kustomize's own words, or naming the remote base."""
        ...

    async def semver(self, constraint: str, versions: Sequence[str]) -> VersionChoice:
        """Pick the version that a target revision means; entries of `versions` that are no versions are passed over.

        The rules are Masterminds': a pre-release matches only a constraint that names one (`>=1.0.0-0`).
        """
        ...

    async def versions(self) -> Mapping[str, str]:
        """Return the version of each library in the worker ("helm" -> "v4.3.1"): part of a render's key."""
        ...

    async def close(self) -> None:
        """Stop the workers; what is under way is cut off."""
        ...
