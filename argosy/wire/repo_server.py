"""What the repo server is asked and what it answers, version 1.

Every call is `POST /v1/<name>` with a JSON body and `Authorization: Bearer <internal token>`. A refusal has the status
of its code and the body `Refusal`. Credentials arrive with each request and stay in memory.
"""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from argosy.engine.model.application import SourceType
from argosy.engine.model.base import Model
from argosy.engine.model.repository import Repository
from argosy.engine.model.source import Source

RENDER = "/v1/render"
RESOLVE = "/v1/resolve"
VERIFY = "/v1/verify"
METADATA = "/v1/metadata"


class SourceRequest(Model, frozen=True):
    """One source of an application; `revision` is a commit or version that was resolved before, or empty."""

    source: Source
    repository: Repository
    revision: str = ""


class RenderRequest(Model, frozen=True):
    """Render the sources of one application, in order.

    `application` is the instance name; `namespace` the destination namespace; `kube_version` and `api_versions` are
    those of the destination ("1.37.2"; "apps/v1" and "apps/v1/Deployment").
    """

    application: str
    namespace: str
    project: str
    sources: tuple[SourceRequest, ...]
    kube_version: str = ""
    api_versions: tuple[str, ...] = ()


class RenderedManifest(Model, frozen=True):
    """An object as the tool gave it, without tracking; `origin` is "file, document N, line L" for messages."""

    manifest: Mapping[str, Any]
    origin: str = ""


class RenderedSource(Model, frozen=True):
    """What one source rendered to, at which commit or chart version."""

    revision: str
    source_type: SourceType
    manifests: tuple[RenderedManifest, ...] = ()
    notes: str = ""


class RenderAnswer(Model, frozen=True):
    """The rendered sources, in the order of the request; complete, or there is a `Refusal` instead."""

    sources: tuple[RenderedSource, ...]


class ResolveRequest(Model, frozen=True):
    """Which commit or chart version does the source's `target_revision` mean now?

    What the remote was known to have is believed for `believe` seconds (the repo server's own interval if None), or,
    with `fresh`, not at all.
    """

    source: Source
    repository: Repository
    fresh: bool = False
    believe: float | None = None


class ResolveAnswer(Model, frozen=True):
    """The commit id (40 hex digits) or the chart version."""

    revision: str


class VerifyRequest(Model, frozen=True):
    """Can this repository be reached with these credentials?"""

    repository: Repository


class MetadataRequest(Model, frozen=True):
    """Who made this revision, when, and what did they say of it?"""

    source: Source
    repository: Repository
    revision: str


class RevisionMetadata(Model, frozen=True):
    """A commit's author ("Name <address>"), RFC 3339 date, tags and message; or a chart's description and home."""

    author: str = ""
    date: str = ""
    tags: tuple[str, ...] = ()
    message: str = ""
    description: str = ""
    home: str = ""


RefusalCode = Literal[
    "invalid",  # 400: the request itself is wrong
    "repository_not_found",  # 404
    "access_denied",  # 403: the remote refused the credentials
    "revision_not_found",  # 404
    "path_not_found",  # 404
    "render_failed",  # 422: a tool refused the files; the message holds its words
    "limit_exceeded",  # 422: time, memory or output; the message names which
    "unavailable",  # 503: the remote could not be reached; worth another try
    "bug",  # 500
]

STATUS_OF: Mapping[RefusalCode, int] = {
    "invalid": 400,
    "repository_not_found": 404,
    "access_denied": 403,
    "revision_not_found": 404,
    "path_not_found": 404,
    "render_failed": 422,
    "limit_exceeded": 422,
    "unavailable": 503,
    "bug": 500,
}


class Refusal(Model, frozen=True):
    """Why there is no answer: what was wrong, where, and what to do, in words for the user."""

    code: RefusalCode
    message: str


def encode(value: Model) -> bytes:
    """Return the JSON of a request or answer."""
    return msgspec.json.encode(value)
