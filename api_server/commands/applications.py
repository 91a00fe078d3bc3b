"""Create and change applications: the caller's own JSON is sent on, nothing in it is lost on the way.

Before it is sent it is checked as a whole; the control cluster takes it or refuses it, so nothing is half-created.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from api_server.errors import InvalidArgument, PermissionDenied
from api_server.permission import find_application, on_application, require
from api_server.queries import projects
from api_server.queries.applications import Named
from api_server.records import GROUP_VERSION, Place, Record, record_of
from api_server.rendering import check_renders
from api_server.server import Caller, Server
from api_server.watching import APPLICATIONS
from api_server.writing import Deed, Operations, audited, change_application, take_application
from argosy.engine import validation
from argosy.engine.model import application as applications
from argosy.engine.model.application import Application
from argosy.gateways.kubernetes.errors import AlreadyExists

_CHANGEABLE = ("labels", "annotations", "finalizers")
# What the control cluster says of an object, and what the controller does: not the caller's to write.
_NOT_THE_CALLERS = ("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink")


@dataclass(frozen=True, slots=True)
class Check:
    """How much is checked before writing: `sources` fetches and renders them, `spec` is always checked."""

    sources: bool


async def create(server: Server, caller: Caller, body: Any, *, upsert: bool, check: Check) -> Record:
    """Create an application; one that is already there and equal is returned, a different one is refused (7.8).

    With `upsert` the different one is changed instead.
    """
    manifest = _manifest(server, body)
    record = record_of(manifest, kind="Application")
    require(caller, on_application(server, record, "create"))
    _check_operation(server, caller, record, manifest)
    held = server.watches.applications.index.get(record.place)
    if held is not None:
        return await _meet(server, caller, held, manifest, upsert=upsert, check=check)
    await _check(server, manifest, check)
    async with audited(server, caller, Deed("create", _target(record.place), {"spec": manifest["spec"]})):
        try:
            created = await server.outside.cluster.create(APPLICATIONS, manifest)
        except AlreadyExists:
            # Somebody was faster, or the index has not heard of it yet: see what is there.
            place = record.place
            created = await server.outside.cluster.get(APPLICATIONS, place.name, namespace=place.namespace)
            return await _meet(server, caller, take_application(server, created), manifest, upsert=upsert, check=check)
        return take_application(server, created)


async def replace(server: Server, caller: Caller, body: Any, *, project: str, check: Check) -> Record:
    """Replace spec, labels, annotations and finalizers of an application."""
    manifest = _manifest(server, body)
    place = record_of(manifest, kind="Application").place
    held = find_application(server, caller, place, project=project, action="update")
    return await _replace(server, caller, held, manifest, check=check)


async def replace_spec(server: Server, caller: Caller, named: Named, spec: Any, *, check: Check) -> Record:
    """Replace the spec of an application."""
    held = find_application(server, caller, named.place(server), project=named.project, action="update")
    return await _replace(server, caller, held, held.manifest() | {"spec": spec}, check=check)


async def patch(server: Server, caller: Caller, named: Named, apply: Any, *, check: Check) -> Record:
    """Change an application by a patch: `apply` makes the new object of the old one."""
    held = find_application(server, caller, named.place(server), project=named.project, action="update")
    changed = apply(held.manifest())
    if not isinstance(changed, Mapping) or record_of(changed, kind="Application").place != held.place:
        raise InvalidArgument("patch: it must leave an Application of the same name")
    return await _replace(server, caller, held, changed, check=check)


def _manifest(server: Server, body: Any) -> dict[str, Any]:
    """Return the object to write, as the caller sent it, without what is not the caller's to write."""
    if not isinstance(body, Mapping):
        raise InvalidArgument("the body is not a JSON object")
    metadata = body.get("metadata")
    if not isinstance(metadata, Mapping) or not isinstance(metadata.get("name"), str):
        raise InvalidArgument("metadata.name: is required, a text")
    namespace = metadata.get("namespace") or server.namespace
    if namespace != server.namespace:
        raise PermissionDenied(f"applications in namespace {namespace!r} are not enabled")
    if not isinstance(body.get("spec"), Mapping):
        raise InvalidArgument("spec: is required, an object")
    kept = {key: value for key, value in metadata.items() if key not in _NOT_THE_CALLERS}
    whole = {**body, "apiVersion": GROUP_VERSION, "kind": "Application", "metadata": {**kept, "namespace": namespace}}
    return {key: value for key, value in whole.items() if key != "status"}


