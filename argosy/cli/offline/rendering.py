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
from argosy.engine import tracking
from argosy.engine.model.application import Application
from argosy.engine.model.base import Metadata
from argosy.engine.model.project import Project, ProjectSpec
from argosy.engine.model.repository import Repository
from argosy.engine.model.resource import Manifest, ResourceKey, key_of
from argosy.engine.options import is_hook
from argosy.engine.tracking import Tracking
from argosy.gateways.manifests import requests
from argosy.gateways.manifests.errors import Refused as NotLent
from argosy.gateways.manifests.requests import Tenant
from argosy.wire.repo_server import RenderAnswer, RenderRequest, encode
from repo_server.errors import Refused
from repo_server.local import offline
from repo_server.service import Service
from repo_server.settings import BadSetting

_MOST_ROUNDS = 5
"""A chart may bring a chart that needs another repository, but not for ever."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """An application, its name in marks, and the manifests that it renders to."""

    application: Application
    instance: str
    manifests: tuple[Manifest, ...]

    def stamped(self, marks: Tracking) -> list[Manifest]:
        """Return the manifests marked as the application's."""
        namespace = self.application.spec.destination.namespace
        return [tracking.stamp(each, self.instance, tracking=marks, namespace=namespace) for each in self.manifests]


def render(applications: Sequence[Application], circumstances: Circumstances) -> list[Rendered]:
    """Render applications, in order; says on standard error what they should be told. Raises `CommandError`."""
    return asyncio.run(_render_all(applications, circumstances))


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
    project = Project(
        metadata=Metadata(name=application.spec.project or "default"), spec=ProjectSpec(source_repos=("*",))
    )
    tenant = Tenant(application, project, circumstances.settings)
    instance = circumstances.instance(application)
    request = requests.render_request(tenant, instance, destination=circumstances.destination)
    try:
        answer = await _ask(service, request, tenant)
    except Refused as error:
        raise CommandError(f"{application.metadata.name}: {error.message}") from error
    for source in answer.sources:
        for warning in source.warnings:
            note(f"warning: {warning}")
    manifests = [each.manifest for source in answer.sources for each in source.manifests]
    if not manifests:
        note(f"note: {application.metadata.name} renders to nothing{_hint(application, answer)}")
    return Rendered(application=application, instance=instance, manifests=tuple(_last_of_each(manifests)))


def _hint(application: Application, answer: RenderAnswer) -> str:
    """Say what may be missing where one folder of manifests gave none."""
    types = [source.source_type for source in answer.sources]
    options = application.sources[0].directory
    if types != ["Directory"] or (options is not None and options.recurse):
        return ""
    return "; folders below its own are read with --directory-recurse (spec.source.directory.recurse)"


async def _ask(service: Service, request: RenderRequest, tenant: Tenant) -> RenderAnswer:
    """Render, with the entries of other repositories as they turn out to be needed."""
    for _ in range(_MOST_ROUNDS):
        try:
            return msgspec.json.decode(encode(await service.render(request)), type=RenderAnswer)
        except Refused as refused:
            wanted = [name for name in refused.repositories if name not in request.repositories]
            if refused.code != "repositories_needed" or not wanted:
                raise
            more = _lent(tenant, wanted)
            request = msgspec.structs.replace(request, repositories={**request.repositories, **more})
    raise CommandError("ever more repositories are needed", advice="Do the charts depend on each other in a circle?")


def _lent(tenant: Tenant, names: Sequence[str]) -> Mapping[str, Repository]:
    try:
        return requests.lend(tenant, names)
    except NotLent as error:
        # The project permits everything: what is missing is an entry of that name.
        raise CommandError(
            f"the sources draw on {', '.join(names)}, which the settings do not know",
            advice="Name a file with the Secrets of these repositories by --settings FILE.",
        ) from error


def _last_of_each(manifests: Sequence[Manifest]) -> Iterator[Manifest]:
    """Leave out all but the last of several objects with one key, as Argo CD does (2.50), and say so."""
    last: Mapping[ResourceKey, int] = {key_of(each): at for at, each in enumerate(manifests) if not is_hook(each)}
    for at, each in enumerate(manifests):
        # An object with `generateName` is another one each time.
        if is_hook(each) or not key_of(each).name or last[key_of(each)] == at:
            yield each
        else:
            note(f"warning: {key_of(each)} appears more than once; the last one counts")
