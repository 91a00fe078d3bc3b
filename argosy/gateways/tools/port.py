"""What the repo server asks of the tool worker: files in, JSON objects out.

Everyone imports this; only `wiring` modules import `pool`. All methods raise the errors of
`argosy.gateways.tools.errors`. Nothing is fetched: what a render may read is what the request holds.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import msgspec
from msgspec import field

from argosy.engine.model.resource import Manifest
from argosy.engine.model.source import JsonnetVariable, KustomizeOptions
from argosy.gateways.tools.errors import Place
from argosy.gateways.tools.scripts import Answered, Declined

QUEUE: ContextVar[str] = ContextVar("QUEUE", default="")
"""Whom a request is for, a repository's URL: set it in the task of a render. Queues that wait are served in turn."""


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
        return str(Place(self.file, self.document, self.line))


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
class LintRequest:
    """Lint a chart as `helm lint` does, with these values (YAML documents, lowest precedence first)."""

    chart: ChartFiles | ChartArchive
    namespace: str = "default"
    values: tuple[File, ...] = ()
    kube_version: str = ""
    skip_schema_validation: bool = False


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


class ChartDependency(msgspec.Struct, frozen=True, omit_defaults=True):
    """A chart that another one is made of, as its `Chart.yaml` declares it.

    `repository` is a URL, `@name`, `alias:name`, `file://...`, `oci://...`, or empty for one that lies in `charts/`.
    """

    name: str
    version: str = ""
    repository: str = ""
    condition: str = ""
    tags: tuple[str, ...] = ()
    import_values: tuple[Any, ...] = field(default=(), name="import-values")
    alias: str = ""


class HelmAnswer(msgspec.Struct, frozen=True, tag="rendered", tag_field="kind"):
    """CRDs first, then the templates' objects by file, hooks among them as they were written; and the chart's notes.

    `random` is whether templates left something to chance or the clock: a password, a certificate, a date.
    `asked` are the entries of `.Capabilities.APIVersions` that templates asked for, whether they were there or not;
    `None` where a template listed them all: any other list can then give another answer.
    """

    documents: tuple[Document, ...]
    notes: str = ""
    asked: tuple[str, ...] | None = None
    random: bool = False


class MissingDependencies(msgspec.Struct, frozen=True, tag="missing-dependencies", tag_field="kind"):
    """Charts that `Chart.yaml` declares and `charts/` does not hold, with the versions that `Chart.lock` pins.

    They are to be handed in as `charts/NAME-VERSION.tgz` (or unpacked below `charts/`) with the same request.
    """

    dependencies: tuple[ChartDependency, ...]


HelmOutcome = HelmAnswer | MissingDependencies


