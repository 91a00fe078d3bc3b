"""Applications that are rendered offline: read from a file, or made up for a folder. Called by `argosy render`."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from argosy.cli.errors import CommandError
from argosy.cli.offline.places import Place
from argosy.cli.printing import note
from argosy.cli.reading import read_text
from argosy.cli.spec.apply import GivenOptions, TheSource, apply
from argosy.cli.spec.document import Document, Path, put
from argosy.engine.model import application
from argosy.engine.model.application import Application
from argosy.wire import yaml_text

_API_VERSION = "argoproj.io/v1alpha1"
_KIND = (_API_VERSION, "Application")
_PLACES: Mapping[str, Path] = {
    "name": ("metadata", "name"),
    "namespace": ("spec", "destination", "namespace"),
    "project": ("spec", "project"),
}
"""The options that say what the application is called and where it goes, and their fields."""

_NO_NAME = re.compile(r"[^a-z0-9-]+")
_LONGEST_NAME = 53
"""Helm's limit for the name of a release."""


def of_folder(place: Place, given: GivenOptions) -> Application:
    """Return an application whose only source is the folder; without a name it is called as the folder is."""
    source = {"repoURL": place.url, "path": place.path or "."}
    document = {
        "metadata": {"name": _name_of(place)},
        "spec": {"project": "default", "destination": {"namespace": "default"}, "source": source},
    }
    return _application(_changed(document, given), "the options")


def in_file(file: str, given: GivenOptions) -> list[Application]:
    """Return the applications in a file, changed as the options say. Raises `CommandError`."""
    called = "standard input" if file == "-" else file
    try:
        documents = yaml_text.load_all(read_text(file))
    except yaml_text.YamlError as error:
        raise CommandError(f"{called}: {error}") from error
    numbered = [(number, document) for number, document in enumerate(documents, start=1) if _is_application(document)]
    if not numbered:
        raise CommandError(
            f"{called} holds no Application of {_API_VERSION}", advice="To render a folder, name the folder."
        )
    if len(numbered) < len(documents):
        note(f"note: {len(documents) - len(numbered)} documents of {called} are no Applications; they are left out")
    return [_one(document, f"{called}, document {number}", given) for number, document in numbered]


def _is_application(document: Any) -> bool:
    return isinstance(document, Mapping) and (document.get("apiVersion"), document.get("kind")) == _KIND


def _one(document: Document, where: str, given: GivenOptions) -> Application:
    found = _application(_changed(document, given), where)
    if not found.metadata.name:
        raise CommandError(f"{where}: metadata.name must be set")
    if not found.sources:
        raise CommandError(f"{where}: neither spec.source nor spec.sources is set")
    return found


def _changed(document: Document, given: GivenOptions) -> Document:
    spec: Document = document.get("spec") or {}
    changed = apply(spec, given, at=TheSource())
    if changed != spec and spec.get("sources"):
        raise CommandError(
            "options that change the source are for applications with one",
            advice="Change spec.sources in the file instead.",
        )
    named: Document = {**document, "spec": changed}
    for option, path in _PLACES.items():
        if given.get(option):
            named = put(named, path, given[option])
    return named


def _application(document: Document, where: str) -> Application:
    try:
        return application.read(document)
    except msgspec.ValidationError as error:
        raise CommandError(f"{where}: {error}") from error


def _name_of(place: Place) -> str:
    folder = place.path.rpartition("/")[2] or place.root.name
    return _NO_NAME.sub("-", folder.lower())[:_LONGEST_NAME].strip("-") or "app"