def _check_operation(server: Server, caller: Caller, record: Record, manifest: dict[str, Any]) -> None:
    """Check the right to the operation that the object asks for: it names its caller, and no manifests (S-036)."""
    operation = manifest.get("operation")
    if operation is None:
        return
    require(caller, on_application(server, record, "sync"))
    sync = operation.get("sync") if isinstance(operation, Mapping) else None
    if not isinstance(sync, Mapping) or sync.get("manifests"):
        raise InvalidArgument("operation.sync: is required, and manifests are not allowed in it")
    manifest["operation"] = {**operation, "initiatedBy": {"username": caller.name}}


async def _meet(
    server: Server, caller: Caller, held: Record, manifest: Mapping[str, Any], *, upsert: bool, check: Check
) -> Record:
    """Answer a create for an application that is there."""
    wanted = _merged(held.manifest(), manifest)
    different = _differences(held.manifest(), wanted)
    if not different:
        return held
    if not upsert:
        raise InvalidArgument(
            "existing application spec is different; use upsert flag to force update; different: "
            + ", ".join(different)
        )
    require(caller, on_application(server, held, "update"))
    return await _replace(server, caller, held, wanted, check=check)


def _merged(held: Mapping[str, Any], manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return the new object with the labels and annotations of the old one beside its own, as Argo CD's upsert does."""
    old, new = held["metadata"], manifest["metadata"]
    merged = {
        field: {**(old.get(field) or {}), **(new.get(field) or {})}
        for field in ("labels", "annotations")
        if old.get(field) or new.get(field)
    }
    finalizers = {"finalizers": new.get("finalizers") or old.get("finalizers") or []}
    return {**manifest, "metadata": {**new, **merged, **finalizers}}


def _differences(held: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Return the paths in which what is wanted differs from what is there."""
    # Through the typed view: what the control cluster prunes or defaults is no difference.
    specs = [msgspec.to_builtins(_read(each).spec) for each in (held, wanted)]
    found = [f"spec.{key}" for key in _keys(*specs)]
    old, new = held["metadata"], wanted["metadata"]
    return found + [f"metadata.{key}" for key in _CHANGEABLE if (old.get(key) or None) != (new.get(key) or None)]


def _keys(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return sorted(key for key in {*old, *new} if old.get(key) != new.get(key))


async def _replace(server: Server, caller: Caller, held: Record, wanted: Mapping[str, Any], *, check: Check) -> Record:
    # Who moves an application to another project needs the right in both.
    require(caller, on_application(server, held, "update"))
    require(caller, on_application(server, record_of(wanted, kind="Application"), "update"))
    await _check(server, wanted, check)
    deed = Deed("update", _target(held.place), {"changed": _differences(held.manifest(), wanted)})
    async with audited(server, caller, deed):
        return await change_application(server, held, lambda current: _patch(current, wanted))


def _patch(current: Mapping[str, Any], wanted: Mapping[str, Any]) -> Operations:
    """Return the JSON patch that makes what may be changed of `current` that of `wanted`."""
    operations: list[Mapping[str, Any]] = []
    if current.get("spec") != wanted["spec"]:
        operations.append({"op": "add", "path": "/spec", "value": wanted["spec"]})
    for field in _CHANGEABLE:
        old, new = current["metadata"].get(field), wanted["metadata"].get(field)
        if (old or None) != (new or None):
            path = f"/metadata/{field}"
            operations.append({"op": "add", "path": path, "value": new} if new else {"op": "remove", "path": path})
    return operations


async def _check(server: Server, manifest: Mapping[str, Any], check: Check) -> None:
    """Return if the application may be written. Raises `InvalidArgument` naming every field that is wrong."""
    application = _read(manifest)
    problems = validation.problems(
        application, project=projects.view(server, application.spec.project), snapshot=server.settings
    )
    if problems:
        name = application.metadata.name
        raise InvalidArgument(f"application spec for {name} is invalid: " + "; ".join(str(each) for each in problems))
    if check.sources:
        await check_renders(server, application)


def _read(manifest: Mapping[str, Any]) -> Application:
    try:
        return applications.read(manifest)
    except msgspec.ValidationError as error:
        raise InvalidArgument(f"the application is invalid: {error}") from error


def _target(place: Place) -> str:
    return f"applications/{place}"
