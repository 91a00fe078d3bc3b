"""Where an application's manifests come from, and how they are rendered: `spec.source` and its options."""

from collections.abc import Mapping
from typing import Any

from msgspec import field

from argosy.engine.model.base import IntOrString, Model


class HelmParameter(Model, frozen=True):
    """One `--set` (or, with `force_string`, `--set-string`) of a Helm render."""

    name: str = ""
    value: str = ""
    force_string: bool = False


class HelmFileParameter(Model, frozen=True):
    """One `--set-file` of a Helm render."""

    name: str = ""
    path: str = ""


class HelmOptions(Model, frozen=True):
    """How a Helm chart is rendered; `values_object` wins over `values`, `version` is accepted and has no effect."""

    value_files: tuple[str, ...] = ()
    parameters: tuple[HelmParameter, ...] = ()
    file_parameters: tuple[HelmFileParameter, ...] = ()
    release_name: str = ""
    values: str = ""
    values_object: Mapping[str, Any] | None = None
    version: str = ""
    pass_credentials: bool = False
    ignore_missing_value_files: bool = False
    skip_crds: bool = False
    skip_tests: bool = False
    skip_schema_validation: bool = False
    namespace: str = ""
    kube_version: str = ""
    api_versions: tuple[str, ...] = ()


class KustomizeReplica(Model, frozen=True):
    """The number of replicas that Kustomize sets on the workload of this name."""

    name: str
    count: IntOrString


class KustomizeTarget(Model, frozen=True):
    """Which objects a Kustomize patch is for."""

    group: str = ""
    version: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""
    label_selector: str = ""
    annotation_selector: str = ""


class KustomizePatch(Model, frozen=True):
    """An entry of Kustomize's `patches`."""

    path: str = ""
    patch: str = ""
    target: KustomizeTarget | None = None
    options: Mapping[str, bool] = {}


class KustomizeOptions(Model, frozen=True):
    """What is edited into a kustomization before it is built."""

    name_prefix: str = ""
    name_suffix: str = ""
    images: tuple[str, ...] = ()
    common_labels: Mapping[str, str] = {}
    common_annotations: Mapping[str, str] = {}
    common_annotations_envsubst: bool = False
    force_common_labels: bool = False
    force_common_annotations: bool = False
    label_without_selector: bool = False
    label_include_templates: bool = False
    namespace: str = ""
    replicas: tuple[KustomizeReplica, ...] = ()
    patches: tuple[KustomizePatch, ...] = ()
    components: tuple[str, ...] = ()
    ignore_missing_components: bool = False
    version: str = ""
    kube_version: str = ""
    api_versions: tuple[str, ...] = ()


class JsonnetVariable(Model, frozen=True):
    """A variable handed to Jsonnet, as text or (with `code`) as an expression."""

    name: str
    value: str
    code: bool = False


class JsonnetOptions(Model, frozen=True):
    """How the Jsonnet files of a directory are evaluated."""

    ext_vars: tuple[JsonnetVariable, ...] = ()
    tlas: tuple[JsonnetVariable, ...] = ()
    libs: tuple[str, ...] = ()


class DirectoryOptions(Model, frozen=True):
    """Which files of a directory are read; `exclude` wins over `include`."""

    recurse: bool = False
    include: str = ""
    exclude: str = ""
    disable_extension_filter: bool = False
    jsonnet: JsonnetOptions | None = None


class EnvironmentEntry(Model, frozen=True):
    """A variable that a plugin gets, prefixed with `ARGOCD_ENV_`."""

    name: str
    value: str


class PluginParameter(Model, frozen=True):
    """A parameter of a plugin; an explicit empty array or map is not the same as an absent one."""

    name: str = ""
    string: str | None = None
    array: tuple[str, ...] | None = None
    map: Mapping[str, str] | None = None


class PluginOptions(Model, frozen=True):
    """Which plugin renders the source, and with what."""

    name: str = ""
    env: tuple[EnvironmentEntry, ...] = ()
    parameters: tuple[PluginParameter, ...] = ()


class Source(Model, frozen=True):
    """A place that manifests are rendered from; `ref` and `name` have a meaning only among several sources."""

    repo_url: str = field(name="repoURL")
    path: str = ""
    target_revision: str = ""
    chart: str = ""
    helm: HelmOptions | None = None
    kustomize: KustomizeOptions | None = None
    directory: DirectoryOptions | None = None
    plugin: PluginOptions | None = None
    ref: str = ""
    name: str = ""
    tag_prefix: str = ""


class DrySource(Model, frozen=True):
    """What the hydrator renders."""

    repo_url: str = field(name="repoURL")
    target_revision: str
    path: str
    helm: HelmOptions | None = None
    kustomize: KustomizeOptions | None = None
    directory: DirectoryOptions | None = None
    plugin: PluginOptions | None = None


class SyncSource(Model, frozen=True):
    """Where the hydrator's output is synced from; `repo_url` defaults to that of the dry source."""

    target_branch: str
    path: str
    repo_url: str = field(name="repoURL", default="")


class HydrateTo(Model, frozen=True):
    """The branch that the hydrator pushes to when it is not the one that is synced."""

    target_branch: str


class SourceHydrator(Model, frozen=True):
    """A source that is rendered to Git first and synced from there."""

    dry_source: DrySource
    sync_source: SyncSource
    hydrate_to: HydrateTo | None = None
