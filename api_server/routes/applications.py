# ruff: noqa: FAST003  (a path's parameters are read by the dependencies that make one value of them)
"""`/api/v1/applications`: read, create, change and delete applications."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import jsonpatch
from fastapi import APIRouter, Depends, Query, Request, Response

from api_server import documents
from api_server.answers import encoded, sent
from api_server.commands import applications as commands
from api_server.commands import deletion, resources
from api_server.commands import refresh as refreshing
from api_server.commands.applications import Check
from api_server.errors import InvalidArgument
from api_server.queries import applications as queries
from api_server.queries import revisions
from api_server.queries.applications import Filter, Moment
from api_server.queries.revisions import Which
from api_server.requests import Body, TheApplication, TheCaller, TheServer, decoded
from api_server.selectors import parse
from argosy.engine.model.application import Application
from argosy.engine.model.base import Model
from argosy.engine.model.resource import ResourceKey
from argosy.wire.controller import ApplicationTree, Explanation, ManagedResources

router = APIRouter(prefix="/api/v1/applications", tags=["ApplicationService"])

Refresh = Literal["", "normal", "hard", "true", "false"]


class Patch(Model, frozen=True):
    """The body of a patch request: `patch` is the patch itself, as JSON text."""

    patch: str
    patch_type: str = "merge"
    name: str = ""
    app_namespace: str = ""
    project: str = ""


def filter_of(  # noqa: PLR0917  (FastAPI passes them by name)
    name: str = "",
    projects: Annotated[list[str] | None, Query()] = None,
    project: Annotated[list[str] | None, Query()] = None,
    selector: str = "",
    repo: str = "",
    app_namespace: Annotated[str, Query(alias="appNamespace")] = "",
) -> Filter:
    """Return which applications the query asks for."""
    asked = tuple(each for each in [*(projects or ()), *(project or ())] if each)
    return Filter(name, asked, app_namespace, repo, parse(selector))


def key_of(
    group: str = "",
    kind: str = "",
    namespace: str = "",
    resource_name: Annotated[str, Query(alias="resourceName")] = "",
) -> ResourceKey:
    """Return which object the query names."""
    return ResourceKey(group, kind, namespace, resource_name)


def which_of(
    revision: str,
    position: Annotated[int, Query(alias="sourceIndex", ge=0)] = 0,
    history_id: Annotated[int | None, Query(alias="versionId", ge=0)] = None,
) -> Which:
    """Return which revision path and query name."""
    return Which(revision, position, history_id)


def moment_of(
    revision: str = "",
    revisions: Annotated[list[str] | None, Query()] = None,
    positions: Annotated[list[int] | None, Query(alias="sourcePositions")] = None,
    *,
    fresh: Annotated[bool, Query(alias="noCache")] = False,
) -> Moment:
    """Return which revisions the query names."""
    return Moment(tuple(revisions or ([revision] if revision else [])), tuple(positions or ()), fresh)


TheFilter = Annotated[Filter, Depends(filter_of)]
TheKey = Annotated[ResourceKey, Depends(key_of)]
TheMoment = Annotated[Moment, Depends(moment_of)]
TheRevision = Annotated[Which, Depends(which_of)]


@router.get("", operation_id="ApplicationService_List", openapi_extra=documents.answers_list(Application))
async def list_all(server: TheServer, caller: TheCaller, wish: TheFilter) -> Response:
    """List applications."""
    return sent(queries.list_all(server, caller, wish))


@router.post("", operation_id="ApplicationService_Create", openapi_extra=documents.both(Application, Application))
async def create(
    server: TheServer, caller: TheCaller, body: Body, *, upsert: bool = False, validate: bool = True
) -> Response:
    """Create an application."""
    return sent((await commands.create(server, caller, body, upsert=upsert, check=Check(sources=validate))).body)


@router.get("/{name}", operation_id="ApplicationService_Get", openapi_extra=documents.answers(Application))
async def get(server: TheServer, caller: TheCaller, named: TheApplication, refresh: Refresh = "") -> Response:
    """Return an application; with `refresh` it is compared afresh first."""
    match refresh:
        case "hard" | "normal":
            return sent((await refreshing.refresh(server, caller, named, refresh)).body)
        case "true":
            return sent((await refreshing.refresh(server, caller, named, "normal")).body)
        case "" | "false":
            return sent(queries.get(server, caller, named).body)


@router.put("/{name}", operation_id="ApplicationService_Update", openapi_extra=documents.both(Application, Application))
async def replace(
    server: TheServer, caller: TheCaller, named: TheApplication, body: Body, *, validate: bool = True
) -> Response:
    """Replace spec, labels, annotations and finalizers of an application."""
    metadata = body.get("metadata") if isinstance(body, Mapping) else None
    if not isinstance(metadata, Mapping) or metadata.get("name") != named.name:
        raise InvalidArgument(f"metadata.name: must be {named.name!r}, as in the path")
    changed = await commands.replace(server, caller, body, project=named.project, check=Check(sources=validate))
    return sent(changed.body)


@router.put("/{name}/spec", operation_id="ApplicationService_UpdateSpec")
async def replace_spec(
    server: TheServer, caller: TheCaller, named: TheApplication, body: Body, *, validate: bool = True
) -> Response:
    """Replace the spec of an application; returns the new spec."""
    if not isinstance(body, Mapping):
        raise InvalidArgument("the body is not a JSON object")
    changed = await commands.replace_spec(server, caller, named, body, check=Check(sources=validate))
    return encoded(changed.manifest()["spec"])


@router.patch("/{name}", operation_id="ApplicationService_Patch", openapi_extra=documents.both(Patch, Application))
async def patch(request: Request, server: TheServer, caller: TheCaller, named: TheApplication) -> Response:
    """Change an application by a merge patch or a JSON patch."""
    asked = await decoded(request, Patch)
    where = queries.Named(named.name, named.namespace or asked.app_namespace, named.project or asked.project)

    def apply(manifest: Mapping[str, Any]) -> Any:
        return patched(manifest, asked)

    return sent((await commands.patch(server, caller, where, apply, check=Check(sources=True))).body)


@router.delete("/{name}", operation_id="ApplicationService_Delete")
async def delete(
    server: TheServer,
    caller: TheCaller,
    named: TheApplication,
    cascade: str = "",
    policy: Annotated[str, Query(alias="propagationPolicy")] = "",
) -> Response:
    """Delete an application, and what it owns unless `cascade` is false."""
    await deletion.delete(server, caller, named, deletion.how(cascade, policy))
    return encoded({})


@router.get(
    "/{name}/resource-tree",
    operation_id="ApplicationService_ResourceTree",
    openapi_extra=documents.answers(ApplicationTree),
)
async def tree(server: TheServer, caller: TheCaller, named: TheApplication) -> Response:
    """Return the live objects of an application, owned ones included."""
    return sent(await queries.tree(server, caller, named))


@router.get(
    "/{name}/managed-resources",
    operation_id="ApplicationService_ManagedResources",
    openapi_extra=documents.answers(ManagedResources),
)
async def managed_resources(
    server: TheServer,
    caller: TheCaller,
    named: TheApplication,
    key: TheKey,
    version: str = "",
) -> Response:
    """Return both sides of the objects that an application manages."""
    wanted = {"group": key.group, "version": version, "kind": key.kind, "namespace": key.namespace, "name": key.name}
    return sent(await queries.managed_resources(server, caller, named, wanted))


@router.get(
    "/{name}/explain",
    operation_id="ApplicationService_Explain",
    openapi_extra=documents.answers(Explanation),
)
async def explain(server: TheServer, caller: TheCaller, named: TheApplication) -> Response:
    """Return why an application is OutOfSync, not Healthy or not syncing, and what happens next."""
    return sent(await queries.explanation(server, caller, named))


@router.get("/{name}/resource", operation_id="ApplicationService_GetResource")
async def resource(server: TheServer, caller: TheCaller, named: TheApplication, key: TheKey) -> Response:
    """Return a live object of an application, masked."""
    return sent(await queries.resource(server, caller, named, key))


@router.delete("/{name}/resource", operation_id="ApplicationService_DeleteResource")
async def delete_resource(
    server: TheServer,
    caller: TheCaller,
    named: TheApplication,
    key: TheKey,
    *,
    force: bool = False,
    orphan: bool = False,
) -> Response:
    """Delete a live object of an application."""
    await resources.delete(server, caller, named, key, resources.propagation(force=force, orphan=orphan))
    return encoded({})


@router.get("/{name}/manifests", operation_id="ApplicationService_GetManifests")
async def manifests(server: TheServer, caller: TheCaller, named: TheApplication, moment: TheMoment) -> Response:
    """Return what the sources render to."""
    return sent(await queries.manifests(server, caller, named, moment))


@router.get("/{name}/revisions/{revision}/metadata", operation_id="ApplicationService_RevisionMetadata")
async def revision_metadata(
    server: TheServer, caller: TheCaller, named: TheApplication, which: TheRevision
) -> Response:
    """Return who made a commit, when, and what they said of it."""
    return encoded(await revisions.commit(server, caller, named, which))


@router.get("/{name}/revisions/{revision}/chartdetails", operation_id="ApplicationService_RevisionChartDetails")
async def chart_details(server: TheServer, caller: TheCaller, named: TheApplication, which: TheRevision) -> Response:
    """Return what a chart says of itself."""
    return encoded(await revisions.chart(server, caller, named, which))


@router.get("/{name}/revisions/{revision}/ocimetadata", operation_id="ApplicationService_GetOCIMetadata")
async def oci_metadata(server: TheServer, caller: TheCaller, named: TheApplication, which: TheRevision) -> Response:
    """Return the annotations of an OCI artifact."""
    return encoded(await revisions.artifact(server, caller, named, which))


@router.get("/{name}/events", operation_id="ApplicationService_ListResourceEvents")
async def events(  # noqa: PLR0917  (FastAPI passes them by name)
    server: TheServer,
    caller: TheCaller,
    named: TheApplication,
    namespace: Annotated[str, Query(alias="resourceNamespace")] = "",
    resource_name: Annotated[str, Query(alias="resourceName")] = "",
    uid: Annotated[str, Query(alias="resourceUID")] = "",
) -> Response:
    """Return the Kubernetes events of an application, or of one of its objects."""
    return sent(await queries.events(server, caller, named, ResourceKey("", "", namespace, resource_name), uid=uid))


def patched(manifest: Mapping[str, Any], asked: Patch) -> Any:
    """Return the object with a patch applied. Raises `InvalidArgument`."""
    try:
        change: Any = json.loads(asked.patch)
    except (ValueError, RecursionError) as error:
        raise InvalidArgument(f"patch: not JSON: {error}") from error
    match asked.patch_type or "merge":
        case "merge":
            return merged(manifest, change)
        case "json":
            try:
                return jsonpatch.apply_patch(manifest, change)
            except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, TypeError) as error:
                raise InvalidArgument(f"patch: cannot be applied: {error}") from error
        case _:
            raise InvalidArgument(f"patchType: {asked.patch_type!r} is neither merge nor json")


def merged(target: Any, change: Any) -> Any:
    """Return the target with a JSON merge patch applied (RFC 7396)."""
    if not isinstance(change, Mapping):
        return change
    base = target if isinstance(target, Mapping) else {}
    kept = {key: value for key, value in base.items() if key not in change}
    return kept | {key: merged(base.get(key), value) for key, value in change.items() if value is not None}
