"""An application of the server, rendered from a folder of this machine. Called by `app manifests` and `app diff`
with `--local`.

Comes in: what the server knows: the application, the destination's versions, the settings. Goes out: manifests, and how
the server would mark them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from argosy.cli import applications
from argosy.cli.applications import Name
from argosy.cli.client import Client, item_path
from argosy.cli.errors import ApiError, CommandError
from argosy.cli.offline import places, rendering
from argosy.cli.offline.circumstances import Circumstances
from argosy.cli.offline.rendering import Rendered
from argosy.cli.printing import note
from argosy.engine.model.application import Application
from argosy.engine.model.resource import Manifest
from argosy.engine.tracking import Tracking
from argosy.gateways.manifests.requests import Destination

_UNSEEN = (403, 404)


@dataclass(frozen=True)
class Local:
    """The folder that takes the place of the application's own, and the root that it may read from."""

    folder: str
    root: str | None


@dataclass(frozen=True)
class Served:
    """An application as the folder has it, and how the server marks its objects."""

    rendered: Rendered
    marks: Tracking

    def stamped(self) -> list[Manifest]:
        """Return the manifests marked as the application's."""
        return self.rendered.stamped(self.marks)


def render(client: Client, name: Name, local: Local, around: Circumstances) -> Served:
    """Render the application from the folder. Raises `CommandError`."""
    document = applications.fetch(client, name)
    application, folders = in_place(applications.view(document), local)
    settings = client.get("/api/v1/settings")
    control_namespace = str(settings.get("controllerNamespace") or around.control_namespace)
    around = replace(around, folders=folders, control_namespace=control_namespace)
    around = _with_tools(_at_destination(client, application, around), settings)
    (rendered,) = rendering.render([application], around)
    return Served(rendered, _marks(settings))


def in_place(application: Application, local: Local) -> tuple[Application, Mapping[str, Path]]:
    """Return the application with its sources in the folder, and the folders by repository.

    The only source of an application is what the folder holds. Of several, those of the folder's repository are taken
    from there, each from its own path.
    """
    place = places.place_of(local.folder, root=local.root)
    if application.spec.sources:
        return application, places.folders_for(application.sources, [local.folder])
    if application.spec.source is None:
        raise CommandError(f"application {application.metadata.name!r} has no source")
    source = msgspec.structs.replace(application.spec.source, path=place.path or ".", chart="")
    spec = msgspec.structs.replace(application.spec, source=source)
    return msgspec.structs.replace(application, spec=spec), {source.repo_url: place.root}


def _at_destination(client: Client, application: Application, around: Circumstances) -> Circumstances:
    """Fill in the versions of the destination, where the options say none."""
    given = around.destination
    if given.kube_version:
        return around
    destination = application.spec.destination
    by_name = {} if destination.server else {"id.type": "name"}
    try:
        cluster = client.get(item_path("clusters", destination.server or destination.name), by_name)
    except ApiError as error:
        if error.status not in _UNSEEN:
            raise
        note(f"warning: the cluster's versions are not known ({error.message}); say them with --kube-version")
        return around
    info = cluster.get("info") or {}
    known = Destination(
        str(info.get("serverVersion") or cluster.get("serverVersion") or ""),
        given.api_versions or tuple(info.get("apiVersions") or ()),
    )
    return replace(around, destination=known)


def _with_tools(around: Circumstances, settings: Mapping[str, Any]) -> Circumstances:
    """Take Kustomize's build options from the server, where the options say none."""
    options = str((settings.get("kustomizeOptions") or {}).get("buildOptions") or "")
    if around.settings.tools.kustomize_build_options or not options:
        return around
    tools = msgspec.structs.replace(around.settings.tools, kustomize_build_options=options)
    return replace(around, settings=replace(around.settings, tools=tools))


def _marks(settings: Mapping[str, Any]) -> Tracking:
    known = Tracking()
    return Tracking(
        method=settings.get("trackingMethod") or known.method,
        label_key=settings.get("appLabelKey") or known.label_key,
        installation_id=settings.get("installationID") or "",
    )
