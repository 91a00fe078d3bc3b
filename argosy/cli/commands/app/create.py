"""`argosy app create`: make applications from options, from a file, or from both."""

from collections.abc import Mapping
from typing import Any

import click

from argosy.cli import applications, client
from argosy.cli.applications import Name
from argosy.cli.client import Client
from argosy.cli.command import flag, show_help, text, texts
from argosy.cli.commands.app.options import app_namespace, spec_options
from argosy.cli.errors import CommandError
from argosy.cli.global_options import Globals
from argosy.cli.printing import say
from argosy.cli.reading import read_pairs, read_text
from argosy.cli.spec import document
from argosy.cli.spec.apply import TheSource, apply
from argosy.wire import yaml_text

_API_VERSION = "argoproj.io/v1alpha1"
_CASCADE = "resources-finalizer.argocd.argoproj.io"


@click.command()
@click.argument("name", required=False, metavar="APPNAME")
@click.option("--name", "name_option", hidden=True, help="Name of the application; as an argument is better")
@text("--file", "-f", explain="File or URL with Application manifests; - for standard input")
@texts("--label", "-l", explain="A label for the application, as name=value")
@texts("--annotations", explain="An annotation for the application, as name=value")
@flag("--upsert", explain="Overwrite an application of this name that is different")
@flag("--set-finalizer", explain="Delete the application's resources when it is deleted")
@flag("--validate", explain="Check the source and the destination", default=True)
@app_namespace()
@spec_options
@click.pass_obj
def command(options: Globals, name: str | None, **given: Any) -> None:
    """Create an application.

    Example: argosy app create guestbook --repo https://git.example.com/apps.git --path guestbook
    --dest-server https://kubernetes.default.svc --dest-namespace default
    """
    name = name or given["name_option"]
    if given["file"]:
        found = [_from_file(each, name, given) for each in _read(given["file"])]
    elif name:
        found = [_new(name, given)]
    else:
        show_help("Missing argument 'APPNAME'.")
    with client.connect(options) as connected:
        for application in found:
            _create(connected, application, upsert=given["upsert"], validate=given["validate"])


def _create(connected: Client, application: Mapping[str, Any], *, upsert: bool, validate: bool) -> None:
    metadata = application["metadata"]
    name = Name(metadata["name"], metadata.get("namespace", ""))
    existing = applications.fetch_if_there(connected, name)
    created = connected.post("/api/v1/applications", application, {"upsert": upsert, "validate": validate})
    if existing is None:
        outcome = "created"
    else:
        same = existing.get("metadata", {}).get("resourceVersion") == created["metadata"].get("resourceVersion")
        outcome = "unchanged" if same else "updated"
    say(f"application '{created['metadata']['name']}' {outcome}")


def _new(name: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
    spec = {"project": "default", "destination": {}}
    return _with_options({"apiVersion": _API_VERSION, "kind": "Application", "spec": spec}, name, given)


def _from_file(manifest: Mapping[str, Any], name: str | None, given: Mapping[str, Any]) -> Mapping[str, Any]:
    written = document.get(manifest, ("metadata", "name"))
    if name and written and name != written:
        raise CommandError(f"the file's application is called {written!r}, not {name!r}")
    if not name and not written:
        raise CommandError(f"an application in {given['file']} has no metadata.name")
    return _with_options(manifest, name or written, given)


def _with_options(manifest: Mapping[str, Any], name: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
    parsed = applications.parse(name, given["app_namespace"])
    metadata: dict[str, Any] = {**(manifest.get("metadata") or {}), "name": parsed.name}
    if parsed.namespace:
        metadata["namespace"] = parsed.namespace
    for field, option in (("labels", "label"), ("annotations", "annotations")):
        if given[option]:
            metadata[field] = {**(metadata.get(field) or {}), **read_pairs(given[option], option=f"--{option}")}
    if given["set_finalizer"]:
        metadata["finalizers"] = [*{*(metadata.get("finalizers") or []), _CASCADE}]
    return {**manifest, "metadata": metadata, "spec": apply(manifest.get("spec") or {}, given, at=TheSource())}


def _read(place: str) -> list[Mapping[str, Any]]:
    try:
        manifests = yaml_text.load_all(read_text(place))
    except yaml_text.YamlError as error:
        raise CommandError(f"{place}: {error}") from error
    if not manifests:
        raise CommandError(f"{place} holds no Application")
    for number, manifest in enumerate(manifests, start=1):
        kind = (manifest.get("apiVersion"), manifest.get("kind")) if isinstance(manifest, Mapping) else None
        if kind != (_API_VERSION, "Application"):
            raise CommandError(f"{place}: document {number} is not an Application of {_API_VERSION}")
    return manifests
