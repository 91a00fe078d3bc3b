"""What `app unset` takes out of a source. Pure; called by that command."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from argosy.cli.command import variable
from argosy.cli.spec import document
from argosy.cli.spec.apply import GivenOptions
from argosy.cli.spec.document import Document, Path
from argosy.cli.spec.options import image_name

FLAGS: Mapping[str, tuple[Path, str]] = {
    "--values-literal": (("helm", "values"), "Values in the spec"),
    "--ignore-missing-value-files": (("helm", "ignoreMissingValueFiles"), "Going on where a values file is missing"),
    "--pass-credentials": (("helm", "passCredentials"), "Sending credentials to all hosts"),
    "--nameprefix": (("kustomize", "namePrefix"), "Prefix of names"),
    "--namesuffix": (("kustomize", "nameSuffix"), "Suffix of names"),
    "--kustomize-version": (("kustomize", "version"), "Version of Kustomize"),
    "--kustomize-namespace": (("kustomize", "namespace"), "Namespace set by Kustomize"),
    "--ignore-missing-components": (("kustomize", "ignoreMissingComponents"), "Going on where a component is missing"),
    "--ref": (("ref",), "Name by which other sources refer to this one"),
}
"""Options that take away one field: its path, and what it is."""


@dataclass(frozen=True)
class ListField:
    """A list that entries are taken from: `called` says what an entry is called, `asked` what a person means."""

    path: Path
    called: Callable[[Any], str]
    explain: str
    asked: Callable[[str], str] = str


def _name(item: Any) -> str:
    return item["name"]


LISTS: Mapping[str, ListField] = {
    "--parameter": ListField(("helm", "parameters"), _name, "Helm parameter of this name"),
    "--values": ListField(("helm", "valueFiles"), str, "Values file"),
    "--kustomize-image": ListField(("kustomize", "images"), image_name, "Image replacement", asked=image_name),
    "--kustomize-replica": ListField(("kustomize", "replicas"), _name, "Replica count of this name"),
    "--plugin-env": ListField(("plugin", "env"), _name, "Variable of the plugin"),
}
"""Options that take entries from a list."""


def unset(source: Document, given: GivenOptions) -> Document:
    """Take out what the options given name; what is not there already is no error."""
    changed = source
    for option, (path, _) in FLAGS.items():
        if given.get(variable(option)):
            changed = document.put(changed, path, None)
    if given.get("values_literal"):
        changed = document.put(changed, ("helm", "valuesObject"), None)
    for option, field in LISTS.items():
        names = {field.asked(name) for name in given.get(variable(option)) or ()}
        if names:
            kept = [item for item in document.get(changed, field.path) or () if field.called(item) not in names]
            changed = document.put(changed, field.path, kept)
    return changed
