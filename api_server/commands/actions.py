"""Resource actions: which an object can have now, and having one done to it (5.24 to 5.29).

Decided by `argosy.engine.actions` from the object as it is; carried out here, on a cluster that may have moved on: a
patch goes through only if nobody else changed the object meanwhile, else the action is decided again.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from api_server import objects, scripts
from api_server.announcing import announce
from api_server.destinations import destination_of, opened
from api_server.errors import Aborted, FailedPrecondition, InvalidArgument
from api_server.permission import find_application
from api_server.queries.applications import Named, view
from api_server.server import Caller, Server
from api_server.writing import Deed, audited
from argosy.engine.access import ResourceAction
from argosy.engine.actions import choice, defined, merge
from argosy.engine.actions.defined import LuaAction, Offered, Result
from argosy.engine.actions.form import Asked, CannotRun
from argosy.engine.model.application import Application
from argosy.engine.model.resource import Manifest, ResourceKey, key_of, metadata_of, version_of
from argosy.engine.settings import Cluster as Entry
from argosy.gateways.kubernetes.errors import Conflict, NotFound
from argosy.gateways.kubernetes.port import ApiResource, Cluster

EVENT = "ResourceActionRan"

_MOST_TRIES = 5
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_SUFFIX_LENGTH = 5
_ANSWERED_BY_SERVER = frozenset(("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"))


@dataclass(frozen=True, slots=True)
class Wish:
    """An action that somebody wants done, with what they filled in."""

    name: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Where:
    """A cluster, what it serves, and how it is known; `key` and `resource` are those of the object."""

    cluster: Cluster
    kinds: tuple[ApiResource, ...]
    entry: Entry
    key: ResourceKey
    resource: ApiResource

    async def read(self) -> Manifest:
        """Return the object as it is now, without who set which field. Raises `NotFound`."""
        found = await self.cluster.get(self.resource, self.key.name, namespace=self.key.namespace)
        return {**found, "metadata": {key: each for key, each in metadata_of(found).items() if key != "managedFields"}}

    async def patch(self, current: Manifest, patch: Mapping[str, Any], *, subresource: str = "") -> Manifest:
        """Patch the object if it still is this one. Raises `Conflict` if it is not."""
        metadata = {key: value for key, value in patch.get("metadata", {}).items() if key not in _ANSWERED_BY_SERVER}
        held = metadata_of(current)
        body = {**patch, "metadata": {**metadata, "uid": held["uid"], "resourceVersion": held["resourceVersion"]}}
        return await self.cluster.patch(
            self.resource, self.key.name, body, namespace=self.key.namespace, subresource=subresource
        )


async def offered(server: Server, caller: Caller, named: Named, key: ResourceKey) -> tuple[Offered, ...]:
    """Return the actions that an object can have. Raises `InvalidArgument` if it is not in the application's tree."""
    record = find_application(server, caller, named.place(server), project=named.project, action="get")
    node = await objects.in_tree(server, record, key)
    entry = destination_of(server, view(record))
    async with opened(server, entry) as cluster:
        return await _offered(server, await (await _where(cluster, entry, key, node.version)).read())


async def run(server: Server, caller: Caller, named: Named, key: ResourceKey, wish: Wish) -> None:
    """Have an action done to an object.

    Raises `PermissionDenied` if the caller may not, or the project does not permit what is changed or created;
    `InvalidArgument` if the object is not in the tree, or has no such action; `FailedPrecondition` if the action makes
    no sense now or cannot be done; `Aborted` if the object keeps changing.
    """
    action = ResourceAction(key.group, key.kind, wish.name)
    record = find_application(server, caller, named.place(server), project=named.project, action=action)
    application = view(record)
    node = await objects.in_tree(server, record, key)
    entry = destination_of(server, application)
    deed = Deed(str(action), f"resources/{record.place}/{key}", {"parameters": dict(wish.parameters)})
    async with audited(server, caller, deed), opened(server, entry) as cluster:
        where = await _where(cluster, entry, key, node.version)
        objects.check_permitted(server, application, key, where.resource, entry)
        await _run(server, application, where, wish)
    message = f"ran action {wish.name} on resource {key}"
    await announce(server, caller, record, entry, reason=EVENT, message=message)


async def _where(cluster: Cluster, entry: Entry, key: ResourceKey, version: str) -> _Where:
    kinds = tuple(await objects.kinds_of(cluster))
    return _Where(cluster, kinds, entry, key, objects.served(kinds, key.group_kind, version))