class ChartMaintainer(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody who looks after a chart."""

    name: str = ""
    email: str = ""
    url: str = ""


class ChartMetadata(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A chart's `Chart.yaml`; encoded as JSON it is what an `index.yaml` says of it."""

    name: str
    version: str
    api_version: str = ""
    type: str = ""
    kube_version: str = ""
    app_version: str = ""
    description: str = ""
    home: str = ""
    icon: str = ""
    sources: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    maintainers: tuple[ChartMaintainer, ...] = ()
    dependencies: tuple[ChartDependency, ...] = ()
    annotations: Mapping[str, str] = {}
    condition: str = ""
    tags: str = ""
    deprecated: bool = False


class ChartDetails(msgspec.Struct, frozen=True, rename="camel"):
    """What there is to know of a chart without rendering it.

    `values` is the text of its `values.yaml`; `value_files` the YAML files at its top that have "values" in their
    name; `parameters` the values as one would `--set` them ("image.tags[0]" -> "1.2"), in the order of their names;
    `lock` what `Chart.lock` pins.
    """

    metadata: ChartMetadata
    values: str
    value_files: tuple[str, ...]
    parameters: Mapping[str, str]
    lock: tuple[ChartDependency, ...] = ()
    readme: str = ""


class LintMessage(msgspec.Struct, frozen=True):
    """What Helm's lint says of a chart; `path` is the file or folder in the chart, or empty for the chart itself."""

    severity: Literal["info", "warning", "error"]
    path: str
    message: str


class ChartValue(msgspec.Struct, frozen=True):
    """A row of a chart's documentation: a value that can be set, its type, its default as JSON, what it is for."""

    key: str
    type: str
    default: str
    description: str


class PackedChart(msgspec.Struct, frozen=True, tag="packed", tag_field="kind"):
    """A packed chart that could be read."""

    path: str
    metadata: ChartMetadata


class UnreadableChart(msgspec.Struct, frozen=True, tag="unreadable", tag_field="kind"):
    """A file that is no packed chart."""

    path: str
    message: str


PackedFile = PackedChart | UnreadableChart


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledChart:
    """A packed chart that `KustomizeNeeds` named."""

    repository: str
    name: str
    version: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KustomizeRequest:
    """Build the kustomization in `directory` ("" is the top) of `files`, with `options` edited into it first.

    `files` hold everything that it may refer to. Variables in annotations and images are substituted by the caller
    (`common_annotations_envsubst` has no effect here), and so is the version chosen. `build_options` are words of the
    command line ("--enable-helm"), from the settings and never from a repository. `kube_version` and `api_versions` are
    what charts inflated on the way see. `remotes` and `charts` answer an earlier `KustomizeNeeds`: a reference to
    elsewhere -> the file of `files` that it became, or the folder that holds the root of its repository.
    """

    files: tuple[File, ...]
    directory: str = ""
    options: KustomizeOptions = dataclasses.field(default_factory=KustomizeOptions)
    build_options: str = ""
    kube_version: str = ""
    api_versions: tuple[str, ...] = ()
    remotes: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
    charts: tuple[PulledChart, ...] = ()


class KustomizeAnswer(msgspec.Struct, frozen=True, tag="built", tag_field="kind"):
    """The objects in the order in which Kustomize gives them; the rest as in `HelmAnswer`, of the charts inflated."""

    documents: tuple[Document, ...]
    asked: tuple[str, ...] | None = ()
    random: bool = False


class RemoteFile(msgspec.Struct, frozen=True, tag="file", tag_field="kind"):
    """A reference may be one file behind an HTTP URL."""

    url: str


class RemoteRepository(msgspec.Struct, frozen=True, tag="repository", tag_field="kind", rename="camel"):
    """A reference may be a folder `path` of a Git repository at `ref` (empty: its HEAD)."""

    url: str
    path: str
    ref: str
    submodules: bool


class RemoteReference(msgspec.Struct, frozen=True):
    """What a kustomization refers to on another host: `meant` is what it may be, to be tried in this order.

    `file` is the kustomization that says so.
    """

    reference: str
    file: str
    meant: tuple[RemoteFile | RemoteRepository, ...]


class WantedChart(msgspec.Struct, frozen=True):
    """A chart that a kustomization inflates: the folder `folder` if there is one, else from `repository`.

    `version` may be empty (the newest) or a constraint; `repository` empty says that only the folder will do.
    """

    folder: str
    repository: str
    name: str
    version: str
    file: str


class KustomizeNeeds(msgspec.Struct, frozen=True, tag="needs", tag_field="kind"):
    """What has to be handed in with the same request, all that can be seen so far; what arrives may need more."""

    remotes: tuple[RemoteReference, ...]
    charts: tuple[WantedChart, ...]


KustomizeOutcome = KustomizeAnswer | KustomizeNeeds


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonnetRequest:
    """Evaluate `programs`; `files` is what they may import besides each other.

    `libraries` are folders that imports are looked for in when there is nothing beside the importing file; the last one
    wins. Variables are substituted by the caller.
    """

    programs: tuple[File, ...]
    files: tuple[File, ...] = ()
    libraries: tuple[str, ...] = ()
    ext_vars: tuple[JsonnetVariable, ...] = ()
    tlas: tuple[JsonnetVariable, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Glob:
    """A glob to be matched against texts; `*` and `?` stop at each character of `separators`."""

    pattern: str
    texts: tuple[str, ...]
    separators: str = ""


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

    async def helm(self, request: HelmRequest) -> HelmOutcome:
        """Render a chart. Raises `ToolFailed` with Helm's own words, template file and line."""
        ...

    async def chart(self, chart: ChartFiles | ChartArchive, *, values: Sequence[File] = ()) -> ChartDetails:
        """Describe a chart; `values` lie over its own in the parameters. Raises `ToolFailed` as `helm` does."""
        ...

    async def lint(self, request: LintRequest) -> tuple[LintMessage, ...]:
        """Return what Helm's lint has to say of a chart, in its order; that it cannot be read is a message too.

        Raises `ToolFailed` where there is no `Chart.yaml`, no archive, or no values file in `values`.
        """
        ...

    async def chart_values(self, chart: ChartFiles | ChartArchive) -> tuple[ChartValue, ...]:
        """Return the values of a chart, in the order of its `values.yaml`, described by its comments and schema."""
        ...

    async def packed_charts(self, archives: Sequence[File]) -> tuple[PackedFile, ...]:
        """Read the metadata of packed charts; one answer a file, in their order."""
        ...

    async def kustomize(self, request: KustomizeRequest) -> KustomizeOutcome:
        """Build a kustomization. Raises `ToolFailed` with Kustomize's own words, or naming what is refused."""
        ...

    async def jsonnet(self, request: JsonnetRequest) -> tuple[tuple[Document, ...], ...]:
        """Evaluate Jsonnet programs: for each, in order, the object that it gives, or the items of the list.

        Raises `ToolFailed` with Jsonnet's own words, its trace, file and line.
        """
        ...

    async def match(self, globs: Sequence[Glob]) -> tuple[Answered[tuple[bool, ...]] | Declined, ...]:
        """Tell for each glob which of its texts it matches, by the rules of the library that Argo CD uses (gobwas).

        One that is malformed, or that takes longer than a second, is declined.
        """
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
