"""What one would type in a terminal for the same render: shown to people, never run. Argo CD 2.5. Pure."""

import shlex
from collections.abc import Iterator, Mapping

from argosy.engine.model.source import KustomizeOptions
from argosy.gateways.tools.port import HelmRequest, Parameter, SetFile, SetString, SetValue


def helm(request: HelmRequest, *, asked: tuple[str, ...] | None) -> str:
    """Return the `helm template` of a request; of the API versions those that its templates `asked` for (None: all)."""
    return shlex.join(["helm", "template", ".", *_helm(request, asked)])


def kustomize(options: KustomizeOptions, *, build_options: str) -> tuple[str, ...]:
    """Return the commands that edit a kustomization in its folder, and the one that builds it."""
    edits = [shlex.join(["kustomize", "edit", *edit]) for edit in _edits(options)]
    return (*edits, " ".join(filter(None, ("kustomize build .", build_options))))


def _helm(request: HelmRequest, asked: tuple[str, ...] | None) -> Iterator[str]:
    yield from ("--name-template", request.release_name, "--namespace", request.namespace)
    if request.kube_version:
        yield from ("--kube-version", request.kube_version)
    for parameter in request.parameters:
        yield from _set(parameter)
    for file in request.values:
        yield from ("--values", file.path)
    for version in request.api_versions if asked is None else sorted(set(asked).intersection(request.api_versions)):
        yield from ("--api-versions", version)
    if request.include_crds:
        yield "--include-crds"
    if request.skip_schema_validation:
        yield "--skip-schema-validation"
    if request.skip_tests:
        yield "--skip-tests"


def _set(parameter: Parameter) -> tuple[str, str]:
    match parameter:
        case SetValue(name, value):
            return "--set", f"{name}={value}"
        case SetString(name, value):
            return "--set-string", f"{name}={value}"
        case SetFile(name, file):
            return "--set-file", f"{name}={file.path}"


def _edits(options: KustomizeOptions) -> Iterator[list[str]]:
    if options.name_prefix:
        yield ["set", "nameprefix", "--", options.name_prefix]
    if options.name_suffix:
        yield ["set", "namesuffix", "--", options.name_suffix]
    if options.images:
        yield ["set", "image", *options.images]
    if options.replicas:
        yield ["set", "replicas", *(f"{replica.name}={replica.count}" for replica in options.replicas)]
    if options.common_labels:
        flags = [
            *(["--force"] if options.force_common_labels else []),
            *(["--without-selector"] if options.label_without_selector else []),
            *(["--include-templates"] if options.label_include_templates else []),
        ]
        yield ["add", "label", *flags, *_pairs(options.common_labels)]
    if options.common_annotations:
        force = ["--force"] if options.force_common_annotations else []
        yield ["add", "annotation", *force, *_pairs(options.common_annotations)]
    if options.namespace:
        yield ["set", "namespace", "--", options.namespace]
    if options.components:
        yield ["add", "component", *options.components]


def _pairs(values: Mapping[str, str]) -> list[str]:
    return [f"{name}:{value}" for name, value in sorted(values.items())]