async def _offered(server: Server, live: Manifest) -> tuple[Offered, ...]:
    known = server.settings.customisations.actions
    question = choice.discovery(live, known)
    answer = question and await scripts.answer(server, question, which="the discovery script of the actions")
    try:
        return choice.offered(live, known, answer)
    except defined.BadAnswer as error:
        raise FailedPrecondition(str(error)) from error


async def _run(server: Server, application: Application, where: _Where, wish: Wish) -> None:
    for _ in range(_MOST_TRIES):
        live = await where.read()
        _check_offered(wish, live, await _offered(server, live))
        results = await _results(server, live, wish)
        creations = [_creation(server, application, where, each) for each in results if each.operation == "create"]
        wanted = [each.object for each in results if each.operation == "patch"]
        if wanted:
            # What the API server will not have is found out before anything is changed.
            for resource, manifest in creations:
                await where.cluster.create(resource, manifest, dry_run=True)
        try:
            await _patch(where, live, wanted)
        except Conflict:
            continue
        for resource, manifest in creations:
            await where.cluster.create(resource, manifest)
        return
    raise Aborted(f"{where.key} is being changed by somebody else; try again")


def _check_offered(wish: Wish, live: Manifest, known: tuple[Offered, ...]) -> None:
    """Return if the action is offered now, with the parameters that it asks for."""
    found = next((each for each in known if each.name == wish.name), None)
    if found is None:
        names = ", ".join(each.name for each in known) or "none"
        raise InvalidArgument(f"action {wish.name!r} is not available for {key_of(live)}; available are: {names}")
    if found.disabled:
        raise FailedPrecondition(f"action {wish.name} is disabled for {key_of(live)} as it is now")


async def _results(server: Server, live: Manifest, wish: Wish) -> tuple[Result, ...]:
    suffix = "".join(secrets.choice(_LETTERS) for _ in range(_SUFFIX_LENGTH))
    asked = Asked(live, wish.parameters, server.outside.clock.now(), suffix)
    try:
        match choice.running(wish.name, asked, server.settings.customisations.actions):
            case LuaAction() as question:
                answer = await scripts.answer(server, question, which=f"the script of action {wish.name}")
                return defined.results(answer, live)
            case choice.Unknown(name):
                raise InvalidArgument(f"action {name!r} is offered for {key_of(live)}, but nothing says what it does")
            case results:
                return results
    except (CannotRun, defined.BadAnswer) as error:
        raise FailedPrecondition(f"action {wish.name}: {error}") from error


def _creation(server: Server, application: Application, where: _Where, result: Result) -> tuple[ApiResource, Manifest]:
    """Return what is to be created, in the object's namespace if it names none, once the project permits it."""
    key = key_of(result.object)
    resource = objects.served(where.kinds, key.group_kind, version_of(result.object))
    namespace = (key.namespace or where.key.namespace) if resource.namespaced else ""
    key = key._replace(namespace=namespace)
    objects.check_permitted(server, application, key, resource, where.entry)
    metadata = {**metadata_of(result.object), **({"namespace": namespace} if namespace else {})}
    return replace(resource, version=version_of(result.object)), {**result.object, "metadata": metadata}


async def _patch(where: _Where, live: Manifest, wanted: Sequence[Manifest]) -> None:
    """Bring about what is different, one wanted object after the other, the status by its own door if there is one.

    Raises `Conflict` if the object is not this one any more and nothing was written, else `Aborted`.
    """
    current = live
    for each in wanted:
        try:
            current = await _bring_about(where, current, merge.difference(live, each))
        except Conflict as error:
            if current is live:
                raise
            raise Aborted(f"{where.key} was changed in part, and then by somebody else: {error}") from error


async def _bring_about(where: _Where, current: Manifest, patch: Mapping[str, Any]) -> Manifest:
    """Return the object as it is with the patch; `current` is what it is upon."""
    rest = {key: value for key, value in patch.items() if key != "status"}
    written = current
    if "status" in patch:
        try:
            written = await where.patch(current, {"status": patch["status"]}, subresource="status")
        except NotFound:
            rest = patch
    if not rest:
        return written
    try:
        return await where.patch(written, rest)
    except Conflict as error:
        if written is current:
            raise
        raise Aborted(f"the status of {where.key} was changed, and then somebody else changed it: {error}") from error
