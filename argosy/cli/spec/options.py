"""The options that make an application's spec, as a table: the name, what it says of itself, what it changes.

Argo CD's options of `app create` and `app set`, by its areas. Called by `argosy.cli.spec.apply`, which applies them in
the order of the table, and by the commands, which declare them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from argosy.cli.reading import read_text
from argosy.cli.spec import document
from argosy.cli.spec.document import Document, Path
from argosy.cli.spec.policy import (
    automated_flag,
    retry_limit,
    sync_options,
    sync_policy,
)

Edit = Callable[[Document, Any], Document]


class Kind(Enum):
    """What an option takes."""

    TEXT = "text"
    TEXTS = "texts"
    FLAG = "flag"
    NUMBER = "number"


@dataclass(frozen=True)
class OfSource:
    """Changes the chosen source."""

    edit: Edit


@dataclass(frozen=True)
class OfSpec:
    """Changes the spec itself."""

    edit: Edit


@dataclass(frozen=True)
class SpecOption:
    """An option and the change it stands for; `names` are its spellings, the long one first."""

    names: tuple[str, ...]
    kind: Kind
    change: OfSource | OfSpec
    explain: str


def source_options() -> Sequence[SpecOption]:
    """Options for where manifests come from."""
    return (
        _source("--repo", ("repoURL",), "URL of the repository"),
        _source("--path", ("path",), "Path in the repository"),
        _source("--revision", ("targetRevision",), "Branch, tag, commit or chart version to follow"),
        _source("--tag-prefix", ("tagPrefix",), "Only look at tags with this prefix"),
        _source("--helm-chart", ("chart",), "Name of the chart in a Helm repository"),
        _source("--ref", ("ref",), "Name by which other sources refer to this one"),
        _hydrator("--dry-source-repo", ("drySource", "repoURL"), "Repository of the dry source"),
        _hydrator("--dry-source-path", ("drySource", "path"), "Path of the dry source"),
        _hydrator("--dry-source-revision", ("drySource", "targetRevision"), "Revision of the dry source"),
        _hydrator("--sync-source-branch", ("syncSource", "targetBranch"), "Branch that is synced from"),
        _hydrator("--sync-source-path", ("syncSource", "path"), "Path that is synced from"),
        _hydrator("--hydrate-to-branch", ("hydrateTo", "targetBranch"), "Branch that is hydrated to"),
    )


def destination_options() -> Sequence[SpecOption]:
    """Options for where objects go, and to which project the application belongs."""
    return (
        _spec("--dest-server", ("destination", "server"), "URL of the cluster, as https://kubernetes.default.svc"),
        _spec("--dest-name", ("destination", "name"), "Name of the cluster"),
        _spec("--dest-namespace", ("destination", "namespace"), "Namespace for objects that name none"),
        _spec("--project", ("project",), "Project"),
        SpecOption(
            ("--revision-history-limit",),
            Kind.NUMBER,
            OfSpec(lambda spec, limit: {**spec, "revisionHistoryLimit": limit}),
            "How many deployments to remember",
        ),
    )


def policy_options() -> Sequence[SpecOption]:
    """Options for when and how the application is synced."""
    backoff: Path = ("syncPolicy", "retry", "backoff")
    return (
        SpecOption(("--sync-policy",), Kind.TEXT, OfSpec(sync_policy), "One of: none, automated (or auto, automatic)"),
        _automated("--auto-prune", "prune", "Prune in automated syncs"),
        _automated("--self-heal", "selfHeal", "Put back what was changed in the cluster"),
        _automated("--allow-empty", "allowEmpty", "Let automated syncs prune everything"),
        SpecOption(
            ("--sync-option",), Kind.TEXTS, OfSpec(sync_options), "Add a sync option, as Prune=false; with ! remove it"
        ),
        SpecOption(("--sync-retry-limit",), Kind.NUMBER, OfSpec(retry_limit), "How often to retry a failed sync"),
        _spec("--sync-retry-refresh", ("syncPolicy", "retry", "refresh"), "Retry with newer revisions", Kind.FLAG),
        _spec("--sync-retry-backoff-duration", (*backoff, "duration"), "Wait before the first retry, as 5s"),
        _spec("--sync-retry-backoff-max-duration", (*backoff, "maxDuration"), "Longest wait, as 3m"),
        _spec("--sync-retry-backoff-factor", (*backoff, "factor"), "Factor between two waits", Kind.NUMBER),
    )


def helm_options() -> Sequence[SpecOption]:
    """Options for Helm charts."""
    return (
        _helm_parameter("--parameter", "-p", explain="Set a Helm parameter, as image.tag=1.2"),
        _helm_parameter("--helm-set", explain="Set a Helm parameter, as image.tag=1.2"),
        _helm_parameter("--helm-set-string", explain="Set a Helm parameter as text", force_string=True),
        SpecOption(
            ("--helm-set-file",), Kind.TEXTS, OfSource(_helm_file), "Set a Helm parameter from a file, as name=path"
        ),
        _source("--values", ("helm", "valueFiles"), "Values file in the source; may be repeated", Kind.TEXTS),
        SpecOption(
            ("--values-literal-file",), Kind.TEXT, OfSource(_helm_values), "File or URL with values to put in the spec"
        ),
        _source("--release-name", ("helm", "releaseName"), "Name of the Helm release"),
        _source("--helm-version", ("helm", "version"), "Accepted; has no effect"),
        _source("--helm-namespace", ("helm", "namespace"), "Namespace that templates see"),
        _source("--helm-kube-version", ("helm", "kubeVersion"), "Kubernetes version that templates see"),
        _source("--helm-api-versions", ("helm", "apiVersions"), "API version that templates see", Kind.TEXTS),
        _source("--helm-pass-credentials", ("helm", "passCredentials"), "Send credentials to all hosts", Kind.FLAG),
        _source("--helm-skip-crds", ("helm", "skipCrds"), "Leave out the chart's crds folder", Kind.FLAG),
        _source("--helm-skip-tests", ("helm", "skipTests"), "Leave out the chart's tests", Kind.FLAG),
        _source(
            "--helm-skip-schema-validation",
            ("helm", "skipSchemaValidation"),
            "Do not check values by the chart's schema",
            Kind.FLAG,
        ),
        _source(
            "--ignore-missing-value-files",
            ("helm", "ignoreMissingValueFiles"),
            "Go on where a values file is missing",
            Kind.FLAG,
        ),
    )


def kustomize_options() -> Sequence[SpecOption]:
    """Options for Kustomize."""
    return (
        SpecOption(
            ("--kustomize-image",),
            Kind.TEXTS,
            OfSource(_kustomize_images),
            "Replace an image, as nginx:1.2 or old=new:1.2",
        ),
        SpecOption(
            ("--kustomize-replica",), Kind.TEXTS, OfSource(_kustomize_replicas), "Set a replica count, as name=3"
        ),
        _source("--kustomize-namespace", ("kustomize", "namespace"), "Namespace to set on every object"),
        _source("--kustomize-version", ("kustomize", "version"), "Version of Kustomize"),
        _kustomize_pairs("--kustomize-common-label", "commonLabels", "Set a label, as name=value"),
        _kustomize_pairs("--kustomize-common-annotation", "commonAnnotations", "Set an annotation, as name=value"),
        _kustomize_flag("--kustomize-force-common-label", "forceCommonLabels", "Overwrite labels"),
        _kustomize_flag("--kustomize-force-common-annotation", "forceCommonAnnotations", "Overwrite annotations"),
        _kustomize_flag("--kustomize-label-without-selector", "labelWithoutSelector", "Leave selectors alone"),
        _kustomize_flag("--kustomize-label-include-templates", "labelIncludeTemplates", "Label templates too"),
        _source("--kustomize-kube-version", ("kustomize", "kubeVersion"), "Kubernetes version that charts see"),
        _source("--kustomize-api-versions", ("kustomize", "apiVersions"), "API version that charts see", Kind.TEXTS),
        _source("--nameprefix", ("kustomize", "namePrefix"), "Prefix of every name"),
        _source("--namesuffix", ("kustomize", "nameSuffix"), "Suffix of every name"),
        _kustomize_flag("--ignore-missing-components", "ignoreMissingComponents", "Go on where one is missing"),
    )


def directory_options() -> Sequence[SpecOption]:
    """Options for directories of manifests, Jsonnet and plugins."""
    jsonnet: Path = ("directory", "jsonnet")
    return (
        _source("--directory-recurse", ("directory", "recurse"), "Read folders below the path too", Kind.FLAG),
        _source("--directory-include", ("directory", "include"), "Glob of the files to read"),
        _source("--directory-exclude", ("directory", "exclude"), "Glob of the files to leave out"),
        _source(
            "--directory-disable-extension-filter",
            ("directory", "disableExtensionFilter"),
            "Read files of every extension",
            Kind.FLAG,
        ),
        _jsonnet("--jsonnet-ext-var-str", "extVars", "Set an external variable, as name=value"),
        _jsonnet("--jsonnet-ext-var-code", "extVars", "Set an external variable to an expression", code=True),
        _jsonnet("--jsonnet-tla-str", "tlas", "Set a top-level argument, as name=value"),
        _jsonnet("--jsonnet-tla-code", "tlas", "Set a top-level argument to an expression", code=True),
        _source("--jsonnet-libs", (*jsonnet, "libs"), "Folder of libraries in the repository", Kind.TEXTS),
        _source("--config-management-plugin", ("plugin", "name"), "Plugin that renders the source"),
        SpecOption(("--plugin-env",), Kind.TEXTS, OfSource(_plugin_environment), "Variable for the plugin, name=value"),
    )


def all_options() -> Sequence[SpecOption]:
    """Every option of the table, in the order in which they are applied."""
    return (
        *source_options(),
        *destination_options(),
        *policy_options(),
        *helm_options(),
        *kustomize_options(),
        *directory_options(),
    )


def _source(name: str, path: Path, explain: str, kind: Kind = Kind.TEXT) -> SpecOption:
    return SpecOption((name,), kind, OfSource(_setter(path)), explain)


def _spec(name: str, path: Path, explain: str, kind: Kind = Kind.TEXT) -> SpecOption:
    return SpecOption((name,), kind, OfSpec(_setter(path)), explain)


def _hydrator(name: str, path: Path, explain: str) -> SpecOption:
    return _spec(name, ("sourceHydrator", *path), explain)


def _kustomize_flag(name: str, field: str, explain: str) -> SpecOption:
    return _source(name, ("kustomize", field), explain, Kind.FLAG)


def _setter(path: Path) -> Edit:
    def edit(target: Document, value: Any) -> Document:
        return document.put(target, path, list(value) if isinstance(value, tuple) else value)

    return edit


def _automated(name: str, field: str, explain: str) -> SpecOption:
    return SpecOption((name,), Kind.FLAG, OfSpec(automated_flag(name, field)), explain)


def _helm_parameter(*names: str, explain: str, force_string: bool = False) -> SpecOption:
    path: Path = ("helm", "parameters")

    def edit(source: Document, texts: Sequence[str]) -> Document:
        forced = {"forceString": True} if force_string else {}
        given = document.pairs(texts, option=names[0])
        new = [{"name": name, "value": value, **forced} for name, value in given.items()]
        return document.put(source, path, document.merged(document.get(source, path), new))

    return SpecOption(names, Kind.TEXTS, OfSource(edit), explain)


def _helm_file(source: Document, texts: Sequence[str]) -> Document:
    path: Path = ("helm", "fileParameters")
    given = document.pairs(texts, option="--helm-set-file")
    new = [{"name": name, "path": file} for name, file in given.items()]
    return document.put(source, path, document.merged(document.get(source, path), new))


def _helm_values(source: Document, place: str) -> Document:
    """The object form wins over the text, so it has to go when the text is set."""
    without = document.put(source, ("helm", "valuesObject"), None)
    return document.put(without, ("helm", "values"), read_text(place))


def _kustomize_images(source: Document, images: Sequence[str]) -> Document:
    path: Path = ("kustomize", "images")
    kept = {image_name(image): image for image in document.get(source, path) or ()}
    return document.put(source, path, list({**kept, **{image_name(image): image for image in images}}.values()))


def image_name(image: str) -> str:
    """Say which image an entry of `kustomize.images` replaces: what stands before `=`, `:` or `@`."""
    delimiter = next((each for each in "=:@" if each in image), "=")
    return image.partition(delimiter)[0]


def _kustomize_replicas(source: Document, texts: Sequence[str]) -> Document:
    path: Path = ("kustomize", "replicas")
    given = document.pairs(texts, option="--kustomize-replica")
    new = [{"name": name, "count": int(count) if count.isdecimal() else count} for name, count in given.items()]
    return document.put(source, path, document.merged(document.get(source, path), new))


def _kustomize_pairs(name: str, field: str, explain: str) -> SpecOption:
    def edit(source: Document, texts: Sequence[str]) -> Document:
        return document.put(source, ("kustomize", field), document.pairs(texts, option=name))

    return SpecOption((name,), Kind.TEXTS, OfSource(edit), explain)


def _jsonnet(name: str, field: str, explain: str, *, code: bool = False) -> SpecOption:
    path: Path = ("directory", "jsonnet", field)

    def edit(source: Document, texts: Sequence[str]) -> Document:
        expression = {"code": True} if code else {}
        given = document.pairs(texts, option=name)
        new = [{"name": each, "value": value, **expression} for each, value in given.items()]
        return document.put(source, path, document.merged(document.get(source, path), new))

    return SpecOption((name,), Kind.TEXTS, OfSource(edit), explain)


def _plugin_environment(source: Document, texts: Sequence[str]) -> Document:
    path: Path = ("plugin", "env")
    new = [{"name": name, "value": value} for name, value in document.pairs(texts, option="--plugin-env").items()]
    return document.put(source, path, document.merged(document.get(source, path), new))
