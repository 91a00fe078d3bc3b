"""Renders applications by the repo server's service in this process. Called by the offline commands.

Comes in: applications and circumstances. Goes out: what each renders to, or `CommandError` with the service's words.
What a render needs from other repositories is fetched with the entries that the settings have for them.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from argosy.cli.errors import CommandError
from argosy.cli.offline.circumstances import Circumstances
from argosy.cli.printing import note
from argosy.engine import settings, tracking
from argosy.engine.model.application import Application, instance_name
from argosy.engine.model.repository import Repository
from argosy.engine.model.resource import Manifest, ResourceKey, key_of
from argosy.engine.model.source import Source
from argosy.engine.options import is_hook
from argosy.wire.repo_server import RenderAnswer, RenderRequest, SourceRequest, encode
from repo_server.errors import Refused
from repo_server.local import offline
from repo_server.service import Service
from repo_server.settings import BadSetting

CONTROL_NAMESPACE = "argocd"
_MOST_ROUNDS = 5
"""A chart may bring a chart that needs another repository, but not for ever."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """An application, and the manifests that it renders to."""

    application: Application
    manifests: tuple[Manifest, ...]


def render(applications: Sequence[Application], circumstances: Circumstances) -> list[Rendered]:
    """Render applications, in order; says on standard error what they should be told. Raises `CommandError`."""
    return asyncio.run(_render_all(applications, circumstances))


def stamped(rendered: Rendered, marks: tracking.Tracking, *, control_namespace: str = CONTROL_NAMESPACE) -> Rendered:
    """Return the manifests marked as the application's."""
    application = rendered.application
    instance = instance_name(application, control_namespace=control_namespace)
    namespace = application.spec.destination.namespace
    manifests = tuple(
        tracking.stamp(manifest, instance, tracking=marks, namespace=namespace) for manifest in rendered.manifests
    )
    return Rendered(application=application, manifests=manifests)


async def _render_all(applications: Sequence[Application], circumstances: Circumstances) -> list[Rendered]:
    try:
        async with offline.service(circumstances.folders, circumstances.environment) as opened:
            found = [await _one(opened.service, each, circumstances) for each in applications]
            for folder in opened.folders:
                for path in folder.left_out:
                    note(f"warning: {folder.path / path} is neither file nor folder; it is left out")
            return found
    except BadSetting as error:
        raise CommandError(str(error)) from error
    except Refused as error:
        raise CommandError(error.message) from error


async def _one(service: Service, application: Application, circumstances: Circumstances) -> Rendered:
    try:
        answer = await _ask(service, _request(application, circumstances), circumstances)
    except Refused as error:
        raise CommandError(f"{application.metadata.name}: {error.message}") from error
    for source in answer.sources:
        for warning in source.warnings:
            note(f"warning: {warning}")
    manifests = [each.manifest for source in answer.sources for each in source.manifests]
    return Rendered(application=application, manifests=tuple(_last_of_each(manifests)))


async def _ask(service: Service, request: RenderRequest, circumstances: Circumstances) -> RenderAnswer:
    """Render, with the entries of other repositories as they turn out to be needed."""
    for _ in range(_MOST_ROUNDS):
        try:
            return msgspec.json.decode(encode(await service.render(request)), type=RenderAnswer)
        except Refused as refused:
            if refused.code != "repositories_needed":
                raise
            more = {name: _entry(name, request.project, circumstances) for name in refused.repositories}
            request = msgspec.structs.replace(request, repositories={**request.repositories, **more})
    raise CommandError("ever more repositories are needed", advice="Do the charts depend on each other in a circle?")


def _request(application: Application, circumstances: Circumstances) -> RenderRequest:
    project = application.spec.project or "default"
    return RenderRequest(
        application=application.metadata.name,
        namespace=application.spec.destination.namespace,
        project=project,
        sources=tuple(
            SourceRequest(source, _repository(source, project, circumstances)) for source in application.sources
        ),
        kube_version=circumstances.kube_version,
        api_versions=circumstances.api_versions,
        tools=circumstances.settings.tools,
    )


def _repository(source: Source, project: str, circumstances: Circumstances) -> Repository:
    kind = "helm" if source.chart else "git"
    return settings.repository_for(circumstances.settings, source.repo_url, project=project, kind=kind)


def _entry(name: str, project: str, circumstances: Circumstances) -> Repository:
    """Return the entry for a repository that was asked for by URL, or as "@name"."""
    if not name.startswith("@"):
        return settings.repository_for(circumstances.settings, name, project=project)
    for entry in circumstances.settings.repositories:
        if entry.repository.name == name[1:] and entry.repository.project in ("", project):
            return settings.repository_for(circumstances.settings, entry.repository.url, project=project)
    raise CommandError(
        f"there is no repository called {name[1:]!r}", advice="Name a file with its Secret by --settings FILE."
    )


def _last_of_each(manifests: Sequence[Manifest]) -> Iterator[Manifest]:
    """Leave out all but the last of several objects with one key, as Argo CD does (2.50), and say so."""
    last: Mapping[ResourceKey, int] = {key_of(each): at for at, each in enumerate(manifests) if not is_hook(each)}
    for at, each in enumerate(manifests):
        if is_hook(each) or last[key_of(each)] == at:
            yield each
        else:
            note(f"warning: {key_of(each)} appears more than once; the last one counts")
