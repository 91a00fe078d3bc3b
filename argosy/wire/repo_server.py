"""What the repo server is asked and what it answers, version 1.

Every call is `POST /v1/<name>` with a JSON body and `Authorization: Bearer <internal token>`. A refusal has the status
of its code and the body `Refusal`. Credentials arrive with each request and stay in memory.
"""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from argosy.engine.model.application import SourceType
from argosy.engine.model.base import Model
from argosy.engine.model.rendering import Integrity, ToolSettings
from argosy.engine.model.repository import Repository
from argosy.engine.model.source import HelmFileParameter, HelmParameter, Source

RENDER = "/v1/render"
RESOLVE = "/v1/resolve"
VERIFY = "/v1/verify"
METADATA = "/v1/metadata"
DETAILS = "/v1/details"
APPS = "/v1/apps"
REFS = "/v1/refs"
CHARTS = "/v1/charts"
TAGS = "/v1/tags"


class SourceRequest(Model, frozen=True):
    """One source of an application; `revision` is a commit or version that was resolved before, or empty."""

    source: Source
    repository: Repository
    revision: str = ""
    integrity: Integrity | None = None


class RenderRequest(Model, frozen=True):
    """Render the sources of one application, in order.

    `application` is the instance name; `namespace` the destination namespace; `kube_version` and `api_versions` are
    those of the destination ("1.37.2"; "apps/v1" and "apps/v1/Deployment"). `repositories` are the entries of other
    repositories that the sources draw on, by the name that a `repositories_needed` refusal gave them: the caller has
    checked that the project may use them. `fresh` renders whatever was rendered before (a hard refresh); `lint` adds
    warnings of a chart's linter. `generate_paths` is the annotation `manifest-generate-paths`. `known` are the
    fingerprints of manifests that the caller still has.
    """

    application: str
    namespace: str
    project: str
    sources: tuple[SourceRequest, ...]
    kube_version: str = ""
    api_versions: tuple[str, ...] = ()
    tools: ToolSettings = ToolSettings()
    repositories: Mapping[str, Repository] = {}
    fresh: bool = False
    lint: bool = False
    generate_paths: str = ""
    known: tuple[str, ...] = ()


class RenderedManifest(Model, frozen=True):
    """An object as the tool gave it, without tracking; `origin` is "file, document N, line L" for messages."""

    manifest: Mapping[str, Any]
    origin: str = ""


class RenderedSource(Model, frozen=True):
    """What one source rendered to, at which commit or chart version; `commands` would do the same in a terminal.

    The `fingerprint` stands for the manifests; if the caller knew it they are `unchanged`, and not sent again.
    """

    revision: str
    source_type: SourceType
    manifests: tuple[RenderedManifest, ...] = ()
    notes: str = ""
    warnings: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    fingerprint: str = ""
    unchanged: bool = False


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
    """Who made this revision, when, what did they say of it, and is it signed as the policy asks, if there is one?"""

    source: Source
    repository: Repository
    revision: str
    integrity: Integrity | None = None


class Maintainer(Model, frozen=True):
    """Who looks after a chart."""

    name: str = ""
    email: str = ""
    url: str = ""


class RevisionReference(Model, frozen=True):
    """A commit elsewhere that a commit was made from, as its trailers say."""

    repo_url: str = msgspec.field(name="repoURL", default="")
    sha: str = ""
    author: str = ""
    date: str = ""
    subject: str = ""
    body: str = ""


class IntegrityCheck(Model, frozen=True):
    """What was checked ("GIT/GPG"), and what is wrong; nothing, if it passed."""

    name: str
    problems: tuple[str, ...] = ()


class RevisionMetadata(Model, frozen=True):
    """Who made a revision: of a commit the author ("Name <address>"), RFC 3339 date, tags and message; of a chart its
    description, home and maintainers; of an OCI artifact its annotations. `checks` are those that were made.
    """

    author: str = ""
    date: str = ""
    tags: tuple[str, ...] = ()
    message: str = ""
    signature_info: str = ""
    references: tuple[RevisionReference, ...] = ()
    checks: tuple[IntegrityCheck, ...] = ()
    description: str = ""
    home: str = ""
    maintainers: tuple[Maintainer, ...] = ()
    created_at: str = ""
    authors: str = ""
    image_url: str = msgspec.field(name="imageUrl", default="")
    docs_url: str = msgspec.field(name="docsUrl", default="")
    source_url: str = msgspec.field(name="sourceUrl", default="")
    version: str = ""


