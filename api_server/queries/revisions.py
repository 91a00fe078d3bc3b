"""Read what is known of a revision that an application is or was at: a commit, a chart, an OCI artifact (2.58)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api_server.errors import InvalidArgument, NotFound
from api_server.queries import applications
from api_server.queries.applications import Named
from api_server.rendering import tenant_of
from api_server.server import Caller, Server
from argosy.engine.model.application import Application
from argosy.engine.model.source import Source
from argosy.gateways.manifests import requests
from argosy.wire.repo_server import IntegrityCheck, Maintainer, RevisionMetadata, RevisionReference

_OCI = "oci://"


@dataclass(frozen=True, slots=True)
class Which:
    """A revision of one of the sources, counted from 0: of those that the history's entry of this id has, if given."""

    revision: str
    position: int = 0
    history_id: int | None = None


async def commit(server: Server, caller: Caller, named: Named, which: Which) -> Mapping[str, Any]:
    """Return who made a commit, when, and what they said of it."""
    _, found = await _found(server, caller, named, which)
    references = [{"commit": _reference(each)} for each in found.references]
    fields = {
        "author": found.author,
        "date": found.date,
        "tags": found.tags,
        "message": found.message,
        "signatureInfo": found.signature_info,
        "references": references,
        "sourceIntegrityResult": {"checks": [_check(each) for each in found.checks]} if found.checks else None,
    }
    return {name: value for name, value in fields.items() if value}


async def chart(server: Server, caller: Caller, named: Named, which: Which) -> Mapping[str, Any]:
    """Return what a chart says of itself. Raises `InvalidArgument` for a source that is no chart."""
    source, found = await _found(server, caller, named, which)
    if not source.chart:
        raise InvalidArgument(f"sourceIndex: {source.repo_url} is no chart; its commits have metadata instead")
    fields = {
        "description": found.description,
        "home": found.home,
        "maintainers": [_maintainer(each) for each in found.maintainers],
    }
    return {name: value for name, value in fields.items() if value}


async def artifact(server: Server, caller: Caller, named: Named, which: Which) -> Mapping[str, Any]:
    """Return the annotations of an OCI artifact. Raises `InvalidArgument` for a source that is none."""
    source, found = await _found(server, caller, named, which)
    if not source.repo_url.startswith(_OCI):
        raise InvalidArgument(f"sourceIndex: {source.repo_url} is no OCI artifact, whose URL begins with {_OCI}")
    fields = {
        "createdAt": found.created_at,
        "authors": found.authors,
        "imageUrl": found.image_url,
        "docsUrl": found.docs_url,
        "sourceUrl": found.source_url,
        "version": found.version,
        "description": found.description,
    }
    return {name: value for name, value in fields.items() if value}


async def _found(server: Server, caller: Caller, named: Named, which: Which) -> tuple[Source, RevisionMetadata]:
    application = applications.view(applications.get(server, caller, named))
    source = _source(application, which)
    request = requests.metadata_request(tenant_of(server, application), source, which.revision)
    return source, await server.outside.manifests.metadata(request)


def _source(application: Application, which: Which) -> Source:
    sources = application.sources
    if which.history_id is not None:
        entry = next((each for each in application.status.history if each.id == which.history_id), None)
        if entry is None:
            raise NotFound(f"versionId: {application.metadata.name} has no deployment with id {which.history_id}")
        sources = entry.sources or ((entry.source,) if entry.source else ())
    if which.position >= len(sources):
        raise InvalidArgument(f"sourceIndex: the application has {len(sources)} sources")
    return sources[which.position]


def _check(check: IntegrityCheck) -> Mapping[str, Any]:
    return {"name": check.name, "problems": check.problems} if check.problems else {"name": check.name}


def _reference(reference: RevisionReference) -> Mapping[str, str]:
    fields = {
        "author": reference.author,
        "date": reference.date,
        "subject": reference.subject,
        "body": reference.body,
        "sha": reference.sha,
        "repoURL": reference.repo_url,
    }
    return {name: value for name, value in fields.items() if value}


def _maintainer(maintainer: Maintainer) -> str:
    return f"{maintainer.name} <{maintainer.email}>".strip() if maintainer.email else maintainer.name