class DetailsRequest(Model, frozen=True):
    """What could be set about a source: `sources` are the application's, `position` (from 0) the one that is meant."""

    application: str
    project: str
    sources: tuple[SourceRequest, ...]
    position: int = 0
    tools: ToolSettings = ToolSettings()


class HelmDetails(Model, frozen=True):
    """A chart's name, its value files by path in the chart, its default values as text and as flat parameters."""

    name: str = ""
    value_files: tuple[str, ...] = ()
    values: str = ""
    parameters: tuple[HelmParameter, ...] = ()
    file_parameters: tuple[HelmFileParameter, ...] = ()


class KustomizeDetails(Model, frozen=True):
    """The images that a kustomization sets."""

    images: tuple[str, ...] = ()


class ParameterAnnouncement(Model, frozen=True):
    """A parameter that a plugin says it takes (Argo CD 2.43)."""

    name: str = ""
    title: str = ""
    tooltip: str = ""
    required: bool = False
    item_type: str = ""
    collection_type: str = ""
    string: str = ""
    array: tuple[str, ...] = ()
    map: Mapping[str, str] = {}


class Details(Model, frozen=True):
    """What could be set about a source; of the three, the one that belongs to its type is there."""

    source_type: SourceType
    helm: HelmDetails | None = None
    kustomize: KustomizeDetails | None = None
    plugin: tuple[ParameterAnnouncement, ...] | None = None


class AppsRequest(Model, frozen=True):
    """Which folders of a repository could be applications, at `revision` (a target revision)?"""

    repository: Repository
    revision: str = ""
    tools: ToolSettings = ToolSettings()


class AppPath(Model, frozen=True):
    """A folder that could be an application, and what it would be rendered by."""

    path: str
    source_type: SourceType


class AppsAnswer(Model, frozen=True):
    """The folders, by path."""

    items: tuple[AppPath, ...]


class RepositoryRequest(Model, frozen=True):
    """A question about a whole repository: its refs, charts or tags; `fresh` asks the remote now."""

    repository: Repository
    fresh: bool = False


class RefsAnswer(Model, frozen=True):
    """The short names of a Git repository's branches and tags."""

    branches: tuple[str, ...]
    tags: tuple[str, ...]


class Chart(Model, frozen=True):
    """A chart of a chart repository, and its versions, newest first."""

    name: str
    versions: tuple[str, ...]


class ChartsAnswer(Model, frozen=True):
    """The charts, by name."""

    items: tuple[Chart, ...]


class TagsAnswer(Model, frozen=True):
    """The tags of an OCI repository, newest version first."""

    tags: tuple[str, ...]


RefusalCode = Literal[
    "invalid",  # 400: the request itself is wrong
    "repository_not_found",  # 404
    "access_denied",  # 403: the remote refused the credentials
    "revision_not_found",  # 404
    "path_not_found",  # 404
    "repositories_needed",  # 409: ask again with entries for the repositories that the refusal names
    "signature_refused",  # 422: a commit is not signed as the project's policy asks
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
    "repositories_needed": 409,
    "signature_refused": 422,
    "render_failed": 422,
    "limit_exceeded": 422,
    "unavailable": 503,
    "bug": 500,
}


class Refusal(Model, frozen=True):
    """Why there is no answer: what was wrong, where, and what to do, in words for the user.

    With the code `repositories_needed`, `repositories` are the URLs (or "@name" for an entry by its name) of the chart
    repositories, registries and remote bases that the render draws on.
    """

    code: RefusalCode
    message: str
    repositories: tuple[str, ...] = ()


def encode(value: Model) -> bytes:
    """Return the JSON of a request or answer."""
    return msgspec.json.encode(value)
